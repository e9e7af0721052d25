#include "compiler/sema/names.h"

#include <algorithm>
#include <array>

#include "compiler/diagnostic/did_you_mean.h"
#include "compiler/diagnostic/registry.h"

namespace switchyard::sema {

std::string_view noun(Declared::Sort sort) {
  switch (sort) {
    case Declared::Sort::kFact: return "fact";
    case Declared::Sort::kLet: return "let";
    case Declared::Sort::kDecision: return "decision";
    case Declared::Sort::kSet: return "set";
    case Declared::Sort::kTarget: return "target";
    case Declared::Sort::kGuarantee: return "guarantee";
  }
  return "name";
}

bool declare(Names& names, const ast::Name& name, Declared::Sort sort, std::uint32_t index,
             DiagnosticSink& sink) {
  const auto [place, added] = names.try_emplace(name.text, Declared{sort, index, name.span});
  if (added) return true;
  const Declared& first = place->second;
  const bool same = first.sort == sort;
  sink.report(diag::DuplicateName, name.span, name.text, same ? "again" : "a second time")
      .with_label(fmt::format("declared as a {} here", noun(sort)))
      .with_note(first.span, fmt::format("first declared here, as a {}", noun(first.sort)))
      .with_help(same ? "give one of them another name"
                      : "facts, lets and decisions share one namespace: rename one of them");
  return false;
}

const Declared* find(const Names& names, std::string_view name) {
  const auto found = names.find(name);
  return found == names.end() ? nullptr : &found->second;
}

std::vector<std::string> spellings(const Names& names) {
  std::vector<std::string> result;
  result.reserve(names.size());
  for (const auto& [name, declared] : names) result.push_back(name);
  return result;
}

std::string spell_symbol(std::string_view symbol) {
  static constexpr std::array<std::string_view, 20> kReserved = {
      "and",   "or",     "not",     "implies", "in",     "has",    "true",
      "false", "when",   "otherwise", "because", "refuse", "never",  "requires",
      "policy", "import", "fact",   "assume",  "let",    "guarantee"};
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const bool identifier =
      !symbol.empty() && letter(symbol[0]) &&
      std::all_of(symbol.begin(), symbol.end(),
                  [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
  const bool reserved = std::find(kReserved.begin(), kReserved.end(), symbol) != kReserved.end() ||
                        symbol == "example" || symbol == "allow" || symbol == "decision";
  if (identifier && !reserved) return std::string(symbol);
  std::string quoted = "\"";
  for (const char c : symbol) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c == '\n' ? "\\n" : c == '\t' ? "\\t" : std::string(1, c);
  }
  return quoted + '"';
}

void suggest(Diagnostic& diagnostic, std::string_view written, Span at,
             const std::vector<std::string>& candidates) {
  if (const auto close = did_you_mean(written, candidates)) {
    diagnostic.with_fix(fmt::format("did you mean `{}`?", *close), at, spell_symbol(*close));
  }
}

Diagnostic& report_unknown(std::string_view what, const ast::Name& name,
                           const std::vector<std::string>& candidates, DiagnosticSink& sink) {
  // A file of thousands of unknown names need not be compared with every name each time.
  constexpr std::size_t kEnough = 100;
  const bool look = sink.error_count() < kEnough;
  Diagnostic& diagnostic = sink.report(diag::UnknownName, name.span, what, name.text);
  if (look) suggest(diagnostic, name.text, name.span, candidates);
  return diagnostic;
}

}  // namespace switchyard::sema
