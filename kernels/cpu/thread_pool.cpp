#include "kernels/cpu/thread_pool.h"

#ifdef __linux__
#include <sched.h>
#endif

#include <algorithm>

namespace switchyard::kernels {
namespace {

// Looks before a thread sleeps: waking one costs tens of microseconds, a layer's loops for one
// token take some hundreds.
constexpr int kLooks = 2000;

void pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#else
  std::atomic_signal_fence(std::memory_order_seq_cst);
#endif
}

template <typename Condition>
bool seen(const Condition& condition) {
  for (int look = 0; look < kLooks; ++look) {
    if (condition()) return true;
    pause();
  }
  return false;
}

}  // namespace

#ifdef __linux__
// Where the constructing thread may run, restored at the end.
class ThreadPool::Affinity {
 public:
  explicit Affinity(std::size_t threads) {
    if (sched_getaffinity(0, sizeof(before_), &before_) != 0) return;
    for (int processor = 0; processor < CPU_SETSIZE; ++processor) {
      if (CPU_ISSET(processor, &before_)) processors_.push_back(processor);
    }
    if (processors_.size() < threads) processors_.clear();
  }
  ~Affinity() {
    if (!processors_.empty()) sched_setaffinity(0, sizeof(before_), &before_);
  }

  // The calling thread, to processor `thread`. A refusal leaves it where it is.
  void pin(std::size_t thread) const {
    if (processors_.empty()) return;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<std::size_t>(processors_[thread]), &one);
    sched_setaffinity(0, sizeof(one), &one);
  }

 private:
  cpu_set_t before_;
  std::vector<int> processors_;
};
#else
class ThreadPool::Affinity {
 public:
  explicit Affinity(std::size_t) {}
  void pin(std::size_t) const {}
};
#endif

ThreadPool::ThreadPool(int threads, Pinning pinning)
    : parts_(threads > 0 ? static_cast<std::size_t>(threads)
                         : std::max(1u, std::thread::hardware_concurrency())) {
  if (pinning == Pinning::on) {
    affinity_ = std::make_unique<Affinity>(parts_.size());
    affinity_->pin(0);
  }
  workers_.reserve(parts_.size() - 1);
  for (std::size_t i = 1; i < parts_.size(); ++i) {
    workers_.emplace_back([this, i] { work(i); });
  }
}

ThreadPool::~ThreadPool() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  start_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::for_each(std::size_t items, const std::function<void(std::size_t)>& body) {
  if (items == 0) return;
  if (workers_.empty() || items == 1) {
    for (std::size_t item = 0; item < items; ++item) body(item);
    return;
  }
  body_ = &body;
  const std::size_t threads = parts_.size();
  for (std::size_t t = 0; t < threads; ++t) {
    parts_[t].next.store(items * t / threads, std::memory_order_relaxed);
    parts_[t].end = items * (t + 1) / threads;
  }
  busy_.store(workers_.size(), std::memory_order_relaxed);
  {
    std::lock_guard lock(mutex_);  // no worker is between looking and sleeping
    loop_.fetch_add(1, std::memory_order_release);
  }
  start_.notify_all();
  drain(0);
  const auto all_done = [this] { return busy_.load(std::memory_order_acquire) == 0; };
  if (seen(all_done)) return;
  std::unique_lock lock(mutex_);
  done_.wait(lock, all_done);
}

void ThreadPool::work(std::size_t thread) {
  if (affinity_) affinity_->pin(thread);
  std::uint64_t joined = 0;
  while (true) {
    if (!seen([&] { return started(joined); })) {
      std::unique_lock lock(mutex_);
      start_.wait(lock, [&] { return started(joined); });
    }
    if (stop_.load(std::memory_order_relaxed)) return;
    ++joined;
    drain(thread);
    if (busy_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      std::lock_guard lock(mutex_);  // the caller is not between looking and sleeping
      done_.notify_one();
    }
  }
}

void ThreadPool::drain(std::size_t thread) {
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    Part& part = parts_[(thread + i) % parts_.size()];
    for (std::size_t item = part.next.fetch_add(1, std::memory_order_relaxed); item < part.end;
         item = part.next.fetch_add(1, std::memory_order_relaxed)) {
      (*body_)(item);
    }
  }
}

}  // namespace switchyard::kernels
