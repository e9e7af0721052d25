#pragma once

#include <cstdint>

// What the vocabulary calls where the machine is the host executor: the thread that is running, and
// what threads do together. To be called from device code under the executor only.
namespace switchyard::kernels::device::host {

unsigned thread();
unsigned workgroup(int axis);

// A barrier of the workgroup, and a wave's shuffle. `line`: of the source, for reports.
void barrier(int line);
std::uint32_t shuffle(std::uint32_t value, unsigned source, int line);

// The matrix instructions, by what each lane holds (matrix.cpp has the layouts).
enum class Matrix : std::uint8_t {
  mfma_16x16x16_bf16,           // gfx942: a 2 words a lane, b 2, c 4
  mfma_16x16x32_bf16,           // gfx950: a 4, b 4, c 4
  wgmma_m64k16_bf16,            // sm_90: a 4, b in LDS, c columns / 2
  mfma_scale_16x16x128_f8f6f4,  // gfx950: a 8, b 8 (fp6 reads six, fp4 four), c 4
};

// An operand's format in mfma_scale, and the scale that a lane gives: e8m0 of a block of its row.
enum class ScaledFormat : std::uint8_t { fp8_e4m3 = 0, fp6_e2m3 = 2, fp6_e3m2 = 3, fp4 = 4 };
struct Scaled {
  ScaledFormat a, b;
  std::uint8_t a_scale, b_scale;
};

// b of wgmma: its matrix descriptor, and how many columns it has.
struct LdsRows {
  std::uint64_t descriptor;
  unsigned columns;
};

struct MatrixOperands {
  Matrix instruction;
  const std::uint32_t* a;
  const std::uint32_t* b;
  float* c;            // read and written
  Scaled scaled = {};  // of mfma_scale
  LdsRows rows = {};   // of wgmma
};
void matrix(const MatrixOperands& operands, int line);

// wgmma goes on while its threads do: what a wave issued since its last commit is a group, and a wait
// leaves at most the last `under_way` groups unfinished. Done when it is issued, or as late as its
// wait (Order).
void commit_matrix();
void wait_matrix(unsigned under_way, int line);

// A copy of `bytes` to byte `at` of LDS, zeros from null; likewise, by thread.
void copy_async(unsigned at, const void* from, unsigned bytes);
void commit_copies();
void wait_copies(unsigned under_way);

// Element `index` of a view of `count` elements at byte `at` of LDS. An element outside of the view
// or of LDS, or not aligned, is the end of the launch.
void* lds(unsigned at, unsigned index, unsigned count, unsigned size, unsigned alignment);

}  // namespace switchyard::kernels::device::host
