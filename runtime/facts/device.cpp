#include "runtime/facts/device.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "kernels/gpu/dynamic_library.h"
#include "kernels/gpu/hip_properties.h"

namespace switchyard::facts {
namespace {

constexpr std::size_t kNameBytes = 256;

Device find_cpu() {
  utsname system = {};
  ::uname(&system);
  return {"cpu", 0, system.machine, false, "", "uname"};
}

// The CUDA driver API; its C interface has been stable since CUDA 2.
void find_cuda(std::vector<Device>& devices, std::vector<std::string>& problems) {
  constexpr int kMajor = 75;  // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, _MINOR
  constexpr int kMinor = 76;
  const kernels::gpu::DynamicLibrary library({"libcuda.so.1"});
  const auto init = library.symbol<int(unsigned)>("cuInit");
  const auto count_of = library.symbol<int(int*)>("cuDeviceGetCount");
  const auto get = library.symbol<int(int*, int)>("cuDeviceGet");
  const auto attribute_of = library.symbol<int(int*, int, int)>("cuDeviceGetAttribute");
  const auto name_of_device = library.symbol<int(char*, int, int)>("cuDeviceGetName");
  if (init == nullptr || count_of == nullptr || get == nullptr || attribute_of == nullptr) return;
  int count = 0;
  if (const int status = init(0); status != 0 || count_of(&count) != 0) {
    problems.push_back(fmt::format(
        "libcuda.so.1 is there, but its driver reports no GPU (cuInit: status {})", status));
    return;
  }
  for (int i = 0; i < count; ++i) {
    int device = 0;
    int major = 0;
    int minor = 0;
    if (get(&device, i) != 0 || attribute_of(&major, kMajor, device) != 0 ||
        attribute_of(&minor, kMinor, device) != 0) {
      problems.push_back(fmt::format("CUDA device {} does not answer", i));
      continue;
    }
    std::array<char, kNameBytes> name = {};
    if (name_of_device != nullptr) {
      name_of_device(name.data(), static_cast<int>(name.size()) - 1, device);
    }
    const std::string arch = fmt::format("sm_{}{}", major, minor);
    devices.push_back(
        {"cuda", i, arch, has_mx_instructions("cuda", arch), name.data(), "libcuda.so.1"});
  }
}

void find_hip(std::vector<Device>& devices, std::vector<std::string>& problems) {
  const kernels::gpu::DynamicLibrary library(
      {"libamdhip64.so", "libamdhip64.so.7", "libamdhip64.so.6", "libamdhip64.so.5"});
  const auto count_of = library.symbol<int(int*)>("hipGetDeviceCount");
  const auto name_of_device = library.symbol<int(char*, int, int)>("hipDeviceGetName");
  auto properties_of = library.symbol<int(void*, int)>("hipGetDevicePropertiesR0600");
  if (properties_of == nullptr) {
    properties_of = library.symbol<int(void*, int)>("hipGetDeviceProperties");
  }
  if (count_of == nullptr || properties_of == nullptr) return;
  int count = 0;
  if (const int status = count_of(&count); status != 0) {
    problems.push_back(fmt::format(
        "libamdhip64.so is there, but reports no GPU (hipGetDeviceCount: status {})", status));
    return;
  }
  std::vector<char> properties(kernels::gpu::kHipPropertiesBytes);
  for (int i = 0; i < count; ++i) {
    std::fill(properties.begin(), properties.end(), '\0');
    const int status = properties_of(properties.data(), i);
    const std::string arch = kernels::gpu::hip_architecture({properties.data(), properties.size()});
    if (status != 0 || arch.empty()) {
      problems.push_back(fmt::format("HIP device {} does not say its architecture", i));
      continue;
    }
    std::array<char, kNameBytes> name = {};
    if (name_of_device != nullptr) {
      name_of_device(name.data(), static_cast<int>(name.size()) - 1, i);
    }
    devices.push_back(
        {"hip", i, arch, has_mx_instructions("hip", arch), name.data(), "libamdhip64.so"});
  }
}

std::string label(const Device& device) {
  return device.kind == "cpu" ? device.kind : fmt::format("{}:{}", device.kind, device.index);
}

}  // namespace

bool has_mx_instructions(std::string_view kind, std::string_view arch) {
  if (kind == "hip") return arch == "gfx950";
  if (kind != "cuda" || !arch.starts_with("sm_")) return false;
  int capability = 0;
  const char* end = arch.data() + arch.size();
  const auto [rest, error] = std::from_chars(arch.data() + 3, end, capability);
  return error == std::errc() && rest == end && capability >= 100;
}

std::vector<Device> find_devices(std::vector<std::string>& problems) {
  std::vector<Device> devices = {find_cpu()};
  find_hip(devices, problems);
  find_cuda(devices, problems);
  return devices;
}

Expected<Device> choose_device(std::span<const Device> devices, std::string_view wanted) {
  std::string there;
  for (const Device& device : devices) {
    if (wanted == label(device) || (wanted == device.kind && device.index == 0)) return device;
    there += (there.empty() ? "" : ", ") + label(device);
  }
  return fail(fmt::format("there is no device `{}`; this machine has {}", wanted, there));
}

std::vector<Provided> device_facts(const Device& device, std::span<const Device> devices) {
  const auto count = std::count_if(devices.begin(), devices.end(),
                                   [&](const Device& other) { return other.kind == device.kind; });
  const std::string origin = fmt::format("{} ({})", label(device), device.origin);
  const auto fact = [&](std::string key, Value value) {
    return Provided{Source::device, std::move(key), std::move(value), origin};
  };
  return {fact("kind", device.kind),
          fact("device", device.kind),
          fact("arch", device.arch),
          fact("supports_mx", device.supports_mx),
          fact("count", static_cast<std::int64_t>(count)),
          fact("index", device.index)};
}

}  // namespace switchyard::facts
