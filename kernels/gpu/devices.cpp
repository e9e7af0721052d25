#include "kernels/gpu/devices.h"

#include <charconv>

#include "kernels/gpu/driver.h"
#include "kernels/gpu/driver_device.h"

namespace switchyard::kernels::gpu {

namespace {

Expected<std::unique_ptr<Driver>> open_driver(std::string_view kind) {
  return kind == "hip" ? open_hip() : open_cuda();
}

std::string names_of(const std::vector<DeviceInfo>& devices) {
  std::string text;
  for (const DeviceInfo& own : devices) {
    text += (text.empty() ? "" : ", ") + own.kind + ":" + std::to_string(own.index) + " (" +
            own.name + ")";
  }
  return text;
}

}  // namespace

DeviceList list_devices() {
  DeviceList result;
  for (const std::string_view kind : {"hip", "cuda"}) {
    const auto driver = open_driver(kind);
    if (!driver) {
      result.problems.push_back(driver.error().message);
      continue;
    }
    const auto devices = (*driver)->devices();
    if (!devices) {
      result.problems.push_back(devices.error().message);
    } else if (devices->empty()) {
      result.problems.push_back((*driver)->library() + " is there, but reports no device");
    } else {
      result.devices.insert(result.devices.end(), devices->begin(), devices->end());
    }
  }
  return result;
}

Expected<std::unique_ptr<Device>> open_device(std::string_view name) {
  const std::string_view kind = name.substr(0, name.find(':'));
  const std::string_view number = kind.size() < name.size() ? name.substr(kind.size() + 1) : "0";
  std::size_t index = 0;
  const auto [end, problem] = std::from_chars(number.data(), number.data() + number.size(), index);
  if ((kind != "hip" && kind != "cuda") || problem != std::errc() ||
      end != number.data() + number.size()) {
    return fail(std::string("`").append(name) +
                "` is not a GPU: `hip`, `cuda`, or one by its index, `cuda:1`");
  }
  auto opened = open_driver(kind);
  if (!opened) return fail(opened.error().message);
  const std::shared_ptr<Driver> driver = std::move(*opened);
  const auto devices = driver->devices();
  if (!devices) return fail(devices.error().message);
  if (devices->empty()) return fail(driver->library() + " is there, but reports no device");
  if (index >= devices->size()) {
    return fail("there is no " + std::string(kind) + ":" + std::string(number) + ", only " +
                names_of(*devices));
  }
  return make_device(driver, (*devices)[index]);
}

}  // namespace switchyard::kernels::gpu
