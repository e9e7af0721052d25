#include "kernels/cpu/products.h"

#define SWITCHYARD_VECTOR_BYTES 64
#define SWITCHYARD_PRODUCTS kAvx512Products
#include "kernels/cpu/products.inl"
