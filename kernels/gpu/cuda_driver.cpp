#include <array>

#include "kernels/gpu/driver.h"

namespace switchyard::kernels::gpu {

namespace {

// CUdevice_attribute
constexpr int kWarpSize = 10;            // WARP_SIZE
constexpr int kMultiprocessors = 16;     // MULTIPROCESSOR_COUNT
constexpr int kMajor = 75, kMinor = 76;  // COMPUTE_CAPABILITY_MAJOR, _MINOR
constexpr int kSharedMemory = 97;        // MAX_SHARED_MEMORY_PER_BLOCK_OPTIN
// CUfunction_attribute
constexpr int kDynamicSharedMemory = 8;  // MAX_DYNAMIC_SHARED_SIZE_BYTES

// CUlaunchAttribute, CUlaunchConfig. A kernel may be started while the one before it in the stream
// ends, if it waits itself where it needs what that one wrote, as ours do (vocabulary/target.h).
constexpr int kProgrammaticStreamSerialization = 6;
struct LaunchAttribute {
  int id;
  alignas(8) union {
    char bytes[64];
    int allowed;
  } value;
};
struct LaunchConfig {
  unsigned grid[3], block[3];
  unsigned lds_bytes;
  Stream stream;
  LaunchAttribute* attributes;
  unsigned attribute_count;
};
static_assert(sizeof(LaunchAttribute) == 72 && sizeof(LaunchConfig) == 56);

class CudaDriver final : public Driver {
 public:
  explicit CudaDriver(const std::string& library) : Driver("cuda", library) {}
  ~CudaDriver() override {
    for (const auto& [context, device] : contexts_) {
      if (context != nullptr) release_context_(device);
    }
  }

  Expected<void> load(const DynamicLibrary& library) {
    CallFinder find(library);
#define SWITCHYARD_FIND(field, cuda, hip, ...) find(calls_.field, #cuda);
    SWITCHYARD_DRIVER_CALLS(SWITCHYARD_FIND)
#undef SWITCHYARD_FIND
    find(retain_context_, "cuDevicePrimaryCtxRetain");
    find(release_context_, "cuDevicePrimaryCtxRelease_v2");
    find(set_context_, "cuCtxSetCurrent");
    find(set_attribute_, "cuFuncSetAttribute");
    find(launch_, "cuLaunchKernelEx");
    find(error_name_, "cuGetErrorName");
    find(error_text_, "cuGetErrorString");
    if (const char* const missing = find.missing(); missing != nullptr) {
      return fail(library.name() + " has no `" + missing +
                  "`; a driver for CUDA 12.0 or newer is needed");
    }
    return start("CUDA driver");
  }

  Expected<std::vector<DeviceInfo>> devices() override {
    std::vector<DeviceInfo> result;
    const Expected<int> count = count_devices("CUDA driver");
    if (!count) return fail(count.error().message);
    for (int index = 0; index < *count; ++index) {
      DeviceInfo info{"cuda", index, {}, {}, 0, 0, 0, 0};
      int device = 0, major = 0, minor = 0, wave = 0, processors = 0, lds = 0;
      std::array<char, 256> name = {};
      const std::array<int, 8> answers = {
          calls_.device_get(&device, index),
          calls_.device_attribute(&major, kMajor, device),
          calls_.device_attribute(&minor, kMinor, device),
          calls_.device_attribute(&wave, kWarpSize, device),
          calls_.device_attribute(&processors, kMultiprocessors, device),
          calls_.device_attribute(&lds, kSharedMemory, device),
          calls_.device_memory(&info.memory_bytes, device),
          calls_.device_name(name.data(), static_cast<int>(name.size()) - 1, device)};
      for (const int status : answers) {
        if (status != 0) {
          return fail("CUDA device " + std::to_string(index) +
                      " does not answer: " + explain(status));
        }
      }
      info.name = name.data();
      // The `a` asks for the instructions of this very architecture, such as wgmma (PTX ISA,
      // .target).
      info.architecture = std::string("sm_") + std::to_string(major) + std::to_string(minor);
      if (major >= 9) info.architecture += "a";
      info.wave = static_cast<std::uint32_t>(wave);
      info.multiprocessors = static_cast<std::uint32_t>(processors);
      info.lds_bytes = static_cast<std::uint32_t>(lds);
      result.push_back(std::move(info));
      contexts_.resize(result.size(), {nullptr, device});
      contexts_.back().second = device;
    }
    return result;
  }

  Expected<void> open(int index) override {
    auto& [context, device] = contexts_[static_cast<std::size_t>(index)];
    if (context != nullptr) return {};
    if (const int status = retain_context_(&context, device); status != 0) {
      context = nullptr;
      return fail("CUDA device " + std::to_string(index) + " cannot be used: " + explain(status));
    }
    return {};
  }
  int make_current(int index) override {
    return set_context_(contexts_[static_cast<std::size_t>(index)].first);
  }
  int allow_lds(Function function, std::uint32_t bytes) override {
    return set_attribute_(function, kDynamicSharedMemory, static_cast<int>(bytes));
  }
  int launch(Function function, const Launch& how, void** parameters, Stream stream) override {
    LaunchAttribute early = {kProgrammaticStreamSerialization, {}};
    early.value.allowed = 1;
    const LaunchConfig config = {{how.grid[0], how.grid[1], how.grid[2]},
                                 {how.block[0], how.block[1], how.block[2]},
                                 how.lds_bytes,
                                 stream,
                                 &early,
                                 how.early ? 1u : 0u};
    return launch_(&config, function, parameters, nullptr);
  }

 protected:
  std::pair<const char*, const char*> words_for(int status) const override {
    const char *name = nullptr, *text = nullptr;
    if (error_name_(status, &name) != 0) name = nullptr;
    if (error_text_(status, &text) != 0) text = nullptr;
    return {name, text};
  }

 private:
  int (*retain_context_)(void** context, int device) = nullptr;
  int (*release_context_)(int device) = nullptr;
  int (*set_context_)(void* context) = nullptr;
  int (*set_attribute_)(Function function, int attribute, int value) = nullptr;
  int (*launch_)(const LaunchConfig* config, Function function, void** parameters,
                 void** extra) = nullptr;
  int (*error_name_)(int status, const char** name) = nullptr;
  int (*error_text_)(int status, const char** text) = nullptr;
  std::vector<std::pair<void*, int>>
      contexts_;  // by index: the primary context, once open; CUdevice
};

}  // namespace

Expected<std::unique_ptr<Driver>> open_cuda() {
  const DynamicLibrary library({"libcuda.so.1"});
  if (!library) {
    return fail("no CUDA driver: libcuda.so.1 was not opened (" + library.problem() +
                "); it comes with NVIDIA's driver");
  }
  auto driver = std::make_unique<CudaDriver>(library.name());
  if (const auto loaded = driver->load(library); !loaded) return fail(loaded.error().message);
  return driver;
}

}  // namespace switchyard::kernels::gpu
