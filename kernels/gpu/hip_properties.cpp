#include "kernels/gpu/hip_properties.h"

namespace switchyard::kernels::gpu {

std::string hip_architecture(std::string_view properties) {
  for (std::size_t at = properties.find("gfx"); at != std::string_view::npos;
       at = properties.find("gfx", at + 1)) {
    const std::size_t end = properties.find_first_not_of("0123456789abcdef", at + 3);
    const std::string_view found = properties.substr(at, end - at);
    if (found.size() >= 6) return std::string(found);
  }
  return {};
}

}  // namespace switchyard::kernels::gpu
