#include "runtime/capi/decision.h"

#include <fmt/format.h>

namespace switchyard::capi {

Outcome not_of(const Table& table, const switchyard_decision& decision) {
  const auto wrong = [&](const char* what, std::uint32_t index, std::size_t count) -> Outcome {
    return invalid(fmt::format("the decision names {} {}, and `{}` has {}: it is of another table",
                               what, index, table.policy(), count));
  };
  switch (decision.kind) {
    case SWITCHYARD_TARGET:
    case SWITCHYARD_REFUSE: {
      const bool refused = decision.kind == SWITCHYARD_REFUSE;
      if (decision.index >= table.outcomes().size() ||
          table.outcomes()[decision.index].refused != refused) {
        return wrong("outcome", decision.index, table.outcomes().size());
      }
      if (decision.rule >= table.rules().size()) {
        return wrong("rule", decision.rule, table.rules().size());
      }
      return kDone;
    }
    case SWITCHYARD_EXCLUDED:
      if (decision.index < table.assumptions().size()) return kDone;
      return wrong("assumption", decision.index, table.assumptions().size());
    case SWITCHYARD_UNDECIDED:
      return kDone;
    case SWITCHYARD_BAD_VALUE:
      if (decision.index < table.facts().size()) return kDone;
      return wrong("fact", decision.index, table.facts().size());
    default:
      return invalid(fmt::format("the decision is of kind {}, which is none", decision.kind));
  }
}

switchyard_rule rule_of(const Table& table, const Decision& decision) {
  constexpr switchyard_str kEmpty = {"", 0};
  if (decision.rule != Decision::kNone) {
    const RuleInfo& rule = table.rules()[decision.rule];
    return {view_of(rule.text), view_of(rule.because), view_of(rule.location)};
  }
  if (decision.kind == Decision::Kind::kExcluded) {
    const AssumptionInfo& assumption = table.assumptions()[decision.index];
    return {view_of(assumption.text), kEmpty, view_of(assumption.location)};
  }
  return {kEmpty, kEmpty, kEmpty};
}

}  // namespace switchyard::capi
