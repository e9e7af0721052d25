#include "kernels/cpu/thread_pool.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <thread>
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

TEST_CASE("pinned threads run every item too, and the caller may go where it might before",
          "[threads]") {
  const unsigned before = std::thread::hardware_concurrency();
  for (const int threads : {1, 2, 3}) {
    ThreadPool pool(threads, ThreadPool::Pinning::on);
    for (std::size_t items = 0; items < 50; ++items) {
      std::vector<int> counts(items, 0);
      pool.for_each(items, [&](std::size_t i) { ++counts[i]; });
      REQUIRE(counts == std::vector<int>(items, 1));
    }
  }
  CHECK(std::thread::hardware_concurrency() == before);
}

TEST_CASE("a thread that is late finds its part done by others", "[threads]") {
  ThreadPool pool(2);
  std::vector<int> counts(64, 0);
  pool.for_each(counts.size(), [&](std::size_t i) {
    if (i == 0) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ++counts[i];
  });
  CHECK(counts == std::vector<int>(64, 1));
}

TEST_CASE("threads that fell asleep between loops wake for the next", "[threads]") {
  ThreadPool pool(3);
  for (int loop = 0; loop < 3; ++loop) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    std::vector<int> counts(100, 0);
    pool.for_each(counts.size(), [&](std::size_t i) { ++counts[i]; });
    CHECK(counts == std::vector<int>(100, 1));
  }
}
