#include "compiler/driver/coverage_report.h"

#include <map>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "compiler/diagnostic/box_json.h"
#include "compiler/diagnostic/counted.h"
#include "compiler/region/box_values.h"

namespace switchyard::driver {
namespace {

using Json = nlohmann::ordered_json;

// By rule, in source order: its rows.
std::vector<std::vector<RowId>> rows_of_rules(const Model& model) {
  std::vector<std::vector<RowId>> result(model.rules.size());
  for (RowId row = 0; row < model.rows.size(); ++row) result[model.rows[row].rule].push_back(row);
  return result;
}

std::uint64_t count_of(const Coverage& coverage, const std::vector<RowId>& rows) {
  std::uint64_t count = 0;
  for (const RowId row : rows) count += coverage.rows()[row].count;
  return count;
}

std::string outcome_of(const OpenedModel& policy, RowId row) {
  return spell_outcome(policy.table, policy.model.rows[row].outcome);
}

std::string share(std::uint64_t count, std::uint64_t total) {
  return total == 0 ? "-" : fmt::format("{:.2f}%", 100.0 * static_cast<double>(count) / static_cast<double>(total));
}

// One line, blanks folded: rules may be written over several.
std::string one_line(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!blank) result += c;
    else if (!result.empty() && result.back() != ' ') result += ' ';
  }
  return result;
}

// By target, those of the policy's own decision and of `decision` blocks alike.
std::vector<std::uint64_t> target_counts(const CoverageReport& report) {
  std::vector<std::uint64_t> counts(report.policy.model.targets.size());
  for (RowId row = 0; row < report.policy.model.rows.size(); ++row) {
    const Outcome& outcome = report.policy.model.outcomes[report.policy.model.rows[row].outcome];
    if (!outcome.refused) counts[outcome.target] += report.coverage.rows()[row].count;
  }
  return counts;
}

void append_unseen_boxes(const CoverageReport& report, RowId row, std::string& out) {
  const Coverage::Row& seen = report.coverage.rows()[row];
  for (std::size_t i = 0; i < seen.cover.boxes.size(); ++i) {
    if (seen.box_count[i] > 0) continue;
    const std::string box = spell(report.policy.model, report.policy.partition, seen.cover.boxes[i]);
    out += fmt::format("  {:>12}  {:>7}    never: {}\n", "", "", box.empty() ? "anything" : box);
  }
}

}  // namespace

std::size_t unreached_rules(const CoverageReport& report) {
  std::size_t unreached = 0;
  for (const auto& rows : rows_of_rules(report.policy.model)) {
    if (count_of(report.coverage, rows) == 0) ++unreached;
  }
  return unreached;
}

std::string coverage_text(const CoverageReport& report) {
  const OpenedModel& policy = report.policy;
  const Coverage& coverage = report.coverage;
  const std::uint64_t total = coverage.total();
  const std::size_t unreached = unreached_rules(report);
  std::string out = fmt::format("{} of policy `{}`: {} of {} reached\n", counted(total, "decision"),
                                policy.model.name, policy.model.rules.size() - unreached,
                                counted(policy.model.rules.size(), "rule"));
  out += fmt::format("\n  {:>12}  {:>7}  target\n", "count", "share");
  const std::vector<std::uint64_t> counts = target_counts(report);
  for (TargetId target = 0; target < counts.size(); ++target) {
    const Target& own = policy.model.targets[target];
    const std::string& block = policy.model.blocks[own.block].name;
    out += fmt::format("  {:>12}  {:>7}  {}{}\n", counts[target], share(counts[target], total),
                       block.empty() ? "" : block + "'s ", own.name);
  }
  for (std::size_t i = 0; i < coverage.excluded().size(); ++i) {
    if (coverage.excluded()[i] == 0) continue;
    out += fmt::format("  {:>12}  {:>7}  excluded by {}: assume {}\n", coverage.excluded()[i],
                       share(coverage.excluded()[i], total), policy.table.assumptions()[i].location,
                       one_line(policy.table.assumptions()[i].text));
  }
  out += fmt::format("\n  {:>12}  {:>7}  rule\n", "count", "share");
  const auto rules = rows_of_rules(policy.model);
  for (RuleId rule = 0; rule < rules.size(); ++rule) {
    const RuleInfo& info = policy.table.rules()[rule];
    const std::uint64_t count = count_of(coverage, rules[rule]);
    out += fmt::format("  {:>12}  {:>7}  {}: {}\n", count == 0 ? "never" : std::to_string(count),
                       share(count, total), info.location, one_line(info.text));
    if (count == 0) continue;  // all of it is unseen
    for (const RowId row : rules[rule]) {
      if (rules[rule].size() > 1) {
        const std::uint64_t own = coverage.rows()[row].count;
        out += fmt::format("  {:>12}  {:>7}    {}\n", own == 0 ? "never" : std::to_string(own),
                           share(own, total), outcome_of(policy, row));
      }
      append_unseen_boxes(report, row, out);
    }
  }
  const std::string problems = log_problems_text(report.problems, report.unknown);
  if (!problems.empty()) out += "\n" + problems;
  return out;
}

std::string coverage_json(const CoverageReport& report) {
  const OpenedModel& policy = report.policy;
  Json excluded = Json::array();
  for (std::size_t i = 0; i < report.coverage.excluded().size(); ++i) {
    excluded.push_back({{"assumption", policy.table.assumptions()[i].location},
                        {"text", policy.table.assumptions()[i].text},
                        {"count", report.coverage.excluded()[i]}});
  }
  Json targets = Json::array();
  const std::vector<std::uint64_t> counts = target_counts(report);
  for (TargetId target = 0; target < counts.size(); ++target) {
    targets.push_back({{"target", policy.model.targets[target].name},
                       {"decision", policy.model.blocks[policy.model.targets[target].block].name},
                       {"count", counts[target]}});
  }
  Json rules = Json::array();
  const auto rows = rows_of_rules(policy.model);
  for (RuleId rule = 0; rule < rows.size(); ++rule) {
    Json entries = Json::array();
    for (const RowId row : rows[rule]) {
      const Coverage::Row& seen = report.coverage.rows()[row];
      Json boxes = Json::array();
      for (std::size_t i = 0; i < seen.cover.boxes.size(); ++i) {
        boxes.push_back(
            {{"box", box_json(values_of(policy.model, policy.partition, seen.cover.boxes[i]))},
             {"count", seen.box_count[i]}});
      }
      entries.push_back({{"outcome", outcome_of(policy, row)},
                         {"count", seen.count},
                         {"size", count_json(seen.cover.size.str())},
                         {"exact", seen.cover.exact},
                         {"complete", seen.cover.complete},
                         {"elsewhere", seen.elsewhere},
                         {"boxes", std::move(boxes)}});
    }
    rules.push_back({{"rule", policy.table.rules()[rule].location},
                     {"text", policy.table.rules()[rule].text},
                     {"count", count_of(report.coverage, rows[rule])},
                     {"entries", std::move(entries)}});
  }
  Json problems = Json::array();
  for (const auto& [message, bad] : report.problems.bad) {
    problems.push_back({{"message", message}, {"count", bad.count}, {"first_line", bad.first_line}});
  }
  Json unknown = Json::object();
  for (const auto& [name, count] : report.unknown) unknown[name] = count;
  const std::size_t unreached = unreached_rules(report);
  const Json document = {{"policy", policy.model.name},
                         {"table", policy.table.hash()},
                         {"decisions", report.coverage.total()},
                         {"reached", policy.model.rules.size() - unreached},
                         {"unreached", unreached},
                         {"targets", std::move(targets)},
                         {"excluded", std::move(excluded)},
                         {"rules", std::move(rules)},
                         {"unreadable", report.problems.bad_lines},
                         {"problems", std::move(problems)},
                         {"unknown_facts", std::move(unknown)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string coverage_source(const CoverageReport& report) {
  const OpenedModel& policy = report.policy;
  // By file and line: what the rules, and entries on lines of their own, counted.
  std::map<std::pair<FileId, std::uint32_t>, std::uint64_t> counts;
  const auto rows = rows_of_rules(policy.model);
  const auto line_of = [&](Span span) {
    return std::pair(span.file, policy.sources.file(span.file).position(span.begin).line);
  };
  for (RuleId rule = 0; rule < rows.size(); ++rule) {
    const auto own = line_of(policy.model.rules[rule].span);
    counts[own] += count_of(report.coverage, rows[rule]);
    for (const RowId row : rows[rule]) {
      const std::uint32_t entry = policy.model.rows[row].entry;
      if (entry == switchyard::Row::kNoEntry) continue;
      const auto place = line_of(policy.model.rules[rule].entries[entry].span);
      if (place != own) counts[place] += report.coverage.rows()[row].count;
    }
  }
  for (std::size_t i = 0; i < policy.model.assumptions.size(); ++i) {
    if (report.coverage.excluded()[i] > 0) {
      counts[line_of(policy.model.assumptions[i].span)] += report.coverage.excluded()[i];
    }
  }
  std::string out;
  for (FileId id = 0; id < policy.sources.size(); ++id) {
    const SourceFile& file = policy.sources.file(id);
    out += fmt::format("{}{}:\n", id == 0 ? "" : "\n", file.path());
    for (std::uint32_t line = 1; line <= file.line_count(); ++line) {
      if (line == file.line_count() && file.line(line).empty()) break;  // behind the last newline
      const auto found = counts.find({id, line});
      const std::string count = found == counts.end() ? "-"
                                : found->second == 0  ? "#####"
                                                      : std::to_string(found->second);
      out += fmt::format("{:>12} {:>5}  {}\n", count, line, file.line(line));
    }
  }
  return out;
}

}  // namespace switchyard::driver
