#define SWITCHYARD_PRODUCTS kAvx512Products
#define SWITCHYARD_ACTIVATE activate_avx512
#include "kernels/cpu/products_float.inl"
