#pragma once

#include <string>
#include <string_view>

namespace switchyard {

// Source text on one line: white space collapsed, comments left out, quoted text kept.
std::string one_line(std::string_view text);

}  // namespace switchyard
