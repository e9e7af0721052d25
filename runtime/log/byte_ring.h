#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

#include "runtime/base/check.h"

namespace switchyard {

// Records of any size from one thread to another through bounded memory (Lamport's single-producer
// single-consumer ring, over bytes). Neither side waits, locks or allocates. A record lies in one
// piece, aligned to 8 bytes; one that does not fit before the end starts over at the beginning.
// One per thread rather than one for all: producers then share no cache line, and a full ring is
// one thread's.
class ByteRing {
 public:
  // `capacity` is a power of two, at least 64.
  explicit ByteRing(std::size_t capacity)
      : mask_(capacity - 1), bytes_(std::make_unique<std::uint64_t[]>(capacity / 8)) {
    SWITCHYARD_CHECK(std::has_single_bit(capacity) && capacity >= 64);
  }

  // Producer. Room for a record of `size` > 0 bytes, or null when the ring is full. What was
  // reserved is seen by nobody before publish(), which must follow.
  std::byte* reserve(std::size_t size) noexcept {
    const std::uint64_t head = head_.load(std::memory_order_relaxed);
    const std::size_t need = kHeader + (size + 7) / 8 * 8;
    const std::size_t at = head & mask_;
    const std::size_t to_end = mask_ + 1 - at;
    const std::size_t skip = need > to_end ? to_end : 0;
    if (head + skip + need - known_tail_ > mask_ + 1) {
      known_tail_ = tail_.load(std::memory_order_acquire);
      if (head + skip + need - known_tail_ > mask_ + 1) return nullptr;
    }
    if (skip != 0) put_header(at, 0);
    const std::size_t start = (head + skip) & mask_;
    put_header(start, size);
    reserved_ = head + skip + need;
    return data() + start + kHeader;
  }
  void publish() noexcept { head_.store(reserved_, std::memory_order_release); }
  // Where the next record goes; consumed() past it means that every record before it was read.
  std::uint64_t position() const noexcept { return head_.load(std::memory_order_acquire); }

  // Consumer. The oldest record, empty when there is none; valid until pop().
  std::span<const std::byte> front() noexcept {
    std::uint64_t tail = tail_.load(std::memory_order_relaxed);
    if (tail == head_.load(std::memory_order_acquire)) return {};
    std::uint64_t size = header(tail & mask_);
    if (size == 0) {
      tail += mask_ + 1 - (tail & mask_);
      tail_.store(tail, std::memory_order_release);
      size = header(tail & mask_);
    }
    return {data() + (tail & mask_) + kHeader, size};
  }
  void pop() noexcept {
    const std::uint64_t tail = tail_.load(std::memory_order_relaxed);
    tail_.store(tail + kHeader + (header(tail & mask_) + 7) / 8 * 8, std::memory_order_release);
  }
  std::uint64_t consumed() const noexcept { return tail_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::size_t kHeader = 8;  // the record's size; 0: go on at the beginning
  static constexpr std::size_t kCacheLine = 64;

  std::byte* data() noexcept { return reinterpret_cast<std::byte*>(bytes_.get()); }
  void put_header(std::size_t at, std::uint64_t size) noexcept { bytes_[at / 8] = size; }
  std::uint64_t header(std::size_t at) const noexcept { return bytes_[at / 8]; }

  const std::size_t mask_;
  const std::unique_ptr<std::uint64_t[]> bytes_;
  alignas(kCacheLine) std::atomic<std::uint64_t> head_{0};  // producer
  std::uint64_t known_tail_ = 0, reserved_ = 0;
  alignas(kCacheLine) std::atomic<std::uint64_t> tail_{0};  // consumer
};

}  // namespace switchyard
