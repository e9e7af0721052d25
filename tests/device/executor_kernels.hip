// Kernels that test the executor; those called `bad` break a rule on purpose.
#include "kernels/device/vocabulary/fragment.h"
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

// Each wave: out[wave] [16, 16] = number + a [16, 32] b [16, 32]^T.
SWITCHYARD_KERNEL(test_tile, TestArgument) {
  Sums sums;
  for (unsigned i = 0; i < kLaneSums; ++i) sums.at[i] = static_cast<float>(argument.number);
  Operand a, b;
  for (unsigned i = 0; i < kLaneRows; ++i) {
    const unsigned at = operand_row(i) * kTileDepth + operand_piece() * kPieceValues;
    a.rows[i] = load_piece(argument.a + at);
    b.rows[i] = load_piece(argument.b + at);
  }
  multiply_add(sums, a, b);
  for (unsigned i = 0; i < kLaneSums; ++i) {
    argument.out[(wave() * kTile + sum_row(i)) * kTile + sum_column(i)] = sums.at[i];
  }
}

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
