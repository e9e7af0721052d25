#pragma once

// The occupancy that a kernel states on AMD: waves that a SIMD can hold of it, at least, and the
// LDS that four waves of it take, one a SIMD, at most. A workgroup is four waves, of grouping.hip 16. The compiler is given the waves (vocabulary/target.h),
// tests/device/object_check.py checks registers and LDS of the objects against both, and
// occupancy_test.cpp what is launched.
//
// By the kernel's name, of which kernel_list.h has the parts. Device code compiles this too.
namespace switchyard::kernels::device {

struct Occupancy {
  unsigned waves_per_simd;
  unsigned lds_bytes;
};

// The place after the first `part` of `name`, or null.
constexpr const char* after(const char* name, const char* part) {
  for (; *name != '\0'; ++name) {
    const char *a = name, *b = part;
    while (*b != '\0' && *a == *b) ++a, ++b;
    if (*b == '\0') return a;
  }
  return nullptr;
}

// The number after the last `tag` that a digit follows, or 0.
constexpr unsigned number_after(const char* name, const char* tag) {
  unsigned number = 0;
  for (const char* at = after(name, tag); at != nullptr; at = after(at, tag)) {
    if (*at < '0' || *at > '9') continue;
    number = 0;
    for (const char* digit = at; *digit >= '0' && *digit <= '9'; ++digit) {
      number = number * 10 + static_cast<unsigned>(*digit - '0');
    }
  }
  return number;
}

constexpr Occupancy occupancy_of(const char* name, bool gfx950) {
  const unsigned block_m = number_after(name, "_m"), split_k = number_after(name, "_s");
  const bool gate_up = after(name, "gate_up_") != nullptr;
  if (after(name, "switchyard_packed_") != nullptr) {
    const unsigned sums = split_k == 4 ? 12288u : split_k == 2 ? 4096u : 0u;
    const unsigned rows = block_m > 16 ? block_m * 256 : 0;
    const unsigned h = gate_up ? block_m * (split_k > 1 ? 32 : 64) / 32 * 132 : 0;
    const unsigned product = sums > rows ? sums : rows;
    const bool wide = block_m == 64 || split_k == 4;
    const bool many =
        wide && (after(name, "_mxfp6_") != nullptr || (!gfx950 && gate_up && block_m == 64));
    return {many ? 3u : 4u, product > h ? product : h};
  }
  if (after(name, "switchyard_native_") != nullptr) {
    const bool small = block_m < 64 || after(name, "_mxfp4_a_mxfp4_") != nullptr;
    return {small ? 4u : 3u, gate_up ? 264 * block_m : 0};
  }
  if (after(name, "gate_up_m") != nullptr || after(name, "switchyard_down_m") != nullptr) {
    // Of gfx942's 64 KiB.
    return {gfx950 ? 4u : block_m == 64 ? 2u : 3u, 128 * block_m + 16384};
  }
  // 1024 experts, groups and picks at most (kernels/gpu/kernels.cpp).
  if (after(name, "router_pick") != nullptr) return {1, 16 * 4 * 1024};
  if (after(name, "_pairs") != nullptr) return {4, 48 * 1024 / 4};
  if (after(name, "switchyard_quantise") != nullptr) return {4, 0};
  return {8, 0};
}

}  // namespace switchyard::kernels::device
