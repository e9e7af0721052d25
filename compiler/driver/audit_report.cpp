#include "compiler/driver/audit_report.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "compiler/diagnostic/box_json.h"
#include "compiler/diagnostic/counted.h"
#include "compiler/region/box_values.h"

namespace switchyard::driver {
namespace {

std::string rule_of(const Table& table, const Decision& decision) {
  if (decision.rule != Decision::kNone) return std::string(table.rules()[decision.rule].location);
  if (decision.kind == Decision::Kind::kExcluded) {
    return std::string(table.assumptions()[decision.index].location);
  }
  return "";
}

std::string reason_of(const Table& table, const Decision& decision) {
  if (decision.rule == Decision::kNone) return "";
  return std::string(table.rules()[decision.rule].because);
}

std::string lines_text(std::uint64_t count) {
  return counted(count, "line");
}

}  // namespace

std::string log_problems_text(const LogProblems& problems, const UnknownFacts& unknown) {
  std::string out;
  for (const auto& [name, count] : unknown) {
    out += fmt::format("ignored: fact `{}`, which the policy does not have, in {}\n", name,
                       lines_text(count));
  }
  std::uint64_t told = 0;
  for (const auto& [message, bad] : problems.bad) {
    out += fmt::format("unusable: {}, first line {}: {}\n", lines_text(bad.count), bad.first_line, message);
    told += bad.count;
  }
  if (told < problems.bad_lines) {
    out += fmt::format("unusable: {} more for other reasons\n", lines_text(problems.bad_lines - told));
  }
  return out;
}

std::string audit_text(const AuditReport& report) {
  const Audit& audit = report.audit;
  const OpenedModel& policy = report.policy;
  const std::uint64_t lines = report.problems.lines;
  std::string out =
      fmt::format("{} of {} {} from policy `{}`\n", audit.differing(), lines_text(lines),
                  audit.differing() == 1 || lines == 1 ? "differs" : "differ", policy.model.name);
  if (audit.unrecorded() > 0) {
    out += fmt::format("{} facts only, no decision\n",
                       counted(audit.unrecorded(), "line tells", "lines tell"));
  }
  for (const Audit::Group* group : audit.groups()) {
    const std::string rule = rule_of(policy.table, group->now);
    const std::string reason = reason_of(policy.table, group->now);
    out += fmt::format("\n{} -> {}: {}\n", group->recorded, Audit::spell(policy.table, group->now),
                       lines_text(group->count));
    const std::string box = spell(policy.model, policy.partition, group->seen.box());
    out += fmt::format("  all with   {}\n", box.empty() ? "anything" : box);
    if (!rule.empty()) {
      out += fmt::format("  now by     {}{}\n", rule, reason.empty() ? "" : ": " + reason);
    }
    out += fmt::format("  first      line {}: {}\n", group->first_line, group->first_text);
  }
  if (audit.ungrouped() > 0) {
    out += fmt::format("\n{} in ways past the first {}\n",
                       counted(audit.ungrouped(), "line more differs", "lines more differ"),
                       Audit::kMaxGroups);
  }
  const std::string problems = log_problems_text(report.problems, report.unknown);
  if (!problems.empty()) out += "\n" + problems;
  return out;
}

std::string audit_json(const AuditReport& report) {
  const Audit& audit = report.audit;
  const OpenedModel& policy = report.policy;
  nlohmann::ordered_json groups = nlohmann::ordered_json::array();
  for (const Audit::Group* group : audit.groups()) {
    nlohmann::ordered_json now;
    const bool is_target = group->now.kind == Decision::Kind::kTarget;
    now["outcome"] = is_target ? "target" : Audit::spell(policy.table, group->now);
    if (is_target) now["target"] = Audit::spell(policy.table, group->now);
    now["rule"] = rule_of(policy.table, group->now);
    now["reason"] = reason_of(policy.table, group->now);
    groups.push_back({{"recorded", group->recorded},
                      {"now", std::move(now)},
                      {"count", group->count},
                      {"box", box_json(values_of(policy.model, policy.partition, group->seen.box()))},
                      {"first_line", group->first_line},
                      {"first_text", group->first_text}});
  }
  nlohmann::ordered_json problems = nlohmann::ordered_json::array();
  for (const auto& [message, bad] : report.problems.bad) {
    problems.push_back({{"message", message}, {"count", bad.count}, {"first_line", bad.first_line}});
  }
  nlohmann::ordered_json unknown = nlohmann::ordered_json::object();
  for (const auto& [name, count] : report.unknown) unknown[name] = count;
  const nlohmann::ordered_json document = {{"policy", policy.model.name},
                                           {"table", policy.table.hash()},
                                           {"lines", report.problems.lines},
                                           {"same", audit.same()},
                                           {"unrecorded", audit.unrecorded()},
                                           {"differing", audit.differing()},
                                           {"unreadable", report.problems.bad_lines},
                                           {"groups", std::move(groups)},
                                           {"ungrouped", audit.ungrouped()},
                                           {"problems", std::move(problems)},
                                           {"unknown_facts", std::move(unknown)}};
  // Logs may hold bytes that are not UTF-8; the document must parse all the same.
  return document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace switchyard::driver
