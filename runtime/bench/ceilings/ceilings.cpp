#include "runtime/bench/ceilings/ceilings.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <cstring>
#include <memory>

#include "runtime/bench/rounds.h"

namespace switchyard::bench {
namespace {

constexpr int kRounds = 8;
constexpr double kItemSeconds = 2e-4;  // of products: long beside handing out an item
constexpr std::size_t kItemsAThread = 50;
constexpr std::size_t kLargePage = std::size_t{2} << 20;
constexpr std::size_t kPart = 2 * kLargePage;  // of memory, that one thread reads at a time

// The shortest of a few rounds of a loop on all threads.
template <typename Item>
double shortest(kernels::ThreadPool& pool, std::size_t items, const Item& item) {
  return *shortest_seconds(kRounds, [&]() -> kernels::Expected<void> {
    pool.for_each(items, item);
    return {};
  });
}

double rate_of(const ProductLoop& loop, kernels::ThreadPool& pool) {
  // The first step of an instruction may trap into the system, which gives its registers' state.
  loop.run(1);
  std::uint64_t steps = 1;
  for (double seconds = 0; seconds < kItemSeconds; steps *= 2) {
    const Clock::time_point start = Clock::now();
    loop.run(steps);
    seconds = seconds_since(start);
  }
  const std::size_t items = kItemsAThread * static_cast<std::size_t>(pool.threads());
  const double seconds = shortest(pool, items, [&](std::size_t) { loop.run(steps); });
  return static_cast<double>(items) * static_cast<double>(steps) * loop.operations / seconds;
}

struct Unmap {
  std::size_t bytes = 0;
  void operator()(void* memory) const { ::munmap(memory, bytes); }
};

}  // namespace

std::vector<ProductRate> product_rates(kernels::ThreadPool& pool) {
  std::vector<ProductRate> rates;
  for (const Operands operands : {Operands::f32, Operands::bf16, Operands::int8}) {
    ProductRate best{{}, operands, 0};
    for (const ProductLoop& loop : product_loops()) {
      if (loop.operands != operands) continue;
      const double rate = rate_of(loop, pool);
      if (rate > best.rate) best = {loop.name, operands, rate};
    }
    if (best.rate > 0) rates.push_back(best);
  }
  return rates;
}

Expected<ReadRate> read_rate(kernels::ThreadPool& pool, std::size_t bytes) {
  const std::size_t parts = (bytes + kPart - 1) / kPart;
  const std::size_t mapped = parts * kPart + kLargePage;
  void* const memory =
      ::mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    return fail(fmt::format("there is no memory for reading {} MiB", mapped >> 20));
  }
  const std::unique_ptr<void, Unmap> owner(memory, Unmap{mapped});
  std::size_t space = mapped;
  void* aligned = memory;
  std::align(kLargePage, parts * kPart, aligned, space);
  auto* const begin = static_cast<std::byte*>(aligned);
  ::madvise(begin, parts * kPart, MADV_HUGEPAGE);  // a wish
  // Touched by the threads that read it, which puts it near them.
  pool.for_each(parts, [&](std::size_t part) { std::memset(begin + part * kPart, 1, kPart); });
  ReadRate best;
  for (const ReadLoop& loop : read_loops()) {
    const double seconds =
        shortest(pool, parts, [&](std::size_t part) { loop.run(begin + part * kPart, kPart); });
    const double rate = static_cast<double>(parts * kPart) / seconds;
    if (rate > best.rate) best = {loop.name, rate};
  }
  return best;
}

}  // namespace switchyard::bench
