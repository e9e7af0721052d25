#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace switchyard::kernels::gpu {

// Room for a hipDeviceProp_t of any release, which has about 1,500 bytes.
inline constexpr std::size_t kHipPropertiesBytes = 16'384;

// "gfx950" out of a hipDeviceProp_t, which holds "gfx950:sramecc+:xnack-" somewhere: the
// structure's layout changes between releases of ROCm, its text does not. Empty where there is
// none.
std::string hip_architecture(std::string_view properties);

}  // namespace switchyard::kernels::gpu
