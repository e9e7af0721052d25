#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/error.h"
#include "runtime/base/export.h"
#include "runtime/table/info.h"

// Values of facts as people and programs send them, turned into codes that are inside the fact's
// domain. Errors name the fact, what came and what it takes.
namespace switchyard {

// As a policy writes it, white space around it ignored: symbols bare, or quoted (quoted_text.h) as
// they must be where they begin with a quote or, in a list of flags, hold a comma; `<a, "b,c">`.
SWITCHYARD_EXPORT Expected<std::int64_t> code_of_text(const FactInfo& fact, std::string_view text);
Expected<std::int64_t> code_of_int(const FactInfo& fact, std::int64_t value);
Expected<std::int64_t> code_of_bool(const FactInfo& fact, bool value);
Expected<std::int64_t> code_of_flags(const FactInfo& fact,
                                     const std::vector<std::string_view>& symbols);
Expected<std::int64_t> code_of_environment(const FactInfo& fact, std::string_view text);

// "fact `tokens` is 0, outside 1 .. 4096".
std::string outside_domain(const FactInfo& fact, std::int64_t code);

// "; did you mean `scheme`?" or, when nothing is near, an empty string.
SWITCHYARD_EXPORT std::string nearest(std::string_view text, const std::vector<std::string>& names);

}  // namespace switchyard
