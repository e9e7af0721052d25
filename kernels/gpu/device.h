#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "kernels/error.h"

// What the host side of a GPU kernel needs of a device, whoever is behind it: a HIP or a CUDA
// driver (driver.h), or the host executor that tests run device code on. The layer (layer.h) is
// written against this alone.
//
// One Device is used by one thread at a time. Every error names what was asked, of which device,
// and what the driver answered.
namespace switchyard::kernels::gpu {

struct DeviceInfo {
  std::string kind;                   // "hip", "cuda"; "host" for the executor
  int index = 0;                      // among the devices of its kind
  std::string name;                   // as the driver says it, "AMD Instinct MI355X"
  std::string architecture;           // that code objects are chosen by: "gfx950", "sm_90a"
  std::uint32_t wave = 0;             // lanes
  std::uint32_t multiprocessors = 0;  // or compute units
  std::uint32_t lds_bytes = 0;        // that one workgroup can have
  std::size_t memory_bytes = 0;
};

using Address = std::uint64_t;    // of device memory; 0 is none
using Stream = std::uintptr_t;    // 0 is the default stream
using Function = std::uintptr_t;  // a kernel of the device's code object
using Graph = std::uintptr_t;     // ready to be replayed

struct Launch {
  std::array<std::uint32_t, 3> grid = {1, 1, 1};   // workgroups
  std::array<std::uint32_t, 3> block = {1, 1, 1};  // threads of one
  std::uint32_t lds_bytes = 0;                     // dynamic
  // May start while the launch before it in the stream ends: the kernel itself waits for what that
  // writes (kernels/device/vocabulary/target.h, wait_for_previous). Drivers without such a thing
  // ignore it.
  bool early = false;
};

class Device {
 public:
  virtual ~Device() = default;

  virtual const DeviceInfo& info() const = 0;

  // Memory, aligned to 256 bytes; not cleared. Not to be called while a stream is captured.
  virtual Expected<Address> allocate(std::size_t bytes) = 0;
  virtual void release(Address memory) = 0;  // of allocate, or 0

  // In order of the stream. The host's memory must stay until the stream is synchronised.
  virtual Expected<void> upload(Address to, const void* from, std::size_t bytes, Stream stream) = 0;
  virtual Expected<void> download(void* to, Address from, std::size_t bytes, Stream stream) = 0;
  virtual Expected<void> fill(Address to, std::uint8_t value, std::size_t bytes, Stream stream) = 0;

  // A kernel by its name; valid as long as the device.
  virtual Expected<Function> function(std::string_view name) = 0;

  // `argument`: the one parameter that each of our kernels has, a trivially copyable struct by
  // value (kernels/device/arguments.h); copied before this returns. Does not wait.
  virtual Expected<void> launch(Function function, const Launch& launch,
                                std::span<const std::byte> argument, Stream stream) = 0;
  template <typename Argument>
  Expected<void> launch(Function function, const Launch& launch, const Argument& argument,
                        Stream stream) {
    static_assert(std::is_trivially_copyable_v<Argument>);
    // Of dynamic extent, or the overload would be this one again.
    const std::span<const std::byte> bytes =
        std::as_bytes(std::span<const Argument, 1>(&argument, 1));
    return this->launch(function, launch, bytes, stream);
  }

  virtual Expected<Stream> make_stream() = 0;
  virtual void release_stream(Stream stream) = 0;
  // Waits, and is where a fault of a kernel shows.
  virtual Expected<void> synchronise(Stream stream) = 0;

  // What is put into the stream from begin to end becomes a graph instead of running.
  virtual Expected<void> begin_capture(Stream stream) = 0;
  virtual Expected<Graph> end_capture(Stream stream) = 0;
  virtual Expected<void> replay(Graph graph, Stream stream) = 0;
  virtual void release_graph(Graph graph) = 0;
};

}  // namespace switchyard::kernels::gpu
