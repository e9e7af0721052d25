#include "kernels/cpu/products.h"

#define SWITCHYARD_VECTOR_BYTES 32
#define SWITCHYARD_PRODUCTS kAvx2Products
#include "kernels/cpu/products.inl"
