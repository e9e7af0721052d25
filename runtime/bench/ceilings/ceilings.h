#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "kernels/cpu/thread_pool.h"
#include "runtime/base/error.h"
#include "runtime/bench/ceilings/loops.h"

// What the processors of this machine can do at most, measured: the most of a few rounds, since
// what disturbs a loop only makes it slower.
namespace switchyard::bench {

// Products and sums a second on all threads of the pool.
struct ProductRate {
  std::string name;  // of the loop
  Operands operands = Operands::f32;
  double rate = 0;
};

// The fastest of the loops for each kind of operands that this processor has, in the order of
// Operands. About a third of a second.
std::vector<ProductRate> product_rates(kernels::ThreadPool& pool);

struct ReadRate {
  std::string name;  // of the loop
  double rate = 0;   // bytes a second
};

// The fastest of the loops over about so many bytes of memory, which all threads of the pool share;
// in large pages where the system has them. Fails where there is no such memory.
Expected<ReadRate> read_rate(kernels::ThreadPool& pool, std::size_t bytes);

}  // namespace switchyard::bench
