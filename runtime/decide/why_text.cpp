#include <iterator>

#include <fmt/format.h>

#include "runtime/decide/why.h"

namespace switchyard {
namespace {

std::string parameters(const Why& why) {
  std::string out;
  for (const auto& [name, value] : why.parameters) {
    out += fmt::format("{}{} = {}", out.empty() ? "(" : ", ", name, value);
  }
  return out.empty() ? out : out + ")";
}

}  // namespace

std::string to_text(const Why& why) {
  std::string out;
  const auto line = [&]<typename... Args>(fmt::format_string<Args...> text, Args&&... args) {
    fmt::format_to(std::back_inserter(out), text, std::forward<Args>(args)...);
    out += '\n';
  };
  switch (why.decision.kind) {
    case Decision::Kind::kTarget: line("{}{}", why.target, parameters(why)); break;
    case Decision::Kind::kRefused: line("refused: {}", why.message); break;
    case Decision::Kind::kExcluded: line("excluded: {}", why.message); break;
    case Decision::Kind::kUndecided: line("undecided: {}", why.message); break;
    case Decision::Kind::kBadFact: line("error: {}", why.message); break;
  }
  if (why.decision.rule != Decision::kNone) {
    line("  rule    {}: {}", why.rule, why.rule_text);
    if (!why.because.empty()) line("  because {}", why.because);
  }
  for (const AttributeInfo& attribute : why.attributes) {
    line("  {} = {}", attribute.name, attribute.value);
  }
  for (const SkippedEntry& skipped : why.skipped) {
    line("  skipped {} ({})", skipped.target, skipped.rule);
    for (const FailedPart& part : skipped.failed) {
      line("    needs {} ({}){}", part.text, part.location,
           part.because.empty() ? "" : ": " + part.because);
    }
  }
  return out;
}

}  // namespace switchyard
