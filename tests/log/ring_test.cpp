#include <catch2/catch.hpp>
#include <cstdio>
#include <cstring>
#include <deque>
#include <random>
#include <string>
#include <thread>

#include "runtime/log/byte_ring.h"
#include "tests/region/random_model.h"

namespace switchyard::testing {
namespace {

bool put(ByteRing& ring, const std::string& text) {
  std::byte* place = ring.reserve(text.size());
  if (place == nullptr) return false;
  std::memcpy(place, text.data(), text.size());
  ring.publish();
  return true;
}

std::string front(ByteRing& ring) {
  const auto bytes = ring.front();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

TEST_CASE("a ring holds what fits, in order, and nothing more") {
  ByteRing ring(64);
  CHECK(ring.front().empty());
  CHECK_FALSE(put(ring, std::string(57, 'x')));  // larger than it ever is
  CHECK(put(ring, std::string(56, 'a')));
  CHECK_FALSE(put(ring, "b"));
  CHECK(front(ring) == std::string(56, 'a'));
  ring.pop();
  CHECK(ring.front().empty());
  CHECK(put(ring, "b"));
  CHECK(put(ring, std::string(17, 'c')));
  CHECK_FALSE(put(ring, "dddddddddddddddd"));  // 24 are left of 64, of which 16 at the end
  CHECK(front(ring) == "b");
  ring.pop();
  CHECK(front(ring) == std::string(17, 'c'));
  ring.pop();
  CHECK(ring.position() == ring.consumed());
}

TEST_CASE("a ring against a queue, at random") {
  const std::uint64_t seed = random_seed();
  std::printf("ring: seed %llu\n", static_cast<unsigned long long>(seed));
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 50; ++round) {
    ByteRing ring(std::size_t{64} << random() % 5);
    std::deque<std::string> expected;
    for (int step = 0; step < 2'000; ++step) {
      if (random() % 2 == 0) {
        const std::string text(1 + random() % 80, static_cast<char>('a' + random() % 26));
        if (put(ring, text)) expected.push_back(text);
      } else if (expected.empty()) {
        REQUIRE(ring.front().empty());
      } else {
        REQUIRE(front(ring) == expected.front());
        ring.pop();
        expected.pop_front();
      }
    }
  }
}

TEST_CASE("a ring between two threads") {
  ByteRing ring(1'024);
  constexpr std::uint64_t kRecords = 200'000;
  std::thread producer([&] {
    for (std::uint64_t i = 0; i < kRecords;) {
      const std::size_t words = 1 + i % 7;
      std::byte* place = ring.reserve(words * 8);
      if (place == nullptr) {
        std::this_thread::yield();
        continue;
      }
      for (std::size_t w = 0; w < words; ++w) std::memcpy(place + w * 8, &i, 8);
      ring.publish();
      ++i;
    }
  });
  std::uint64_t wrong = 0;
  for (std::uint64_t i = 0; i < kRecords;) {
    const auto bytes = ring.front();
    if (bytes.empty()) {
      std::this_thread::yield();
      continue;
    }
    if (bytes.size() != (1 + i % 7) * 8) ++wrong;
    for (std::size_t w = 0; w < bytes.size(); w += 8) {
      std::uint64_t value = 0;
      std::memcpy(&value, bytes.data() + w, 8);
      if (value != i) ++wrong;
    }
    ring.pop();
    ++i;
  }
  producer.join();
  CHECK(wrong == 0);
}

}  // namespace switchyard::testing
