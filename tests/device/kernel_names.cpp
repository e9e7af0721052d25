#include <cstdio>

#include "kernels/device/kernel_list.h"

// Prints every kernel of the list after the architectures that have it, for object_check.py.
#define SWITCHYARD_PRINT(name, ...) std::puts("all " #name);
#define SWITCHYARD_PRINT_NATIVE(name, ...) std::puts("gfx950 " #name);

int main() {
  SWITCHYARD_KERNELS(SWITCHYARD_PRINT)
  SWITCHYARD_NATIVE_KERNELS(SWITCHYARD_PRINT_NATIVE)
}
