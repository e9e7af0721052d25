#include "kernels/device/host/host_device.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <new>
#include <string>
#include <utility>

#include "kernels/device/arguments.h"

namespace switchyard::kernels::device::host {
namespace {

using gpu::Address;
using gpu::Function;
using gpu::Graph;
using gpu::Launch;
using gpu::Stream;

constexpr std::align_val_t kAlignment{256};

std::uint32_t wave_of(Model model) { return model == Model::sm_90a ? 32 : 64; }

std::uint32_t lds_of(Model model) {
  constexpr std::uint32_t kKilobyte = 1024;
  return (model == Model::gfx942 ? 64 : model == Model::gfx950 ? 160 : 227) * kKilobyte;
}

class HostDevice final : public gpu::Device {
 public:
  explicit HostDevice(HostDeviceOptions options)
      : workgroup_(wave_of(options.model), options.order) {
    const auto known = kernels_of(options.model);
    kernels_.assign(known.begin(), known.end());
    kernels_.insert(kernels_.end(), options.more_kernels.begin(), options.more_kernels.end());
    info_.kind = "host";
    info_.architecture = name_of(options.model);
    info_.name = "host executor of " + info_.architecture;
    info_.wave = wave_of(options.model);
    info_.multiprocessors = 4;
    info_.lds_bytes = lds_of(options.model);
    info_.memory_bytes = std::size_t{1} << 30;
  }
  ~HostDevice() override {
    while (!memory_.empty()) release(memory_.begin()->first);
  }

  const gpu::DeviceInfo& info() const override { return info_; }

  Expected<Address> allocate(std::size_t bytes) override {
    if (bytes > info_.memory_bytes) {
      return failed("has no " + std::to_string(bytes) + " bytes of memory; it has " +
                    std::to_string(info_.memory_bytes));
    }
    void* memory = ::operator new(std::max<std::size_t>(bytes, 1), kAlignment);
    std::memset(memory, 0xFF, bytes);
    const auto address = reinterpret_cast<Address>(memory);
    memory_.emplace(address, bytes);
    return address;
  }

  void release(Address memory) override {
    if (memory_.erase(memory) == 0) return;
    ::operator delete(reinterpret_cast<void*>(memory), kAlignment);
  }

  Expected<void> upload(Address to, const void* from, std::size_t bytes, Stream stream) override {
    if (auto ok = check_range(to, bytes, "an upload"); !ok) return ok;
    return put(stream, [=] { return copy(reinterpret_cast<void*>(to), from, bytes); });
  }
  Expected<void> download(void* to, Address from, std::size_t bytes, Stream stream) override {
    if (auto ok = check_range(from, bytes, "a download"); !ok) return ok;
    return put(stream, [=] { return copy(to, reinterpret_cast<const void*>(from), bytes); });
  }
  Expected<void> fill(Address to, std::uint8_t value, std::size_t bytes, Stream stream) override {
    if (auto ok = check_range(to, bytes, "a fill"); !ok) return ok;
    return put(stream, [=]() -> Expected<void> {
      std::memset(reinterpret_cast<void*>(to), value, bytes);
      return {};
    });
  }

  Expected<Function> function(std::string_view name) override {
    for (std::size_t i = 0; i < kernels_.size(); ++i) {
      if (kernels_[i].name == name) return i + 1;
    }
    return failed("has no kernel " + std::string(name));
  }

  Expected<void> launch(Function function, const Launch& launch,
                        std::span<const std::byte> argument, Stream stream) override {
    const HostKernel& kernel = kernels_.at(function - 1);
    if (auto ok = check_launch(kernel, launch, argument.size()); !ok) return ok;
    std::vector<std::byte> copied(argument.begin(), argument.end());
    return put(stream, [this, &kernel, launch, copied = std::move(copied)] {
      return run(kernel, launch, copied.data());
    });
  }

  Expected<Stream> make_stream() override { return ++last_stream_; }
  void release_stream(Stream stream) override { queues_.erase(stream); }

  Expected<void> synchronise(Stream stream) override {
    const std::vector<Work> queue = std::exchange(queues_[stream], {});
    for (const Work& work : queue) {
      if (auto ok = work(); !ok) return ok;
    }
    return {};
  }

  Expected<void> begin_capture(Stream stream) override {
    if (captured_ != kNone) return failed("is capturing a stream already");
    captured_ = stream;
    return {};
  }
  Expected<Graph> end_capture(Stream stream) override {
    if (captured_ != stream) return failed("is not capturing this stream");
    captured_ = kNone;
    graphs_.emplace(++last_graph_, std::exchange(graph_, {}));
    return last_graph_;
  }
  Expected<void> replay(Graph graph, Stream stream) override {
    for (const Work& work : graphs_.at(graph)) {
      if (auto ok = put(stream, work); !ok) return ok;
    }
    return {};
  }
  void release_graph(Graph graph) override { graphs_.erase(graph); }

 private:
  using Work = std::function<Expected<void>()>;
  static constexpr Stream kNone = ~Stream{0};

  using gpu::Device::launch;

  tl::unexpected<Error> failed(const std::string& what) const {
    return fail("device host 0 (" + info_.name + ") " + what);
  }

  static Expected<void> copy(void* to, const void* from, std::size_t bytes) {
    if (bytes > 0) std::memcpy(to, from, bytes);
    return {};
  }

  Expected<void> put(Stream stream, Work work) {
    (captured_ == stream ? graph_ : queues_[stream]).push_back(std::move(work));
    return {};
  }

  Expected<void> check_range(Address at, std::size_t bytes, const std::string& what) const {
    auto after = memory_.upper_bound(at);
    if (after != memory_.begin()) {
      const auto& [begin, size] = *--after;
      if (at - begin <= size && bytes <= size - (at - begin)) return {};
    }
    return failed("was asked for " + what + " of " + std::to_string(bytes) +
                  " bytes, which do not lie in one allocation");
  }

  Expected<void> check_launch(const HostKernel& kernel, const Launch& launch,
                              std::size_t argument_bytes) const {
    const std::string which = "cannot launch " + std::string(kernel.name) + ": ";
    const std::uint32_t threads = launch.block[0];
    if (launch.block[1] != 1 || launch.block[2] != 1 || threads != kernel.waves * info_.wave) {
      return failed(which + "a workgroup of " + std::to_string(threads) + " threads, not " +
                    std::to_string(kernel.waves * info_.wave));
    }
    if (launch.grid[0] == 0 || launch.grid[1] == 0 || launch.grid[2] == 0 ||
        launch.grid[1] > 65535 || launch.grid[2] > 65535) {
      return failed(which + "a grid of " + std::to_string(launch.grid[0]) + " x " +
                    std::to_string(launch.grid[1]) + " x " + std::to_string(launch.grid[2]) +
                    " workgroups");
    }
    if (launch.lds_bytes > info_.lds_bytes) {
      return failed(which + std::to_string(launch.lds_bytes) + " bytes of LDS, of " +
                    std::to_string(info_.lds_bytes));
    }
    if (argument_bytes != kernel.argument_bytes) {
      return failed(which + "an argument of " + std::to_string(argument_bytes) + " bytes, not " +
                    std::to_string(kernel.argument_bytes));
    }
    return {};
  }

  Expected<void> run(const HostKernel& kernel, const Launch& launch, const void* argument) {
    const Grid grid{launch.grid, launch.block[0], launch.lds_bytes};
    for (std::uint32_t z = 0; z < launch.grid[2]; ++z) {
      for (std::uint32_t y = 0; y < launch.grid[1]; ++y) {
        for (std::uint32_t x = 0; x < launch.grid[0]; ++x) {
          auto ok = workgroup_.run(kernel.name, kernel.body, argument, grid, {x, y, z});
          if (!ok) return ok;
        }
      }
    }
    return {};
  }

  gpu::DeviceInfo info_;
  std::vector<HostKernel> kernels_;
  Workgroup workgroup_;
  std::map<Address, std::size_t> memory_;
  std::map<Stream, std::vector<Work>> queues_;
  std::map<Graph, std::vector<Work>> graphs_;
  std::vector<Work> graph_;  // being captured
  Stream captured_ = kNone;
  Stream last_stream_ = 0;
  Graph last_graph_ = 0;
};

}  // namespace

std::unique_ptr<gpu::Device> make_host_device(HostDeviceOptions options) {
  return std::make_unique<HostDevice>(std::move(options));
}

}  // namespace switchyard::kernels::device::host
