#include "kernels/cpu/products.h"

#define SWITCHYARD_VECTOR_BYTES 16
#define SWITCHYARD_PRODUCTS kPortableProducts
#include "kernels/cpu/products.inl"
