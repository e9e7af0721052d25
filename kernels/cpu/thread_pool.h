#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace switchyard::kernels {

// A fixed set of threads that share the items of one loop at a time.
class ThreadPool {
 public:
  // `threads` >= 1 counts the caller, which works too; 0 means one a processor.
  explicit ThreadPool(int threads = 0);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  // Calls body(item) once for every item in 0 .. items-1, in any order and on any thread, and
  // returns when all are done. Whatever an item writes must depend on the item alone; then results
  // are the same for every number of threads. Not reentrant. `body` must not throw.
  void for_each(std::size_t items, const std::function<void(std::size_t)>& body);

 private:
  void work();
  void drain(const std::function<void(std::size_t)>& body, std::size_t items);

  std::mutex mutex_;
  std::condition_variable start_, done_;
  const std::function<void(std::size_t)>* body_ = nullptr;  // the loop under way
  std::size_t items_ = 0;
  std::atomic<std::size_t> next_ = 0;  // the next item to hand out
  std::size_t busy_ = 0;               // workers still in the loop
  std::uint64_t loop_ = 0;             // counts loops, so that a worker joins each once
  bool stop_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace switchyard::kernels
