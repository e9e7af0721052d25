#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace switchyard::kernels {

// A fixed set of threads that share the items of one loop at a time.
//
// Thread t of n first takes the items of its own n-th part of the loop, in order, then what others
// have left. So loops whose items come in the same order by memory, as those that fill weights and
// those that multiply them do, find their memory where the same thread touched it first: on its own
// node of the machine, if threads stay where they are (`Pinning::on`).
class ThreadPool {
 public:
  enum class Pinning : std::uint8_t {
    off,
    // Thread t stays on the t-th processor that the process may use. The constructing thread is
    // pinned too, until the pool ends. Linux; elsewhere, and with more threads than processors,
    // off.
    on,
  };

  // `threads` >= 1 counts the caller, which works too; 0 means one a processor.
  explicit ThreadPool(int threads = 0, Pinning pinning = Pinning::off);
  // On the thread that made it.
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  // Calls body(item) once for every item in 0 .. items-1, in any order and on any thread, and
  // returns when all are done. Whatever an item writes must depend on the item alone; then results
  // are the same for every number of threads. Not reentrant. `body` must not throw. Idle threads
  // watch for the next loop for some tens of microseconds before they sleep.
  void for_each(std::size_t items, const std::function<void(std::size_t)>& body);

 private:
  // The part of a loop that belongs to one thread; on a cache line of its own.
  struct alignas(64) Part {
    std::atomic<std::size_t> next = 0;
    std::size_t end = 0;
  };
  class Affinity;

  void work(std::size_t thread);
  void drain(std::size_t thread);
  bool started(std::uint64_t joined) const {
    return stop_.load(std::memory_order_relaxed) || loop_.load(std::memory_order_acquire) != joined;
  }

  // Written before `loop_` is raised, read after that was seen.
  const std::function<void(std::size_t)>* body_ = nullptr;
  std::vector<Part> parts_;
  std::atomic<std::uint64_t> loop_ = 0;  // counts loops, so that a worker joins each once
  std::atomic<std::size_t> busy_ = 0;    // workers still in the loop
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;  // of sleeping and waking
  std::condition_variable start_, done_;
  std::unique_ptr<Affinity> affinity_;
  std::vector<std::thread> workers_;
};

}  // namespace switchyard::kernels
