#pragma once

#include <cstdint>

namespace switchyard {

// The table format that this build writes. A reader accepts its own major and any minor: a minor
// only adds sections marked optional, or fields that an older reader may ignore.
inline constexpr std::uint16_t kFormatMajor = 1;
inline constexpr std::uint16_t kFormatMinor = 1;

}  // namespace switchyard
