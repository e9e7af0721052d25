#pragma once

#include <cstddef>
#include <memory>

// Fibers for the threads of a workgroup: Boost.Context's switch, stacks with a guard page, and the
// calls that AddressSanitizer wants at each switch.
namespace switchyard::kernels::device::host {

// Memory for `count` stacks, reserved once and used for one workgroup after the other.
class FiberStacks {
 public:
  explicit FiberStacks(std::size_t count);
  ~FiberStacks();
  FiberStacks(const FiberStacks&) = delete;
  FiberStacks& operator=(const FiberStacks&) = delete;

  std::size_t count() const { return count_; }
  std::byte* bottom(std::size_t i) const;  // the lowest usable byte
  static std::size_t bytes();              // usable

 private:
  std::size_t count_;
  std::byte* memory_;
};

// A function on a stack of its own. `resume` runs it until it calls `suspend` or returns. One that
// is not done may be dropped or started again: its frames hold nothing that needs a destructor.
class Fiber {
 public:
  // `body(context)` runs on the stack at `bottom`. All stay as long as the fiber is resumed.
  void start(std::byte* bottom, void (*body)(void*), void* context);
  void resume();   // from outside; not when done
  void suspend();  // from inside
  bool done() const { return done_; }

 private:
  struct Entry;

  void* inside_ = nullptr;   // where to go on
  void* outside_ = nullptr;  // where it was resumed from
  void (*body_)(void*) = nullptr;
  void* context_ = nullptr;
  std::byte* bottom_ = nullptr;
  bool done_ = true;
  // AddressSanitizer's notes of either side.
  void* inside_fake_stack_ = nullptr;
  void* outside_fake_stack_ = nullptr;
  const void* outside_bottom_ = nullptr;
  std::size_t outside_bytes_ = 0;
};

}  // namespace switchyard::kernels::device::host
