#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/device/host/fiber.h"
#include "kernels/device/host/wave.h"
#include "kernels/error.h"

// One workgroup of a launch on the host: each thread a fiber, waves in lock-step at wave
// operations.
namespace switchyard::kernels::device::host {

// In which order the threads of a wave run up to their next common operation, and which wave goes
// on when several can; and when what a thread starts is done: ascending at once; descending copies at
// once, matrix instructions only when they are waited for; random both as late as that. A result that
// depends on it lacks a barrier, a wave operation or a wait.
struct Order {
  enum class Kind : std::uint8_t { ascending, descending, random };
  Kind kind = Kind::ascending;
  std::uint64_t seed = 0;  // of random
};

struct Grid {
  std::array<std::uint32_t, 3> workgroups;
  std::uint32_t threads;  // of one
  std::uint32_t lds_bytes;
};

using KernelBody = void (*)(const void* argument);

class Workgroup {
 public:
  // `wave`: lanes. Threads of a grid: whole waves, at most kMostWorkgroupWaves.
  Workgroup(std::uint32_t wave, const Order& order);

  // Runs workgroup `index` of the grid, its LDS filled with NaNs. An error names kernel, workgroup
  // and thread: lanes of a wave, or threads at a barrier, that are not all at the same operation;
  // LDS that is not there. Not to be nested in a thread.
  Expected<void> run(std::string_view kernel, KernelBody body, const void* argument,
                     const Grid& grid, std::array<std::uint32_t, 3> index);

 private:
  friend unsigned thread();
  friend unsigned workgroup(int axis);
  friend void barrier(int line);
  friend std::uint32_t shuffle(std::uint32_t value, unsigned source, int line);
  friend void matrix(const MatrixOperands& operands, int line);
  friend void commit_matrix();
  friend void wait_matrix(unsigned under_way, int line);
  friend void copy_async(unsigned at, const void* from, unsigned bytes);
  friend void commit_copies();
  friend void wait_copies(unsigned under_way);
  friend void* lds(unsigned at, unsigned index, unsigned count, unsigned size, unsigned alignment);

  enum class At : std::uint8_t { ready, barrier, shuffle, matrix, matrix_wait, end };
  struct Copy {
    std::byte* to;
    const void* from;
    unsigned bytes;
  };
  // What was started and not finished, the oldest first, and how much of it each commit closed.
  template <typename Work>
  struct Started {
    std::deque<Work> work;
    std::deque<std::size_t> groups;
    std::size_t open = 0;  // since the last commit
  };
  // A wgmma of a lane: its registers of a are read when it is issued.
  struct Multiplication {
    MatrixOperands operands;
    std::array<std::uint32_t, 4> a;
  };
  struct Thread {
    Workgroup* group;
    Fiber fiber;
    At at;
    int line;
    std::uint32_t value;  // of a shuffle: given, then taken
    unsigned source;
    MatrixOperands operands;
    Started<Copy> copies;
    Started<Multiplication> products;
    unsigned under_way;  // of a wait for matrix instructions
  };

  static void body_of_thread(void* thread);
  void wait(At at, int line);           // of the running thread
  void report(const std::string& why);  // of the running thread
  [[noreturn]] void stop();  // it and the launch; its frames are dropped, so they own nothing
  bool wave_waits(std::uint32_t wave) const { return waiting_[wave]; }
  void run_wave(std::uint32_t wave);  // until its next operation, which is done if it is the wave's
  void meet(std::uint32_t wave);
  void shuffle_wave(std::uint32_t wave);
  void multiply_wave(std::uint32_t wave);
  void finish_products(std::uint32_t wave, unsigned under_way);
  bool late_copies() const { return order_.kind == Order::Kind::random; }
  bool late_products() const { return order_.kind != Order::Kind::ascending; }
  bool release_barrier();  // false: all have ended
  std::uint32_t next_wave();
  std::string place(std::uint32_t thread) const;
  std::string state(std::uint32_t thread) const;

  std::uint32_t wave_;
  Order order_;
  std::mt19937_64 random_;
  FiberStacks stacks_;
  std::vector<Thread> threads_;
  std::vector<bool> waiting_;  // a wave: at the barrier or ended
  std::vector<std::uint32_t> lanes_;
  std::vector<std::uint32_t> lds_;  // of words
  std::uint32_t lds_bytes_ = 0;
  std::string_view kernel_;
  KernelBody body_ = nullptr;
  const void* argument_ = nullptr;
  std::array<std::uint32_t, 3> index_{};
  std::uint32_t running_ = 0;  // a thread
  std::string error_;
};

}  // namespace switchyard::kernels::device::host
