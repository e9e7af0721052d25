#include "kernels/device/host/fiber.h"

#include <sys/mman.h>
#include <unistd.h>

#include <boost/context/detail/fcontext.hpp>

#include "runtime/base/check.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace switchyard::kernels::device::host {
namespace {

namespace context = boost::context::detail;

std::size_t page() { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }

// Before a switch to the stack at `bottom`; `fake_stack` null: this stack is done with.
void leave([[maybe_unused]] void** fake_stack, [[maybe_unused]] const void* bottom,
           [[maybe_unused]] std::size_t bytes) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(fake_stack, bottom, bytes);
#endif
}

// After one; tells the stack that was left.
void arrive([[maybe_unused]] void* fake_stack, [[maybe_unused]] const void** bottom,
            [[maybe_unused]] std::size_t* bytes) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(fake_stack, bottom, bytes);
#endif
}

}  // namespace

FiberStacks::FiberStacks(std::size_t count) : count_(count) {
  void* memory = mmap(nullptr, count * (bytes() + page()), PROT_NONE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  SWITCHYARD_CHECK(memory != MAP_FAILED);
  memory_ = static_cast<std::byte*>(memory);
  for (std::size_t i = 0; i < count; ++i) {
    SWITCHYARD_CHECK(mprotect(bottom(i), bytes(), PROT_READ | PROT_WRITE) == 0);
  }
}

FiberStacks::~FiberStacks() { munmap(memory_, count_ * (bytes() + page())); }

std::byte* FiberStacks::bottom(std::size_t i) const {
  return memory_ + i * (bytes() + page()) + page();
}

std::size_t FiberStacks::bytes() {
#if defined(__SANITIZE_ADDRESS__)
  return std::size_t{256} << 10;
#else
  return std::size_t{64} << 10;
#endif
}

struct Fiber::Entry {
  static void run(context::transfer_t from) {
    auto* fiber = static_cast<Fiber*>(from.data);
    arrive(nullptr, &fiber->outside_bottom_, &fiber->outside_bytes_);
    fiber->outside_ = from.fctx;
    fiber->body_(fiber->context_);
    fiber->done_ = true;
    leave(nullptr, fiber->outside_bottom_, fiber->outside_bytes_);
    context::jump_fcontext(fiber->outside_, fiber);
  }
};

void Fiber::start(std::byte* bottom, void (*body)(void*), void* context) {
#if defined(__SANITIZE_ADDRESS__)
  // A fiber that was dropped left its frames' red zones.
  __asan_unpoison_memory_region(bottom, FiberStacks::bytes());
#endif
  body_ = body;
  context_ = context;
  bottom_ = bottom;
  done_ = false;
  inside_fake_stack_ = nullptr;
  inside_ = context::make_fcontext(bottom + FiberStacks::bytes(), FiberStacks::bytes(), Entry::run);
}

void Fiber::resume() {
  leave(&outside_fake_stack_, bottom_, FiberStacks::bytes());
  inside_ = context::jump_fcontext(inside_, this).fctx;
  arrive(outside_fake_stack_, nullptr, nullptr);
}

void Fiber::suspend() {
  leave(&inside_fake_stack_, outside_bottom_, outside_bytes_);
  outside_ = context::jump_fcontext(outside_, this).fctx;
  arrive(inside_fake_stack_, &outside_bottom_, &outside_bytes_);
}

}  // namespace switchyard::kernels::device::host
