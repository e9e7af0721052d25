#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <vector>

#include "runtime/table/view.h"

namespace switchyard {

// Hashes the classes of all facts: the box, of those that no condition tells apart, that a
// combination lies in. A sum of products (multilinear hashing), so that facts do not wait for one
// another. Immutable; the table must outlive it.
class BoxHash {
 public:
  explicit BoxHash(const TableView& table);

  // Never 0. The facts must be inside their domains.
  std::uint64_t operator()(const void* facts) const noexcept {
    const auto* bytes = static_cast<const unsigned char*>(facts);
    std::uint64_t sum = 0;
    for (const Array& fact : arrays_) {
      std::int32_t code;
      std::memcpy(&code, bytes + fact.offset, sizeof code);
      sum += fact.array[static_cast<std::uint32_t>(code) - static_cast<std::uint32_t>(fact.low)] *
             fact.factor;
    }
    for (const Other& fact : others_) {
      sum +=
          class_of(table_->axes[fact.fact], code_of(bytes, table_->facts[fact.fact])) * fact.factor;
    }
    sum ^= sum >> 32;
    return (sum * kFactor) | 1;
  }

 private:
  static constexpr std::uint64_t kFactor = 0x9e3779b97f4a7c15;  // 2^64 / golden ratio, odd

  // A declared int32 fact whose classes an array gives: the usual case.
  struct Array {
    const std::uint16_t* array;
    std::int32_t low;
    std::uint32_t offset;
    std::uint64_t factor;
  };
  struct Other {
    std::uint32_t fact;
    std::uint64_t factor;
  };

  static std::int64_t code_of(const unsigned char* facts, const FactView& fact) noexcept {
    if (fact.wide) {
      std::int64_t code;
      std::memcpy(&code, facts + fact.offset, sizeof code);
      return code;
    }
    std::int32_t code;
    std::memcpy(&code, facts + fact.offset, sizeof code);
    return code;
  }

  const TableView* table_;
  std::vector<Array> arrays_;
  std::vector<Other> others_;
};

// A set of hashes that only grows, for any number of threads. Two boxes of one hash (among 3,000,
// one chance in 10^12) count as one. Past kMostBoxes it is closed: nobody would read a line for
// each of so many, and looking them up would cost for nothing.
class SeenBoxes {
 public:
  static constexpr std::size_t kMostBoxes = 3'000;

  bool closed() const noexcept { return count_.load(std::memory_order_relaxed) >= kMostBoxes; }

  bool has(std::uint64_t hash) const noexcept {
    for (std::size_t i = 0; i < kProbes; ++i) {
      const std::uint64_t there = slots_[place(hash, i)].load(std::memory_order_relaxed);
      if (there == hash) return true;
      if (there == 0) return false;
    }
    return true;  // no room beside its neighbours
  }

  void insert(std::uint64_t hash) noexcept {
    for (std::size_t i = 0; i < kProbes; ++i) {
      std::uint64_t there = 0;
      if (slots_[place(hash, i)].compare_exchange_strong(there, hash, std::memory_order_relaxed)) {
        count_.fetch_add(1, std::memory_order_relaxed);
        return;
      }
      if (there == hash) return;
    }
  }

 private:
  static constexpr std::size_t kSlots = 4'096;
  static constexpr std::size_t kProbes = 64;

  static std::size_t place(std::uint64_t hash, std::size_t i) {
    return ((hash >> 40) + i) % kSlots;
  }

  std::atomic<std::size_t> count_{0};
  std::array<std::atomic<std::uint64_t>, kSlots> slots_ = {};
};

}  // namespace switchyard
