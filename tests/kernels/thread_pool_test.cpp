#include "kernels/cpu/thread_pool.h"

#include <catch2/catch.hpp>
#include <vector>

using switchyard::kernels::ThreadPool;

TEST_CASE("every item runs exactly once, loop after loop", "[threads]") {
  for (const int threads : {1, 2, 7}) {
    ThreadPool pool(threads);
    CHECK(pool.threads() == threads);
    for (std::size_t items = 0; items < 300; ++items) {
      std::vector<int> counts(items, 0);
      pool.for_each(items, [&](std::size_t i) { ++counts[i]; });
      REQUIRE(counts == std::vector<int>(items, 1));
    }
  }
}

TEST_CASE("without a number there is at least the caller", "[threads]") {
  ThreadPool pool;
  CHECK(pool.threads() >= 1);
}
