#include "compiler/driver/answer_text.h"

#include <fmt/format.h>

#include "runtime/decide/why.h"

namespace switchyard::driver {
namespace {

// Whether every input that ends in this leaf has the same text. An `only` that refuses says which
// parts failed, and a bad fact which value.
bool depends_on_leaf_alone(const Table& table, const Decision& decision) {
  switch (decision.kind) {
    case Decision::Kind::kTarget:
    case Decision::Kind::kExcluded: return true;
    case Decision::Kind::kRefused:
      return table.rules()[decision.rule].kind == RuleInfo::Kind::kRefuse;
    case Decision::Kind::kUndecided:
    case Decision::Kind::kBadFact: return false;
  }
  return false;
}

void append_member(std::string& out, std::string_view name, std::string_view text) {
  append_json_string(out, name);
  out += ": ";
  append_json_string(out, text);
}

void append_value(std::string& out, std::string_view name, std::string_view value, bool is_integer) {
  if (out.back() != '{') out += ", ";
  if (!is_integer) return append_member(out, name, value);
  append_json_string(out, name);
  out += ": ";
  out += value;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\t': out += "\\t"; break;
      case '\r': out += "\\r"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

AnswerText::AnswerText(const Table& table) : table_(table) {}

void AnswerText::append_error(std::string_view message, std::string& out) {
  out += '{';
  append_member(out, "error", message);
  out += "}\n";
}

void AnswerText::append(const Decision& decision, const void* facts, std::string& out) {
  if (!depends_on_leaf_alone(table_, decision)) {
    out += render(decision, facts);
    return;
  }
  if (decision.leaf >= by_leaf_.size()) by_leaf_.resize(decision.leaf + 1);
  std::string& text = by_leaf_[decision.leaf];
  if (text.empty()) text = render(decision, facts);
  out += text;
}

std::string AnswerText::render(const Decision& decision, const void* facts) const {
  std::string out = "{";
  switch (decision.kind) {
    case Decision::Kind::kTarget: {
      const Why answer = describe(table_, decision, facts);
      append_member(out, "target", answer.target);
      out += ", \"parameters\": {";
      for (std::size_t i = 0; i < answer.parameters.size(); ++i) {
        append_value(out, answer.parameters[i].first, answer.parameters[i].second,
                     answer.parameter_is_integer[i]);
      }
      out += "}, \"attributes\": {";
      for (const AttributeInfo& attribute : answer.attributes) {
        append_value(out, attribute.name, attribute.value, attribute.is_integer);
      }
      out += "}, ";
      append_member(out, "rule", answer.rule);
      out += ", ";
      append_member(out, "reason", answer.because);
      break;
    }
    case Decision::Kind::kRefused: {
      const Why answer = why(table_, facts);
      append_member(out, "refused", answer.message);
      out += ", ";
      append_member(out, "rule", answer.rule);
      break;
    }
    case Decision::Kind::kExcluded: {
      const AssumptionInfo& assumption = table_.assumptions()[decision.index];
      append_member(out, "excluded", assumption.text);
      out += ", ";
      append_member(out, "rule", assumption.location);
      break;
    }
    case Decision::Kind::kUndecided:
    case Decision::Kind::kBadFact:
      append_member(out, "error", why(table_, facts).message);
      break;
  }
  out += "}\n";
  return out;
}

}  // namespace switchyard::driver
