#include <cctype>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "runtime/table/table.h"

namespace switchyard {
namespace {

// What the language takes for an identifier; all else is quoted.
bool is_identifier(std::string_view text) {
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text[0])) != 0) return false;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_') return false;
  }
  return true;
}

std::string symbol(std::string_view text) {
  if (is_identifier(text)) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' ? "\\n" : c == '\t' ? "\\t" : std::string(1, c);
  }
  return out + "\"";
}

std::string version(std::int64_t code) {
  const auto part = [&](int shift) { return (code >> shift) & 0xffff; };
  const std::int64_t major = code >> 32;
  if (part(0) == 0) return fmt::format("{}.{}", major, part(16));
  return fmt::format("{}.{}.{}", major, part(16), part(0));
}

std::string flags(const FactInfo& fact, std::int64_t code) {
  std::string out = "<";
  for (std::size_t i = 0; i < fact.symbols.size(); ++i) {
    if (((code >> i) & 1) == 0) continue;
    if (out.size() > 1) out += ", ";
    out += symbol(fact.symbols[i]);
  }
  return out + ">";
}

}  // namespace

std::string spell(const FactInfo& fact, std::int64_t code) {
  if (code < fact.low || code > fact.high) return std::to_string(code);
  switch (fact.kind) {
    case FactInfo::Kind::kBool: return code != 0 ? "true" : "false";
    case FactInfo::Kind::kEnum:
    case FactInfo::Kind::kName: {
      const auto index = static_cast<std::size_t>(code);
      return index < fact.symbols.size() ? symbol(fact.symbols[index]) : "other";
    }
    case FactInfo::Kind::kInt: return std::to_string(code);
    case FactInfo::Kind::kVersion: return version(code);
    case FactInfo::Kind::kFlags: return flags(fact, code);
    case FactInfo::Kind::kSwitch: return code == 0 ? "unset" : code == 1 ? "off" : "on";
  }
  return std::to_string(code);
}

std::string spell(const ParameterInfo& parameter, std::int64_t value) {
  if (parameter.is_integer) return std::to_string(value);
  return parameter.symbols[static_cast<std::size_t>(value)];
}

std::string spell_outcome(const Table& table, std::uint32_t outcome) {
  const OutcomeInfo& info = table.outcomes()[outcome];
  if (info.refused) return "refuse";
  const TargetInfo& target = table.targets()[info.target];
  std::string out = target.name;
  for (std::size_t p = 0; p < target.parameters.size(); ++p) {
    out += p == 0 ? "(" : ", ";
    out += fmt::format("{} = {}", target.parameters[p].name,
                       spell(target.parameters[p], info.parameters[p]));
  }
  return target.parameters.empty() ? out : out + ")";
}

}  // namespace switchyard
