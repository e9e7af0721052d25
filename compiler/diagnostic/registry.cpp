#include "compiler/diagnostic/registry.h"

#include <algorithm>
#include <vector>

namespace switchyard::diag {

std::span<const DiagnosticInfo* const> all() {
  static const std::vector<const DiagnosticInfo*> sorted = [] {
    std::vector<const DiagnosticInfo*> infos = {
#define SY_DIAGNOSTIC(code, severity, name, text, ...) &name.info,
#include "compiler/diagnostic/registry/analysis.def"
#include "compiler/diagnostic/registry/budget.def"
#include "compiler/diagnostic/registry/names.def"
#include "compiler/diagnostic/registry/source.def"
#include "compiler/diagnostic/registry/syntax.def"
#undef SY_DIAGNOSTIC
    };
    std::sort(infos.begin(), infos.end(),
              [](const auto* a, const auto* b) { return a->code < b->code; });
    return infos;
  }();
  return sorted;
}

}  // namespace switchyard::diag
