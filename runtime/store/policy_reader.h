#pragma once

#include <memory>
#include <utility>

#include "runtime/decide/decide.h"
#include "runtime/store/policy_version.h"
#include "runtime/store/publication.h"

namespace switchyard {

// One thread's way to a store's current version. Reading is a load and a comparison; when the store
// has swapped since, some tens of nanoseconds more. Never waits, never allocates, sees the store's
// generations in order. Moves, does not copy; used by one thread at a time; may outlive its store,
// and then keeps reading the last version.
//
// It keeps the version that it read last alive, so an idle thread may keep one old table; `rest`
// lets go of it.
class PolicyReader {
 public:
  explicit PolicyReader(std::shared_ptr<Publication> publication)
      : publication_(std::move(publication)),
        current_(&publication_->current()),
        slot_(publication_->enter()) {}
  ~PolicyReader() {
    if (publication_ != nullptr) publication_->leave(slot_);
  }
  PolicyReader(PolicyReader&& other) noexcept
      : publication_(std::move(other.publication_)),
        current_(other.current_),
        slot_(other.slot_),
        held_(std::exchange(other.held_, nullptr)),
        plan_(other.plan_) {}
  PolicyReader& operator=(PolicyReader&& other) noexcept {
    std::swap(publication_, other.publication_);
    std::swap(current_, other.current_);
    std::swap(slot_, other.slot_);
    std::swap(held_, other.held_);
    std::swap(plan_, other.plan_);
    return *this;
  }

  // The current version, valid until the next call of `read` or `rest`. For what is asked beside a
  // decision: attachment, generation. On the hot path `decide` of this class is the way to decide:
  // `decide(reader.read().table(), facts)` costs some ten instructions more, 1.3 times a fixed table
  // of three facts (bench/README.md), since its rare call stands in the middle of the caller.
  [[gnu::always_inline]] inline const PolicyVersion& read() noexcept {
    // Relaxed is enough: when it is the pointer held, its contents were acquired when it was taken,
    // and a version that is held is not freed, so no other one can have its address.
    if (current_->load(std::memory_order_relaxed) != held_) [[unlikely]] {
      take();
    }
    return *held_;
  }

  // decide(read().table(), facts), the fastest way to ask: the slow path is a call of its own, and
  // what the inline path of a small table reads is here.
  [[gnu::always_inline]] inline Decision decide(const void* facts) noexcept {
    if (current_->load(std::memory_order_relaxed) != held_) [[unlikely]] return decide_anew(facts);
    if (plan_.facts == 0) return decide_general(held_->table(), facts);
    return detail::decide_dense<0>(plan_, facts, 0);
  }
  // The version that `read` or `decide` took last; null before the first, and after `rest`.
  const PolicyVersion* last() const noexcept { return held_; }

  // Holds nothing until the next `read`.
  void rest() noexcept {
    held_ = nullptr;
    slot_->held.store(nullptr, std::memory_order_release);
  }

 private:
  [[gnu::noinline, gnu::cold]] void take() noexcept {
    held_ = publication_->hold_current(*slot_);
    plan_ = held_->table().plan();
  }
  [[gnu::noinline, gnu::cold]] Decision decide_anew(const void* facts) noexcept {
    take();
    return decide_general(held_->table(), facts);
  }

  std::shared_ptr<Publication> publication_;
  const std::atomic<const PolicyVersion*>* current_;
  ReaderSlot* slot_;
  const PolicyVersion* held_ = nullptr;
  DensePlan plan_;  // of held_'s table
};

// A version for as long as the snapshot lives, wherever it goes: for what is not on the hot path.
class PolicySnapshot {
 public:
  explicit PolicySnapshot(std::shared_ptr<const PolicyVersion> version)
      : version_(std::move(version)) {}

  const Table& table() const noexcept { return version_->table(); }
  std::uint64_t generation() const noexcept { return version_->generation(); }
  template <typename T>
  const T* attachment() const noexcept {
    return version_->attachment<T>();
  }

 private:
  std::shared_ptr<const PolicyVersion> version_;
};

}  // namespace switchyard
