#include "kernels/gpu/driver.h"

namespace switchyard::kernels::gpu {

std::string Driver::explain(int status) const {
  const auto [name, text] = words_for(status);
  std::string result = name != nullptr ? name : "error";
  result += " (" + std::to_string(status) + ")";
  if (text != nullptr) result += std::string(": ") + text;
  return result;
}

}  // namespace switchyard::kernels::gpu
