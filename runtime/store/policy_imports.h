#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/export.h"

namespace switchyard {

// The paths after `import` in a policy's text, in order: comments and strings skipped, nothing else
// understood (`import` is a reserved word, so it stands nowhere else). This decides which files are
// watched; what a policy means is the compiler's to say.
SWITCHYARD_EXPORT std::vector<std::string> imports_of(std::string_view text);

// Where an import of the file at `importing` is.
SWITCHYARD_EXPORT std::string import_path(const std::string& importing, const std::string& import);

}  // namespace switchyard
