#include "runtime/log/metrics.h"

#include <fmt/format.h>

#include <initializer_list>
#include <iterator>
#include <string_view>
#include <utility>

#include "runtime/log/utf8.h"

namespace switchyard {
namespace {

// Label values are UTF-8 and escape backslash, quote and line feed, and nothing else.
std::string escaped(std::string_view text) {
  std::string out;
  for_each_character(text, [&](std::string_view character) {
    if (character == "\n") {
      out += "\\n";
      return;
    }
    if (character == "\"" || character == "\\") out += '\\';
    out += character;
  });
  return out;
}

using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

class Text {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    fmt::format_to(std::back_inserter(out_),
                   "# HELP switchyard_{0} {1}\n# TYPE switchyard_{0} {2}\n", name, help, type);
  }
  void sample(Labels labels, std::uint64_t value) {
    fmt::format_to(std::back_inserter(out_), "switchyard_{}", name_);
    char before = '{';
    for (const auto& [label, text] : labels) {
      fmt::format_to(std::back_inserter(out_), "{}{}=\"{}\"", before, label, escaped(text));
      before = ',';
    }
    if (labels.size() != 0) out_ += '}';
    fmt::format_to(std::back_inserter(out_), " {}\n", value);
  }
  std::string take() { return std::move(out_); }

 private:
  std::string_view name_;
  std::string out_;
};

void add_decisions(Text& text, const Metrics& metrics) {
  const auto each = [&](Decision::Kind kind, auto add) {
    for (const DecisionCount& count : metrics.decisions) {
      if (count.kind == kind) add(count);
    }
  };
  text.family("decisions_total", "counter", "Decisions for a target, by the rule that decided.");
  each(Decision::Kind::kTarget, [&](const DecisionCount& own) {
    text.sample({{"policy", own.policy}, {"target", own.target}, {"rule", own.rule}}, own.count);
  });
  text.family("refusals_total", "counter", "Decisions that refuse, by the rule that refused.");
  each(Decision::Kind::kRefused, [&](const DecisionCount& own) {
    text.sample({{"policy", own.policy}, {"rule", own.rule}}, own.count);
  });
  text.family("excluded_total", "counter",
              "Inputs that contradict an assumption of the policy, by the assumption.");
  each(Decision::Kind::kExcluded, [&](const DecisionCount& own) {
    text.sample({{"policy", own.policy}, {"assumption", own.rule}}, own.count);
  });
  text.family("bad_facts_total", "counter", "Inputs with a fact outside its domain, by the fact.");
  each(Decision::Kind::kBadFact, [&](const DecisionCount& own) {
    text.sample({{"policy", own.policy}, {"fact", own.rule}}, own.count);
  });
  text.family("undecided_total", "counter",
              "Inputs that no rule decides; policyc lets none through.");
  each(Decision::Kind::kUndecided, [&](const DecisionCount& own) {
    text.sample({{"policy", own.policy}}, own.count);
  });
}

void add_tables(Text& text, const Metrics& metrics) {
  text.family("table_generation", "gauge", "Generation of the newest table that decided.");
  for (const TableInUse& own : metrics.tables)
    text.sample({{"policy", own.policy}}, own.generation);
  text.family("table_info", "gauge", "Content hash of that table; always 1.");
  for (const TableInUse& own : metrics.tables) {
    text.sample({{"policy", own.policy}, {"table", own.hash}}, 1);
  }
  if (metrics.reloads.empty()) return;
  text.family("reloads_total", "counter", "Tables offered to replace the one in use, by result.");
  for (const ReloadCount& own : metrics.reloads) {
    text.sample({{"policy", own.policy}, {"result", "accepted"}}, own.accepted);
    text.sample({{"policy", own.policy}, {"result", "refused"}}, own.refused);
  }
}

void add_log(Text& text, const Metrics& metrics) {
  text.family("log_lines_total", "counter", "Lines written to the decision log.");
  text.sample({}, metrics.lines);
  text.family("log_dropped_lines_total", "counter", "Lines of the decision log that were lost.");
  text.sample({{"reason", "ring_full"}}, metrics.lost_ring);
  text.sample({{"reason", "file"}}, metrics.lost_file);
  text.family("log_rotations_total", "counter", "Times that the decision log began a new file.");
  text.sample({}, metrics.rotations);
  text.family("log_writable", "gauge", "1, or 0 while the decision log cannot be written.");
  text.sample({}, metrics.writing ? 1 : 0);
  text.family("slow_paths_total", "counter",
              "Boxes of facts in which a target runs where a faster one could.");
  text.sample({}, metrics.slow_paths);
}

}  // namespace

std::string to_prometheus(const Metrics& metrics) {
  Text text;
  text.family("build_info", "gauge", "Version of libswitchyard; always 1.");
  text.sample({{"version", SWITCHYARD_VERSION}}, 1);
  add_decisions(text, metrics);
  add_tables(text, metrics);
  add_log(text, metrics);
  return text.take();
}

}  // namespace switchyard
