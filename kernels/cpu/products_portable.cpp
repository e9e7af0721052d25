#define SWITCHYARD_PRODUCTS kPortableProducts
#include "kernels/cpu/products_float.inl"
