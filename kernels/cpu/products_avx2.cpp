#define SWITCHYARD_PRODUCTS kAvx2Products
#include "kernels/cpu/products_float.inl"
