#include "kernels/cpu/thread_pool.h"

#include <algorithm>

namespace switchyard::kernels {

ThreadPool::ThreadPool(int threads) {
  const unsigned processors = std::max(1u, std::thread::hardware_concurrency());
  const std::size_t count = threads > 0 ? static_cast<std::size_t>(threads) : processors;
  workers_.reserve(count - 1);
  for (std::size_t i = 1; i < count; ++i) workers_.emplace_back([this] { work(); });
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
  next_.store(0, std::memory_order_relaxed);
  if (workers_.empty() || items == 1) {
    drain(body, items);
    return;
  }
  {
    std::lock_guard lock(mutex_);
    body_ = &body;
    items_ = items;
    busy_ = workers_.size();
    ++loop_;
  }
  start_.notify_all();
  drain(body, items);
  std::unique_lock lock(mutex_);
  done_.wait(lock, [this] { return busy_ == 0; });
}

void ThreadPool::work() {
  std::uint64_t joined = 0;
  std::unique_lock lock(mutex_);
  while (true) {
    start_.wait(lock, [&] { return stop_ || loop_ != joined; });
    if (stop_) return;
    joined = loop_;
    const auto* body = body_;
    const std::size_t items = items_;
    lock.unlock();
    drain(*body, items);
    lock.lock();
    if (--busy_ == 0) done_.notify_one();
  }
}

void ThreadPool::drain(const std::function<void(std::size_t)>& body, std::size_t items) {
  for (std::size_t item = next_.fetch_add(1, std::memory_order_relaxed); item < items;
       item = next_.fetch_add(1, std::memory_order_relaxed)) {
    body(item);
  }
}

}  // namespace switchyard::kernels
