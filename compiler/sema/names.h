#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/parse/ast.h"

// What the names of a policy stand for. Facts, lets and decisions share one namespace (values);
// sets, targets and guarantees have one each.
namespace switchyard::sema {

struct Declared {
  enum class Sort : std::uint8_t { kFact, kLet, kDecision, kSet, kTarget, kGuarantee };
  Sort sort;
  std::uint32_t index;  // facts, targets: in the model; lets, sets: in Resolution; decision: block
  Span span;            // of the name where it is declared
  std::size_t declaration = 0;  // facts, sets, lets, targets: index into Model::declarations
};

using Names = std::map<std::string, Declared, std::less<>>;

// "fact", "let", "decision", "set", "target", "guarantee".
std::string_view noun(Declared::Sort sort);

// False, with a diagnostic that points at the first declaration, when the name is taken.
bool declare(Names& names, const ast::Name& name, Declared::Sort sort, std::uint32_t index,
             DiagnosticSink& sink);

const Declared* find(const Names& names, std::string_view name);

std::vector<std::string> spellings(const Names& names);

// Reports an unknown name of the kind that `what` says ("fact", "target"), with the nearest of
// `candidates` as a fix. The result is valid until the next report.
Diagnostic& report_unknown(std::string_view what, const ast::Name& name,
                           const std::vector<std::string>& candidates, DiagnosticSink& sink);

// Adds "did you mean `x`?" as a fix at `at` when a candidate is close to `written`; `quote` writes
// quotes around a replacement that is not an identifier.
void suggest(Diagnostic& diagnostic, std::string_view written, Span at,
             const std::vector<std::string>& candidates);

// As the language writes a symbol: in quotes unless it is an identifier that is not reserved.
std::string spell_symbol(std::string_view symbol);

}  // namespace switchyard::sema
