#include "kernels/device/host/workgroup.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <span>
#include <utility>

#include "kernels/device/arguments.h"
#include "kernels/device/host/matrix.h"
#include "runtime/base/check.h"

namespace switchyard::kernels::device::host {
namespace {

// A float NaN, a bf16 NaN and no plausible integer.
constexpr std::uint32_t kPoison = 0xFFDBFFDBu;

// The workgroup that device code on this host thread belongs to: device code takes no context.
thread_local Workgroup* current = nullptr;

std::span<const std::byte> bytes_of(const std::vector<std::uint32_t>& words) {
  return std::as_bytes(std::span(words));
}

}  // namespace

Workgroup::Workgroup(std::uint32_t wave, const Order& order)
    : wave_(wave), order_(order), random_(order.seed), stacks_(kMostWorkgroupWaves * wave) {}

void Workgroup::body_of_thread(void* thread) {
  Workgroup& group = *static_cast<Thread*>(thread)->group;
  group.body_(group.argument_);
  static_cast<Thread*>(thread)->at = At::end;
}

Expected<void> Workgroup::run(std::string_view kernel, KernelBody body, const void* argument,
                              const Grid& grid, std::array<std::uint32_t, 3> index) {
  SWITCHYARD_CHECK(current == nullptr && grid.threads <= stacks_.count());
  kernel_ = kernel;
  body_ = body;
  argument_ = argument;
  index_ = index;
  error_.clear();
  lds_bytes_ = grid.lds_bytes;
  // As large as what was asked for, so that AddressSanitizer sees an access past it.
  if (lds_.size() != (grid.lds_bytes + 3) / 4)
    lds_ = std::vector<std::uint32_t>((grid.lds_bytes + 3) / 4);
  std::fill(lds_.begin(), lds_.end(), kPoison);
  threads_.resize(grid.threads);
  for (std::uint32_t t = 0; t < grid.threads; ++t) {
    threads_[t].group = this;
    threads_[t].at = At::ready;
    threads_[t].copies = {};
    threads_[t].products = {};
    threads_[t].fiber.start(stacks_.bottom(t), body_of_thread, &threads_[t]);
  }
  waiting_.assign(grid.threads / wave_, false);
  current = this;
  do {
    while (error_.empty() && std::find(waiting_.begin(), waiting_.end(), false) != waiting_.end()) {
      run_wave(next_wave());
    }
  } while (error_.empty() && release_barrier());
  current = nullptr;
  if (!error_.empty()) return fail(error_);
  return {};
}

std::uint32_t Workgroup::next_wave() {
  std::vector<std::uint32_t> able;
  for (std::uint32_t w = 0; w < waiting_.size(); ++w) {
    if (!waiting_[w]) able.push_back(w);
  }
  if (order_.kind == Order::Kind::descending) return able.back();
  if (order_.kind == Order::Kind::random) return able[random_() % able.size()];
  return able.front();
}

void Workgroup::run_wave(std::uint32_t wave) {
  lanes_.resize(wave_);
  std::iota(lanes_.begin(), lanes_.end(), wave * wave_);
  if (order_.kind == Order::Kind::descending) std::reverse(lanes_.begin(), lanes_.end());
  if (order_.kind == Order::Kind::random) std::shuffle(lanes_.begin(), lanes_.end(), random_);
  for (const std::uint32_t t : lanes_) {
    running_ = t;
    if (threads_[t].at == At::ready) threads_[t].fiber.resume();
    if (!error_.empty()) return;
  }
  meet(wave);
}

// All lanes have arrived somewhere.
void Workgroup::meet(std::uint32_t wave) {
  const Thread& first = threads_[wave * wave_];
  const bool wave_operation = std::any_of(
      threads_.begin() + wave * wave_, threads_.begin() + (wave + 1) * wave_,
      [](const Thread& thread) {
        return thread.at == At::shuffle || thread.at == At::matrix || thread.at == At::matrix_wait;
      });
  for (std::uint32_t t = wave * wave_; t < (wave + 1) * wave_; ++t) {
    // Lanes may end one by one, but not while others meet.
    const bool same =
        threads_[t].at == first.at && (first.at == At::end || threads_[t].line == first.line) &&
        (first.at != At::matrix || threads_[t].operands.instruction == first.operands.instruction);
    if (!same) {
      error_ = place(t) +
               (wave_operation ? ": lanes of a wave have parted: it "
                               : ": threads have parted at a barrier: it ") +
               state(t) + ", but thread " + std::to_string(wave * wave_) + " " +
               state(wave * wave_);
      return;
    }
  }
  if (first.at == At::shuffle) return shuffle_wave(wave);
  if (first.at == At::matrix) return multiply_wave(wave);
  if (first.at == At::matrix_wait) return finish_products(wave, first.under_way);
  waiting_[wave] = true;
}

void Workgroup::shuffle_wave(std::uint32_t wave) {
  std::vector<std::uint32_t> given(wave_);
  for (std::uint32_t l = 0; l < wave_; ++l) given[l] = threads_[wave * wave_ + l].value;
  for (std::uint32_t l = 0; l < wave_; ++l) {
    Thread& thread = threads_[wave * wave_ + l];
    if (thread.source >= wave_) {
      error_ = place(wave * wave_ + l) + ": a shuffle from lane " + std::to_string(thread.source) +
               " of " + std::to_string(wave_);
      return;
    }
    thread.value = given[thread.source];
    thread.at = At::ready;
  }
}

void Workgroup::multiply_wave(std::uint32_t wave) {
  std::vector<MatrixOperands> operands;
  for (std::uint32_t l = 0; l < wave_; ++l) {
    operands.push_back(threads_[wave * wave_ + l].operands);
    threads_[wave * wave_ + l].at = At::ready;
  }
  if (operands.front().instruction != Matrix::wgmma_m64k16_bf16) {
    return multiply(operands.front().instruction, operands, bytes_of(lds_));
  }
  for (std::uint32_t l = 0; l < wave_; ++l) {
    Started<Multiplication>& started = threads_[wave * wave_ + l].products;
    Multiplication& own = started.work.emplace_back();
    own.operands = operands[l];
    std::copy_n(operands[l].a, own.a.size(), own.a.begin());
    ++started.open;
  }
  if (!late_products()) finish_products(wave, 0);
}

// All but the last `under_way` groups of the wave, and nothing of what is not committed yet, unless it
// is all to be done.
void Workgroup::finish_products(std::uint32_t wave, unsigned under_way) {
  Thread* const lanes = &threads_[wave * wave_];
  for (std::uint32_t l = 0; l < wave_; ++l) lanes[l].at = At::ready;
  const auto finish = [&](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      std::vector<MatrixOperands> operands;
      for (std::uint32_t l = 0; l < wave_; ++l) {
        Multiplication& own = lanes[l].products.work.front();
        own.operands.a = own.a.data();
        operands.push_back(own.operands);
      }
      multiply(Matrix::wgmma_m64k16_bf16, operands, bytes_of(lds_));
      for (std::uint32_t l = 0; l < wave_; ++l) lanes[l].products.work.pop_front();
    }
  };
  if (!late_products()) {
    finish(lanes->products.work.size());
    for (std::uint32_t l = 0; l < wave_; ++l) lanes[l].products = {};
    return;
  }
  while (lanes->products.groups.size() > under_way) {
    finish(lanes->products.groups.front());
    for (std::uint32_t l = 0; l < wave_; ++l) lanes[l].products.groups.pop_front();
  }
}

bool Workgroup::release_barrier() {
  for (std::uint32_t t = 1; t < threads_.size(); ++t) {
    if (threads_[t].at != threads_[0].at ||
        (threads_[t].at == At::barrier && threads_[t].line != threads_[0].line)) {
      error_ = place(t) + ": threads have parted at a barrier: it " + state(t) + ", but thread 0 " +
               state(0);
      return false;
    }
  }
  if (threads_[0].at == At::end) return false;
  for (Thread& thread : threads_) thread.at = At::ready;
  waiting_.assign(waiting_.size(), false);
  return true;
}

std::string Workgroup::place(std::uint32_t thread) const {
  return "kernel " + std::string(kernel_) + ", workgroup (" + std::to_string(index_[0]) + ", " +
         std::to_string(index_[1]) + ", " + std::to_string(index_[2]) + "), thread " +
         std::to_string(thread);
}

std::string Workgroup::state(std::uint32_t t) const {
  const Thread& thread = threads_[t];
  const std::string line = " of line " + std::to_string(thread.line);
  switch (thread.at) {
    case At::ready:
      return "runs";
    case At::barrier:
      return "is at the barrier" + line;
    case At::shuffle:
      return "is at the shuffle" + line;
    case At::matrix:
      return "is at the " + std::string(name_of(thread.operands.instruction)) + line;
    case At::matrix_wait:
      return "waits for matrix instructions in line " + std::to_string(thread.line);
    case At::end:
      break;
  }
  return "has ended";
}

void Workgroup::wait(At at, int line) {
  Thread& thread = threads_[running_];
  thread.at = at;
  thread.line = line;
  thread.fiber.suspend();
}

void Workgroup::report(const std::string& why) { error_ = place(running_) + ": " + why; }

void Workgroup::stop() {
  threads_[running_].fiber.suspend();
  SWITCHYARD_CHECK(false);  // a stopped thread is never resumed
}

unsigned thread() { return current->running_; }
unsigned workgroup(int axis) { return current->index_[static_cast<std::size_t>(axis)]; }

void barrier(int line) { current->wait(Workgroup::At::barrier, line); }

std::uint32_t shuffle(std::uint32_t value, unsigned source, int line) {
  Workgroup& group = *current;
  const std::uint32_t self = group.running_;
  group.threads_[self].value = value;
  group.threads_[self].source = source;
  group.wait(Workgroup::At::shuffle, line);
  return group.threads_[self].value;
}

void matrix(const MatrixOperands& operands, int line) {
  Workgroup& group = *current;
  group.threads_[group.running_].operands = operands;
  group.wait(Workgroup::At::matrix, line);
}

void commit_matrix() {
  auto& started = current->threads_[current->running_].products;
  if (current->late_products()) started.groups.push_back(std::exchange(started.open, 0));
}

void wait_matrix(unsigned under_way, int line) {
  current->threads_[current->running_].under_way = under_way;
  current->wait(Workgroup::At::matrix_wait, line);
}

namespace {

void do_copy(std::byte* to, const void* from, unsigned bytes) {
  if (from == nullptr) {
    std::memset(to, 0, bytes);
  } else {
    std::memcpy(to, from, bytes);
  }
}

}  // namespace

void copy_async(unsigned at, const void* from, unsigned bytes) {
  Workgroup& group = *current;
  std::byte* const to = static_cast<std::byte*>(lds(at, 0, 1, bytes, bytes));
  if (!group.late_copies()) return do_copy(to, from, bytes);
  auto& copies = group.threads_[group.running_].copies;
  copies.work.push_back({to, from, bytes});
  ++copies.open;
}

void commit_copies() {
  auto& copies = current->threads_[current->running_].copies;
  copies.groups.push_back(std::exchange(copies.open, 0));
}

void wait_copies(unsigned under_way) {
  auto& copies = current->threads_[current->running_].copies;
  while (copies.groups.size() > under_way) {
    for (std::size_t i = 0; i < copies.groups.front(); ++i) {
      do_copy(copies.work.front().to, copies.work.front().from, copies.work.front().bytes);
      copies.work.pop_front();
    }
    copies.groups.pop_front();
  }
}

void* lds(unsigned at, unsigned index, unsigned count, unsigned size, unsigned alignment) {
  Workgroup& group = *current;
  const std::uint64_t first = at + std::uint64_t{index} * size;
  if (index >= count) {
    group.report("element " + std::to_string(index) + " of a view of " + std::to_string(count) +
                 " in LDS");
    group.stop();
  }
  if (first + size > group.lds_bytes_ || first % alignment != 0) {
    group.report("bytes " + std::to_string(first) + " .. " + std::to_string(first + size - 1) +
                 (first % alignment != 0 ? ", not aligned," : "") + " of LDS, which has " +
                 std::to_string(group.lds_bytes_));
    group.stop();
  }
  return reinterpret_cast<std::byte*>(group.lds_.data()) + first;
}

}  // namespace switchyard::kernels::device::host
