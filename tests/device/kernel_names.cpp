#include <cstdio>

#include "kernels/device/kernel_list.h"

// Prints every kernel of the list after the architectures that have it, for object_check.py.
#define SWITCHYARD_PRINT(name, ...) std::puts("all " #name);
#define SWITCHYARD_PRINT_PACKED(name, ...) \
  std::puts("gfx942 " #name);              \
  std::puts("gfx950 " #name);
#define SWITCHYARD_PRINT_NATIVE(name, ...) std::puts("gfx950 " #name);
#define SWITCHYARD_PRINT_WARPGROUP(name, ...) std::puts("sm_90a " #name);

int main() {
  SWITCHYARD_KERNELS(SWITCHYARD_PRINT)
  SWITCHYARD_PACKED_KERNELS(SWITCHYARD_PRINT_PACKED)
  SWITCHYARD_NATIVE_KERNELS(SWITCHYARD_PRINT_NATIVE)
  SWITCHYARD_WARPGROUP_KERNELS(SWITCHYARD_PRINT_WARPGROUP)
}
