#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include "runtime/base/export.h"
#include "runtime/store/policy_version.h"

namespace switchyard {

// What one reader holds: a version is alive while a slot names it.
struct alignas(64) ReaderSlot {
  std::atomic<const PolicyVersion*> held{nullptr};
  std::atomic<bool> taken{true};
  ReaderSlot* next = nullptr;
};

// The version that is current, for one writer at a time and any number of readers, who never wait.
// Hazard pointers (Michael, 2004), except that a reader's pointer stays up between reads: what it
// names is the version that the reader read last, so that reading again is one load and a comparison.
//
// Order: generations only grow. `current` is one atomic, so by coherence a thread that learnt of
// generation N, in whatever way that happens before its read, reads N or a later one.
class SWITCHYARD_EXPORT Publication {
 public:
  explicit Publication(std::shared_ptr<const PolicyVersion> first);
  ~Publication();  // no slot is taken any more
  Publication(const Publication&) = delete;
  Publication& operator=(const Publication&) = delete;

  // ---- Readers: any thread, no lock.

  // A slot of the caller's own until `leave`. May allocate. There are as many as readers at one time.
  ReaderSlot* enter();
  void leave(ReaderSlot* slot) noexcept;

  const std::atomic<const PolicyVersion*>& current() const noexcept { return current_; }

  // Makes the slot hold what is current, and returns it; what it held before may be gone. Repeats
  // only when a version was published in between.
  const PolicyVersion* hold_current(ReaderSlot& slot) const noexcept;

  // ---- The writer: one thread at a time.

  // `next` has the greatest generation so far.
  void publish(std::shared_ptr<const PolicyVersion> next);
  // Lets go of versions that no slot holds; returns how many old ones are still held.
  std::size_t reclaim();
  const std::shared_ptr<const PolicyVersion>& newest() const { return newest_; }

 private:
  alignas(64) std::atomic<const PolicyVersion*> current_;
  alignas(64) std::atomic<ReaderSlot*> slots_{nullptr};
  std::shared_ptr<const PolicyVersion> newest_;
  std::vector<std::shared_ptr<const PolicyVersion>> old_;
};

}  // namespace switchyard
