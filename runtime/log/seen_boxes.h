#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "runtime/table/view.h"

namespace switchyard {

// A hash of the classes of all facts, never 0. The facts must be inside their domains.
[[gnu::always_inline]] inline std::uint64_t hash_of_box(const TableView& table, const void* facts) {
  const auto* bytes = static_cast<const unsigned char*>(facts);
  std::uint64_t hash = 0x9e3779b97f4a7c15;
  for (std::size_t f = 0; f < table.facts.size(); ++f) {
    std::int64_t code;
    if (table.facts[f].wide) {
      std::memcpy(&code, bytes + table.facts[f].offset, sizeof code);
    } else {
      std::int32_t narrow;
      std::memcpy(&narrow, bytes + table.facts[f].offset, sizeof narrow);
      code = narrow;
    }
    hash = (hash ^ class_of(table.axes[f], code)) * 0xff51afd7ed558ccd;
    hash ^= hash >> 32;
  }
  return hash | 1;
}

// A set of at most kSlots hashes that only grows, for any number of threads. Two boxes of one hash
// (with 4,096 boxes 1 in 10^12) count as one.
class SeenBoxes {
 public:
  static constexpr std::size_t kSlots = 4'096;
  enum class Answer : std::uint8_t { kSeen, kNew, kNoRoom };

  // kNew: insert(hash) would find room.
  Answer look(std::uint64_t hash) const noexcept {
    for (std::size_t i = 0; i < kProbes; ++i) {
      const std::uint64_t there = slot(hash, i).load(std::memory_order_relaxed);
      if (there == hash) return Answer::kSeen;
      if (there == 0) return Answer::kNew;
    }
    return Answer::kNoRoom;
  }

  // Another thread may take the last room in between: then the box is new once more.
  void insert(std::uint64_t hash) noexcept {
    for (std::size_t i = 0; i < kProbes; ++i) {
      std::uint64_t expected = 0;
      if (slot(hash, i).compare_exchange_strong(expected, hash, std::memory_order_relaxed) ||
          expected == hash) {
        return;
      }
    }
  }

 private:
  static constexpr std::size_t kProbes = 16;

  const std::atomic<std::uint64_t>& slot(std::uint64_t hash, std::size_t i) const {
    return slots_[((hash >> 40) + i) % kSlots];
  }
  std::atomic<std::uint64_t>& slot(std::uint64_t hash, std::size_t i) {
    return slots_[((hash >> 40) + i) % kSlots];
  }

  std::array<std::atomic<std::uint64_t>, kSlots> slots_ = {};
};

}  // namespace switchyard
