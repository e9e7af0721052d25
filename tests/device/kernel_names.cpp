#include <cstdio>

#include "kernels/device/kernel_list.h"
#include "kernels/device/occupancy.h"

// Prints for object_check.py, of every kernel of the list: the architectures that have it, its
// name, and the occupancy that it states on gfx942 and on gfx950: waves a SIMD, bytes of LDS,
// waves, bytes.
namespace {

void print(const char* where, const char* name) {
  std::printf("%s %s", where, name);
  for (const bool gfx950 : {false, true}) {
    const auto stated = switchyard::kernels::device::occupancy_of(name, gfx950);
    std::printf(" %u %u", stated.waves_per_simd, stated.lds_bytes);
  }
  std::printf("\n");
}

}  // namespace

#define SWITCHYARD_PRINT(name, ...) print("all", #name);
#define SWITCHYARD_PRINT_AMD(name, ...) \
  print("gfx942", #name);               \
  print("gfx950", #name);
#define SWITCHYARD_PRINT_NATIVE(name, ...) print("gfx950", #name);
#define SWITCHYARD_PRINT_WARPGROUP(name, ...) print("sm_90a", #name);

int main() {
  SWITCHYARD_KERNELS(SWITCHYARD_PRINT)
  SWITCHYARD_AMD_KERNELS(SWITCHYARD_PRINT_AMD)
  SWITCHYARD_NATIVE_KERNELS(SWITCHYARD_PRINT_NATIVE)
  SWITCHYARD_WARPGROUP_KERNELS(SWITCHYARD_PRINT_WARPGROUP)
}
