#include "runtime/decide/decide.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "runtime/capi/barrier.h"
#include "runtime/capi/decision.h"
#include "runtime/capi/handles.h"
#include "runtime/capi/numbered.h"
#include "runtime/decide/why.h"

using switchyard::Decision;
using switchyard::OutcomeInfo;
using switchyard::ParameterInfo;
using switchyard::Table;
namespace capi = switchyard::capi;

namespace {

constexpr std::size_t kChunk = 256;

const std::vector<ParameterInfo>& parameters_of(const Table& table, const OutcomeInfo& outcome) {
  static const std::vector<ParameterInfo> kNone;
  return outcome.refused ? kNone : table.targets()[outcome.target].parameters;
}

std::string one_line(const Table& table, const Decision& decision, const void* facts) {
  const switchyard::Why told = switchyard::describe(table, decision, facts);
  std::string text = decision.kind == Decision::Kind::kTarget
                         ? switchyard::spell_outcome(table, decision.index)
                         : std::string(name_of(decision.kind));
  const std::string& reason =
      decision.kind == Decision::Kind::kTarget ? told.because : told.message;
  if (!reason.empty()) text += ": " + reason;
  if (decision.rule != Decision::kNone) text += fmt::format(" ({})", told.rule);
  return text;
}

}  // namespace

switchyard_decision switchyard_decide(const switchyard_table* table, const void* facts) {
  return capi::to_c(switchyard::decide(table->table, facts));
}

switchyard_status switchyard_decide_batch(const switchyard_table* table, const void* facts,
                                          size_t facts_size, size_t count, switchyard_decision* out,
                                          switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"table"}, table)) return null;
    if (facts_size != table->table.facts_size()) {
      return capi::invalid(
          fmt::format("`facts_size` is {}, and a struct of facts of `{}` has {} bytes; was it made "
                      "for another table?",
                      facts_size, table->table.policy(), table->table.facts_size()));
    }
    if (count == 0) return capi::kDone;
    if (auto null = capi::null_among({"facts", "out"}, facts, out)) return null;
    Decision decided[kChunk];
    for (std::size_t done = 0; done < count; done += kChunk) {
      const std::size_t some = std::min(kChunk, count - done);
      switchyard::decide_batch(table->table,
                               static_cast<const unsigned char*>(facts) + done * facts_size,
                               facts_size, some, decided);
      std::transform(decided, decided + some, out + done, capi::to_c);
    }
    return capi::kDone;
  });
}

uint32_t switchyard_table_outcome_count(const switchyard_table* table) {
  return static_cast<uint32_t>(table->table.outcomes().size());
}

switchyard_status switchyard_table_outcome(const switchyard_table* table, uint32_t outcome,
                                           switchyard_outcome* out, switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"table", "out"}, table, out)) return null;
    const Table& of = table->table;
    if (auto outside = capi::outside("outcome", outcome, of.outcomes().size())) return outside;
    const OutcomeInfo& info = of.outcomes()[outcome];
    *out = {info.refused ? switchyard_str{"", 0} : capi::view_of(of.targets()[info.target].name),
            info.refused ? SWITCHYARD_NONE : info.target,
            static_cast<uint32_t>(parameters_of(of, info).size())};
    return capi::kDone;
  });
}

switchyard_status switchyard_outcome_parameter(const switchyard_table* table, uint32_t outcome,
                                               uint32_t parameter, switchyard_parameter* out,
                                               switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"table", "out"}, table, out)) return null;
    const Table& of = table->table;
    if (auto outside = capi::outside("outcome", outcome, of.outcomes().size())) return outside;
    const OutcomeInfo& info = of.outcomes()[outcome];
    const std::vector<ParameterInfo>& parameters = parameters_of(of, info);
    if (auto outside = capi::outside("parameter", parameter, parameters.size())) return outside;
    const ParameterInfo& about = parameters[parameter];
    const std::int64_t value = info.parameters[parameter];
    *out = {capi::view_of(about.name),
            about.is_integer ? switchyard_str{"", 0}
                             : capi::view_of(about.symbols[static_cast<std::size_t>(value)]),
            value, about.is_integer, 0};
    return capi::kDone;
  });
}

switchyard_status switchyard_outcome_value(const switchyard_table* table, uint32_t outcome,
                                           const char* parameter, int64_t* out,
                                           switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"table", "parameter", "out"}, table, parameter, out))
      return null;
    const Table& of = table->table;
    if (auto outside = capi::outside("outcome", outcome, of.outcomes().size())) return outside;
    const OutcomeInfo& info = of.outcomes()[outcome];
    const std::vector<ParameterInfo>& parameters = parameters_of(of, info);
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      if (parameters[i].name != parameter) continue;
      *out = info.parameters[i];
      return capi::kDone;
    }
    return capi::invalid(fmt::format("outcome {}, `{}`, has no parameter `{}`", outcome,
                                     switchyard::spell_outcome(of, outcome), parameter));
  });
}

switchyard_status switchyard_outcome_text(const switchyard_table* table, uint32_t outcome,
                                          char** out, switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"table", "out"}, table, out)) return null;
    if (auto outside = capi::outside("outcome", outcome, table->table.outcomes().size()))
      return outside;
    *out = capi::new_string(switchyard::spell_outcome(table->table, outcome));
    return capi::kDone;
  });
}

switchyard_str switchyard_decision_target(const switchyard_table* table,
                                          switchyard_decision decision) {
  if (decision.kind != SWITCHYARD_TARGET) return {"", 0};
  const Table& of = table->table;
  return capi::view_of(of.targets()[of.outcomes()[decision.index].target].name);
}

switchyard_status switchyard_decision_rule(const switchyard_table* table,
                                           switchyard_decision decision, switchyard_rule* out,
                                           switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"table", "out"}, table, out)) return null;
    if (auto bad = capi::not_of(table->table, decision)) return bad;
    *out = capi::rule_of(table->table, capi::from_c(decision));
    return capi::kDone;
  });
}

switchyard_status switchyard_decision_text(const switchyard_table* table,
                                           switchyard_decision decision, const void* facts,
                                           char** out, switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"table", "facts", "out"}, table, facts, out)) return null;
    if (auto bad = capi::not_of(table->table, decision)) return bad;
    *out = capi::new_string(one_line(table->table, capi::from_c(decision), facts));
    return capi::kDone;
  });
}

switchyard_status switchyard_why_text(const switchyard_table* table, const void* facts, char** out,
                                      switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"table", "facts", "out"}, table, facts, out)) return null;
    *out = capi::new_string(switchyard::to_text(switchyard::why(table->table, facts)));
    return capi::kDone;
  });
}
