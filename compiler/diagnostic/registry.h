#pragma once

#include <span>
#include <string_view>

#include "compiler/diagnostic/diagnostic.h"

// Every diagnostic that exists, a line each in registry/*.def:
//   SY_DIAGNOSTIC(SY0203, Error, UnknownFact, "unknown fact `{}`", std::string_view)
// registry/source.def SY00xx (files, imports, lexis), syntax.def SY01xx (grammar), names.def SY02xx
// (names, types, values), analysis.def SY03xx (what is proved), budget.def SY04xx (limits).
// Codes are stable: a retired code is never given to something else.
namespace switchyard::diag {

#define SY_DIAGNOSTIC(code, severity, name, text, ...)                              \
  inline constexpr DiagnosticKind<__VA_ARGS__> name{{#code, Severity::k##severity, #name}, text};
#include "compiler/diagnostic/registry/analysis.def"
#include "compiler/diagnostic/registry/budget.def"
#include "compiler/diagnostic/registry/names.def"
#include "compiler/diagnostic/registry/source.def"
#include "compiler/diagnostic/registry/syntax.def"
#undef SY_DIAGNOSTIC

// All of them, by code.
std::span<const DiagnosticInfo* const> all();

}  // namespace switchyard::diag
