#include "runtime/log/layer_line.h"

#include <fmt/format.h>

#include <iterator>

#include "runtime/decide/why.h"
#include "runtime/log/json_text.h"

namespace switchyard {
namespace {

std::string outcome_of(const Table& table, const Why& why) {
  const Decision& decision = why.decision;
  if (decision.kind == Decision::Kind::kTarget) return spell_outcome(table, decision.index);
  return std::string(name_of(decision.kind));
}

std::string needs(const SkippedEntry& skipped) {
  std::string out;
  for (const FailedPart& part : skipped.failed) {
    out += fmt::format("{}{}{}", out.empty() ? "needs " : " and ", part.text,
                       part.because.empty() ? "" : fmt::format(" ({})", part.because));
  }
  return out;
}

}  // namespace

std::string layer_line(std::string_view layer, const Table& table, const void* facts) {
  const Why found = why(table, facts);
  const std::string& reason =
      found.decision.kind == Decision::Kind::kTarget ? found.because : found.message;
  std::string out = fmt::format("layer {}: {}", layer, outcome_of(table, found));
  if (!reason.empty()) out += ": " + reason;
  if (!found.rule.empty()) out += fmt::format(" ({})", found.rule);
  for (const SkippedEntry& skipped : found.skipped) {
    out += fmt::format("; not {}: {} ({})", skipped.target, needs(skipped), skipped.rule);
  }
  return out;
}

std::string layer_json(std::string_view layer, const Table& table, const void* facts) {
  const Why found = why(table, facts);
  std::string out = "{\"layer\": ";
  const auto member = [&](const char* name, std::string_view text) {
    fmt::format_to(std::back_inserter(out), ", \"{}\": ", name);
    append_json_string(out, text);
  };
  append_json_string(out, layer);
  member("policy", table.policy());
  member("table", table.hash());
  out += ", \"facts\": ";
  append_json_facts(out, table, facts);
  if (const std::string outcome = json_outcome(table, found.decision, facts); !outcome.empty()) {
    out += ", " + outcome;
  }
  if (!found.because.empty()) member("because", found.because);
  if (!found.message.empty()) member("message", found.message);
  if (!found.skipped.empty()) {
    out += ", \"skipped\": [";
    for (const SkippedEntry& skipped : found.skipped) {
      out += &skipped == &found.skipped.front() ? "{\"target\": " : ", {\"target\": ";
      append_json_string(out, skipped.target);
      member("reason", needs(skipped));
      member("rule", skipped.rule);
      out += '}';
    }
    out += ']';
  }
  return out + "}";
}

}  // namespace switchyard
