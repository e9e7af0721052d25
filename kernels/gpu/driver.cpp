#include "kernels/gpu/driver.h"

namespace switchyard::kernels::gpu {

std::string Driver::explain(int status) const {
  const auto [name, text] = words_for(status);
  std::string result = name != nullptr ? name : "error";
  result += " (" + std::to_string(status) + ")";
  if (text != nullptr) result += std::string(": ") + text;
  return result;
}

Expected<void> Driver::start(const std::string& product) {
  const int status = calls_.init(0);
  if (status == 0 || status == status::kNoDevice) return {};
  return fail("the " + product + " does not start: " + explain(status));
}

Expected<int> Driver::count_devices(const std::string& product) {
  int count = 0;
  const int status = calls_.device_count(&count);
  if (status == 0 || status == status::kNoDevice) return count;
  return fail("the " + product + " does not list its devices: " + explain(status));
}

}  // namespace switchyard::kernels::gpu
