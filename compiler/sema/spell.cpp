#include "compiler/sema/domain.h"
#include "compiler/sema/names.h"
#include "compiler/sema/resolve.h"

namespace switchyard {

std::string spell(const Fact& fact, std::int64_t code) {
  switch (fact.kind) {
    case FactKind::kBool:
      return code != 0 ? "true" : "false";
    case FactKind::kInt:
      return std::to_string(code);
    case FactKind::kVersion:
      return sema::spell_version(code);
    case FactKind::kSwitch:
      return code == 0 ? "unset" : code == 1 ? "off" : "on";
    case FactKind::kFlags: {
      std::string text = "<";
      for (std::size_t i = 0; i < fact.symbols.size(); ++i) {
        if (((code >> i) & 1) == 0) continue;
        if (text.size() > 1) text += ", ";
        text += sema::spell_symbol(fact.symbols[i]);
      }
      return text + ">";
    }
    case FactKind::kEnum:
    case FactKind::kName:
    case FactKind::kDecision: {
      const auto index = static_cast<std::size_t>(code);
      return index < fact.symbols.size() ? sema::spell_symbol(fact.symbols[index]) : "other";
    }
  }
  return "";
}

}  // namespace switchyard
