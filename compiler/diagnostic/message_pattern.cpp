#include "compiler/diagnostic/message_pattern.h"

#include <string_view>
#include <utility>

#include "compiler/diagnostic/registry.h"
#include "runtime/base/check.h"

namespace switchyard {

std::string message_pattern(const DiagnosticInfo& info) {
  constexpr std::pair<std::string_view, std::string_view> kTexts[] = {
#define SY_DIAGNOSTIC(code, severity, name, text, ...) {#code, text},
#include "compiler/diagnostic/registry/analysis.def"
#include "compiler/diagnostic/registry/budget.def"
#include "compiler/diagnostic/registry/names.def"
#include "compiler/diagnostic/registry/source.def"
#include "compiler/diagnostic/registry/syntax.def"
#undef SY_DIAGNOSTIC
  };
  for (const auto& [code, text] : kTexts) {
    if (code != info.code) continue;
    std::string pattern(text);
    for (std::size_t at = pattern.find('{'); at != std::string::npos; at = pattern.find('{', at)) {
      pattern.replace(at, pattern.find('}', at) - at + 1, "…");
    }
    return pattern;
  }
  SWITCHYARD_CHECK(false);
  return {};
}

}  // namespace switchyard
