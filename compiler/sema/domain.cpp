#include "compiler/sema/domain.h"

#include <algorithm>

#include <fmt/format.h>

namespace switchyard::sema {

std::optional<std::int64_t> symbol_code(const Domain& domain, std::string_view symbol) {
  const auto found = std::find(domain.symbols.begin(), domain.symbols.end(), symbol);
  if (found == domain.symbols.end()) return std::nullopt;
  return found - domain.symbols.begin();
}

std::string_view type_word(FactKind kind) {
  switch (kind) {
    case FactKind::kBool: return "bool";
    case FactKind::kEnum: return "enum";
    case FactKind::kName: return "name";
    case FactKind::kInt: return "int";
    case FactKind::kVersion: return "version";
    case FactKind::kFlags: return "flags";
    case FactKind::kSwitch: return "switch";
    case FactKind::kDecision: return "decision";
  }
  return "";
}

Domain domain_of(const Fact& fact) {
  Domain domain;
  domain.owner = fmt::format("`{}`", fact.name);
  domain.type = fmt::format("{} {}", fact.kind == FactKind::kEnum || fact.kind == FactKind::kInt
                                         ? "an" : "a", type_word(fact.kind));
  domain.declared = fact.span;
  domain.low = fact.low;
  domain.high = fact.high;
  domain.symbols = fact.symbols;
  switch (fact.kind) {
    case FactKind::kBool:
      domain.kind = Domain::Kind::kBool;
      break;
    case FactKind::kInt:
      domain.kind = Domain::Kind::kInt;
      break;
    case FactKind::kVersion:
      domain.kind = Domain::Kind::kVersion;
      break;
    case FactKind::kName:
      domain.kind = Domain::Kind::kSymbols;
      domain.symbols.push_back("other");
      break;
    case FactKind::kSwitch:
      domain.kind = Domain::Kind::kSymbols;
      domain.symbols = {"unset", "off", "on"};
      break;
    case FactKind::kEnum:
    case FactKind::kFlags:
    case FactKind::kDecision:
      domain.kind = Domain::Kind::kSymbols;
      domain.high = static_cast<std::int64_t>(fact.symbols.size()) - 1;
      break;
  }
  return domain;
}

std::int64_t version_code(std::uint16_t major, std::uint16_t minor, std::uint16_t patch) {
  return (std::int64_t{major} << 32) | (std::int64_t{minor} << 16) | patch;
}

std::string spell_version(std::int64_t code) {
  const auto part = [&](int shift) { return (code >> shift) & 0xFFFF; };
  return part(0) != 0 ? fmt::format("{}.{}.{}", part(32), part(16), part(0))
                      : fmt::format("{}.{}", part(32), part(16));
}

std::string spell_range(const Domain& domain) {
  if (domain.kind == Domain::Kind::kVersion) {
    return fmt::format("{} .. {}", spell_version(domain.low), spell_version(domain.high));
  }
  return fmt::format("{} .. {}", domain.low, domain.high);
}

}  // namespace switchyard::sema
