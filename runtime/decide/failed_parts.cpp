#include "runtime/decide/failed_parts.h"

#include <string>

namespace switchyard {
namespace {

std::string text_of(const TableView& table, const format::Text& text) {
  return {table.sections.text.data() + text.begin(), text.size()};
}

void add_failed(const TableView& table, const format::Clause& clause, const FailedPart& source,
                const Truth& truth, std::vector<FailedPart>& failed) {
  if (truth(clause.formula())) return;
  constexpr std::uint8_t kAnd = 1;
  const auto& policy = *table.sections.policy;
  if (clause.kind() != kAnd) {
    failed.push_back({text_of(table, clause.text()), source.because, source.location});
    return;
  }
  for (std::uint32_t p = 0; p < clause.parts(); ++p) {
    add_failed(table, *policy.clauses()->Get(clause.first_part() + p), source, truth, failed);
  }
}

}  // namespace

void add_failed_requirement(const TableView& table, std::uint32_t requirement, const Truth& truth,
                            std::vector<FailedPart>& failed) {
  const auto& policy = *table.sections.policy;
  const format::Requirement& line = *policy.requirements()->Get(requirement);
  add_failed(table, *policy.clauses()->Get(line.clause()),
             {"", text_of(table, line.because()), text_of(table, line.location())}, truth, failed);
}

void add_failed_condition(const TableView& table, std::uint32_t rule, const Truth& truth,
                          std::vector<FailedPart>& failed) {
  const auto& policy = *table.sections.policy;
  const format::Rule& of = *policy.rules()->Get(rule);
  add_failed(table, *policy.clauses()->Get(of.when()), {"", "", text_of(table, of.location())},
             truth, failed);
}

}  // namespace switchyard
