#include "runtime/store/publication.h"

#include <utility>

#include "runtime/base/check.h"

namespace switchyard {

Publication::Publication(std::shared_ptr<const PolicyVersion> first)
    : current_(first.get()), newest_(std::move(first)) {}

Publication::~Publication() {
  for (ReaderSlot* slot = slots_.load(); slot != nullptr;) delete std::exchange(slot, slot->next);
}

ReaderSlot* Publication::enter() {
  for (ReaderSlot* slot = slots_.load(std::memory_order_acquire); slot != nullptr; slot = slot->next) {
    bool free = false;
    if (!slot->taken.load(std::memory_order_relaxed) &&
        slot->taken.compare_exchange_strong(free, true, std::memory_order_acquire)) {
      return slot;
    }
  }
  auto* slot = new ReaderSlot;
  slot->next = slots_.load(std::memory_order_relaxed);
  while (!slots_.compare_exchange_weak(slot->next, slot, std::memory_order_seq_cst)) {
  }
  return slot;
}

void Publication::leave(ReaderSlot* slot) noexcept {
  slot->held.store(nullptr, std::memory_order_release);
  slot->taken.store(false, std::memory_order_release);
}

// The slot's store and the second load are ordered with publish's store and reclaim's loads (all
// sequentially consistent): either the writer sees the slot, or the reader sees the newer version.
const PolicyVersion* Publication::hold_current(ReaderSlot& slot) const noexcept {
  const PolicyVersion* version = current_.load(std::memory_order_seq_cst);
  for (;;) {
    slot.held.store(version, std::memory_order_seq_cst);
    const PolicyVersion* now = current_.load(std::memory_order_seq_cst);
    if (now == version) return version;
    version = now;
  }
}

void Publication::publish(std::shared_ptr<const PolicyVersion> next) {
  SWITCHYARD_CHECK(next->generation() > newest_->generation());
  old_.push_back(std::exchange(newest_, std::move(next)));
  current_.store(newest_.get(), std::memory_order_seq_cst);
}

std::size_t Publication::reclaim() {
  std::erase_if(old_, [&](const std::shared_ptr<const PolicyVersion>& version) {
    for (const ReaderSlot* slot = slots_.load(std::memory_order_seq_cst); slot != nullptr;
         slot = slot->next) {
      if (slot->held.load(std::memory_order_seq_cst) == version.get()) return false;
    }
    return true;
  });
  return old_.size();
}

}  // namespace switchyard
