#include <array>

#include "kernels/gpu/driver.h"
#include "kernels/gpu/hip_properties.h"

namespace switchyard::kernels::gpu {

namespace {

// hipDeviceAttribute_t; the same numbers since ROCm 4.3
constexpr int kMultiprocessors = 63;  // hipDeviceAttributeMultiprocessorCount
constexpr int kSharedMemory = 74;     // hipDeviceAttributeMaxSharedMemoryPerBlock
constexpr int kWarpSize = 87;         // hipDeviceAttributeWarpSize

class HipDriver final : public Driver {
 public:
  explicit HipDriver(const std::string& library) : Driver("hip", library) {}

  Expected<void> load(const DynamicLibrary& library) {
    CallFinder find(library);
#define SWITCHYARD_FIND(field, cuda, hip, ...) find(calls_.field, #hip);
    SWITCHYARD_DRIVER_CALLS(SWITCHYARD_FIND)
#undef SWITCHYARD_FIND
    find(set_device_, "hipSetDevice");
    find(launch_, "hipModuleLaunchKernel");
    find(error_name_, "hipGetErrorName");
    find(error_text_, "hipGetErrorString");
    const bool since_6 = library.symbol("hipGetDevicePropertiesR0600") != nullptr;
    find(properties_, since_6 ? "hipGetDevicePropertiesR0600" : "hipGetDeviceProperties");
    if (const char* const missing = find.missing(); missing != nullptr) {
      return fail(library.name() + " has no `" + missing + "`; ROCm 5.2 or newer is needed");
    }
    return start("HIP runtime");
  }

  Expected<std::vector<DeviceInfo>> devices() override {
    std::vector<DeviceInfo> result;
    const Expected<int> count = count_devices("HIP runtime");
    if (!count) return fail(count.error().message);
    std::vector<char> properties(kHipPropertiesBytes);
    for (int index = 0; index < *count; ++index) {
      DeviceInfo info{"hip", index, {}, {}, 0, 0, 0, 0};
      int device = 0, wave = 0, processors = 0, lds = 0;
      std::array<char, 256> name = {};
      properties.assign(properties.size(), '\0');
      const std::array<int, 7> answers = {
          calls_.device_get(&device, index),
          calls_.device_attribute(&wave, kWarpSize, device),
          calls_.device_attribute(&processors, kMultiprocessors, device),
          calls_.device_attribute(&lds, kSharedMemory, device),
          calls_.device_memory(&info.memory_bytes, device),
          calls_.device_name(name.data(), static_cast<int>(name.size()) - 1, device),
          properties_(properties.data(), index)};
      for (const int status : answers) {
        if (status != 0) {
          return fail("HIP device " + std::to_string(index) +
                      " does not answer: " + explain(status));
        }
      }
      info.name = name.data();
      info.architecture = hip_architecture({properties.data(), properties.size()});
      if (info.architecture.empty()) {
        return fail("HIP device " + std::to_string(index) + " does not say its architecture");
      }
      info.wave = static_cast<std::uint32_t>(wave);
      info.multiprocessors = static_cast<std::uint32_t>(processors);
      info.lds_bytes = static_cast<std::uint32_t>(lds);
      result.push_back(std::move(info));
    }
    return result;
  }

  Expected<void> open(int index) override {
    if (const int status = set_device_(index); status != 0) {
      return fail("HIP device " + std::to_string(index) + " cannot be used: " + explain(status));
    }
    return {};
  }
  int make_current(int index) override { return set_device_(index); }
  int allow_lds(Function, std::uint32_t) override {
    return 0;
  }  // a workgroup may have all there is
  int launch(Function function, const Launch& how, void** parameters, Stream stream) override {
    return launch_(function, how.grid[0], how.grid[1], how.grid[2], how.block[0], how.block[1],
                   how.block[2], how.lds_bytes, stream, parameters, nullptr);
  }

 protected:
  std::pair<const char*, const char*> words_for(int status) const override {
    return {error_name_(status), error_text_(status)};
  }

 private:
  int (*set_device_)(int index) = nullptr;
  int (*launch_)(Function function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                 unsigned block_x, unsigned block_y, unsigned block_z, unsigned lds_bytes,
                 Stream stream, void** parameters, void** extra) = nullptr;
  int (*properties_)(void* properties, int index) = nullptr;
  const char* (*error_name_)(int status) = nullptr;
  const char* (*error_text_)(int status) = nullptr;
};

}  // namespace

Expected<std::unique_ptr<Driver>> open_hip() {
  const DynamicLibrary library(
      {"libamdhip64.so", "libamdhip64.so.7", "libamdhip64.so.6", "libamdhip64.so.5"});
  if (!library) {
    return fail("no HIP runtime: libamdhip64.so, .so.7, .so.6 and .so.5 were not opened (" +
                library.problem() + "); it comes with ROCm");
  }
  auto driver = std::make_unique<HipDriver>(library.name());
  if (const auto loaded = driver->load(library); !loaded) return fail(loaded.error().message);
  return driver;
}

}  // namespace switchyard::kernels::gpu
