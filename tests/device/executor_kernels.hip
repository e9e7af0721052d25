// Kernels that test the executor; those called `bad` break a rule on purpose.
#include "kernels/device/vocabulary/async_copy.h"
#include "kernels/device/vocabulary/fragment.h"
#include "kernels/device/vocabulary/warpgroup.h"
#include "tests/device/executor_kernels.h"

namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {

// out[workgroup][t] = the number that the thread after t put into LDS.
SWITCHYARD_KERNEL(test_neighbour, TestArgument) {
  const Lds<float> numbers(0, kThreads);
  numbers.store(thread(), static_cast<float>(thread() + argument.number));
  barrier();
  argument.out[global_index()] = numbers.load((thread() + 1) % kThreads);
}

SWITCHYARD_KERNEL(test_bad_neighbour, TestArgument) {
  const Lds<float> numbers(0, kThreads);
  numbers.store(thread(), static_cast<float>(thread() + argument.number));
  argument.out[global_index()] = numbers.load((thread() + 1) % kThreads);
}

// The same with a barrier before the reading, but none before LDS is written again.
SWITCHYARD_KERNEL(test_bad_reuse, TestArgument) {
  const Lds<float> numbers(0, kThreads);
  float sum = 0;
  for (unsigned round = 0; round < 2; ++round) {
    numbers.store(thread(), static_cast<float>(thread() + argument.number + round));
    barrier();
    sum += numbers.load((thread() + kWave) % kThreads);
  }
  argument.out[global_index()] = sum;
}

SWITCHYARD_KERNEL(test_bad_shuffle, TestArgument) {
  if (thread() != argument.number) argument.counts[thread()] = shuffle(thread(), 0);
}

SWITCHYARD_KERNEL(test_bad_barrier, TestArgument) {
  if (wave() != argument.number) barrier();
  argument.counts[thread()] = 0;
}

SWITCHYARD_KERNEL(test_lds_of, TestArgument) {
  const Lds<float> numbers(16, kThreads);
  if (thread() == 7) numbers.store(argument.number, 0);
}

SWITCHYARD_KERNEL(test_waves, TestArgument) {
  const std::uint32_t value = argument.counts[thread()];
  argument.counts[kThreads + thread()] = wave_sum(value);
  argument.counts[2 * kThreads + thread()] = wave_sum_below(value);
}

#if !defined(SWITCHYARD_SM_90)

// Each wave: out[wave] [16, 16] = number + a [16, 32] b [16, 32]^T.
SWITCHYARD_KERNEL(test_tile, TestArgument) {
  Sums sums;
  for (unsigned i = 0; i < kLaneSums; ++i) sums.at[i] = static_cast<float>(argument.number);
  const unsigned at = operand_row() * kTileDepth + operand_piece() * kPieceValues;
  multiply_add(sums, load_piece(argument.a + at), load_piece(argument.b + at));
  for (unsigned i = 0; i < kLaneSums; ++i) {
    argument.out[(wave() * kTile + sum_row(i)) * kTile + sum_column(i)] = sums.at[i];
  }
}

#else

// out [64, 32] = number + a [64, 32] b [32, 32]^T by wgmma, b by way of LDS, in rows of 64 whose other half is
// never read. kFault: what is left out or done too early.
namespace {
enum class Fault {
  none,
  no_copy_wait,
  no_barrier,
  no_matrix_wait,
  overwritten,
  overwritten_by_copy
};

template <Fault kFault>
SWITCHYARD_DEVICE void multiply_by_warpgroup(const TestArgument& argument) {
  const unsigned row = thread() / 4, piece = thread() % 4;
  copy_async<16>(matrix_row_place(row, piece), argument.b + row * 32 + piece * 8);
  commit_copies();
  if (kFault != Fault::no_copy_wait) wait_copies<0>();
  show_lds_to_matrix();
  if (kFault != Fault::no_barrier) barrier();
  float sums[16];
  for (float& sum : sums) sum = static_cast<float>(argument.number);
  warpgroup_begin();
  for (unsigned step = 0; step < 2; ++step) {
    std::uint32_t left[4];
    for (unsigned i = 0; i < 4; ++i) {
      const unsigned r = wave() * 16 + lane() / 4 + i % 2 * 8;
      const unsigned k = step * 16 + lane() % 4 * 2 + i / 2 * 8;
      left[i] = argument.a[r * 32 + k].bits | std::uint32_t{argument.a[r * 32 + k + 1].bits} << 16;
    }
    warpgroup_multiply_add<32>(sums, left, matrix_rows_at(matrix_rows(0), 32 * step));
  }
  warpgroup_commit();
  if (kFault == Fault::overwritten) Lds<Piece>(matrix_row_place(row, piece), 1).store(0, zero_piece());
  if (kFault == Fault::overwritten_by_copy) {
    copy_async<16>(matrix_row_place(row, piece), argument.b, false);
    commit_copies();
  }
  if (kFault != Fault::no_matrix_wait) warpgroup_wait<0>();
  warpgroup_settle(sums);
  for (unsigned at = 0; at < 16; ++at) {
    const unsigned r = wave() * 16 + lane() / 4 + at / 2 % 2 * 8;
    argument.out[r * 32 + at / 4 * 8 + lane() % 4 * 2 + at % 2] = sums[at];
  }
}
}  // namespace

SWITCHYARD_KERNEL(test_warpgroup, TestArgument) { multiply_by_warpgroup<Fault::none>(argument); }
SWITCHYARD_KERNEL(test_bad_copy_wait, TestArgument) {
  multiply_by_warpgroup<Fault::no_copy_wait>(argument);
}
SWITCHYARD_KERNEL(test_bad_copy_barrier, TestArgument) {
  multiply_by_warpgroup<Fault::no_barrier>(argument);
}
SWITCHYARD_KERNEL(test_bad_matrix_wait, TestArgument) {
  multiply_by_warpgroup<Fault::no_matrix_wait>(argument);
}
SWITCHYARD_KERNEL(test_bad_overwriting, TestArgument) {
  multiply_by_warpgroup<Fault::overwritten>(argument);
}
SWITCHYARD_KERNEL(test_bad_copying, TestArgument) {
  multiply_by_warpgroup<Fault::overwritten_by_copy>(argument);
}

#endif

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
