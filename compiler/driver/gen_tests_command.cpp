#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "compiler/diagnostic/counted.h"
#include "compiler/diff/align.h"
#include "compiler/diff/diff.h"
#include "compiler/driver/command.h"
#include "compiler/driver/log_line.h"
#include "compiler/driver/open_model.h"
#include "compiler/driver/output.h"
#include "compiler/driver/report.h"
#include "compiler/sema/resolve.h"
#include "compiler/verify/check.h"
#include "compiler/verify/diagram_judge.h"
#include "compiler/verify/solver_judge.h"
#include "compiler/verify/verify.h"
#include "compiler/witness/inputs.h"
#include "runtime/base/check.h"
#include "runtime/decide/decide.h"
#include "runtime/decide/fact_row.h"

namespace switchyard::driver {
namespace {

WitnessInputs inputs_of(const OpenedModel& opened) {
  Formulas formulas = opened.model.formulas;
  if (opened.diagrams) {
    DiagramJudge judge(opened.model, formulas, opened.partition, *opened.diagrams,
                       VerifyOptions{}.budget);
    WitnessInputs inputs = witness_inputs(opened.model, formulas, opened.partition, opened.sources,
                                          judge, true);
    if (judge.sound()) return inputs;
    formulas = opened.model.formulas;
  }
  SolverJudge judge(opened.model, formulas, opened.partition);
  return witness_inputs(opened.model, formulas, opened.partition, opened.sources, judge, false);
}

class Writer {
 public:
  explicit Writer(const Table& table) : table_(table), row_(table) {}

  void add(const WitnessInput& input) {
    row_.clear();
    for (std::uint32_t fact = 0; fact < input.codes.size(); ++fact) {
      SWITCHYARD_CHECK(row_.set_code(fact, input.codes[fact]).has_value());
    }
    finish(input.shows);
  }

  // An input of two policies' common facts; what the table's policy lacks of them does not matter to
  // it. False when it has no such value: then it excludes the input before it decides.
  bool add(const Model& pair, const std::vector<std::int64_t>& codes, const std::string& shows) {
    row_.clear();
    for (FactId fact = 0; fact < pair.declared_facts; ++fact) {
      const auto own = table_.fact_index(pair.facts[fact].name);
      if (!own) continue;
      if (!row_.set_text(*own, spell(pair.facts[fact], codes[fact]))) return false;
    }
    finish(shows);
    return true;
  }

  const std::string& text() const { return text_; }

 private:
  void finish(const std::string& shows) {
    const Expected<const void*> facts = row_.finish();
    SWITCHYARD_CHECK(facts.has_value());
    const Decision decision = decide(table_, *facts);
    // Only a table that no compiler of ours wrote leaves something undecided.
    if (decision.kind == Decision::Kind::kUndecided) return;
    text_ += log_line(table_, *facts, decision, shows) + "\n";
  }

  const Table& table_;
  FactRow row_;
  std::string text_;
};

std::string spell_end(const Model& model, const diff::End& end) {
  switch (end.kind) {
    case diff::End::Kind::kTarget: return spell_outcome(model, model.rows[end.rows[0]].outcome);
    case diff::End::Kind::kRefused: return "refused";
    case diff::End::Kind::kExcluded: return "excluded";
    case diff::End::Kind::kUndecided: return "undecided";
  }
  SWITCHYARD_CHECK(false);
}

// An input of every region that changed. False after an error was reported.
bool add_changes(const OpenedModel& before, const OpenedModel& after, const ReportOptions& report,
                 Writer& out) {
  const auto pair = diff::align(before.model, after.model);
  if (!pair) {
    for (const diff::Conflict& conflict : pair.error()) report_error({conflict.message}, report);
    return false;
  }
  DiagnosticSink sink;
  const auto classes = partition(pair->new_model, sink);
  if (!classes) {
    report_error({"the two policies together tell too many values of a fact apart to be compared"},
                 report);
    return false;
  }
  std::size_t outside = 0;
  for (const diff::Change& change : diff::compare(*pair, *classes, {}).changes) {
    const std::string shows = fmt::format("changed: {} -> {}", spell_end(pair->old_model, change.from),
                                          spell_end(pair->new_model, change.to));
    if (!out.add(pair->new_model, codes_of(pair->new_model, *classes, change.witness), shows)) ++outside;
  }
  if (outside > 0) {
    print_error(
               "policyc: {} left out: the new policy has no such value of a fact\n",
               counted(outside, "changed region is", "changed regions are"));
  }
  return true;
}

}  // namespace

int gen_tests_command(Arguments arguments) {
  std::string policy, against;
  ReportOptions report;
  CLI::App app("Writes inputs that show what a policy does, with its decisions, as JSON Lines.",
               "policyc gen-tests");
  app.add_option("POLICY", policy, "a policy or a table; `-` reads a policy from standard input")
      ->required();
  app.add_option("--against", against, "an older policy or table: also an input of every region that changed");
  add_report_options(app, report);
  describe(app,
           "  policyc gen-tests moe.policy > moe.tests.jsonl\n"
           "  policyc test moe.policy moe.tests.jsonl\n"
           "  policyc gen-tests new.policy --against old.policy\n\n"
           "One input for each rule and each entry of a list, and two for each boundary: a number and\n"
           "the next one, where the outcome changes. Exit status: 0 done, 2 could not run.");
  if (const auto status = parse_arguments(app, arguments)) return *status;
  if (policy == "-" && against == "-") {
    report_error({"only one of the policies can be standard input"}, report);
    return kBadInput;
  }
  const auto opened = open_model(policy, report);
  if (!opened) return kBadInput;
  Writer out(opened->table);
  const WitnessInputs found = inputs_of(*opened);
  for (const WitnessInput& input : found.inputs) out.add(input);
  if (found.unsettled > 0) {
    print_error(
               "policyc: {} not looked at: the policy is beyond the diagrams' budget\n",
               counted(found.unsettled, "boundary was", "boundaries were"));
  }
  if (!against.empty()) {
    const auto before = open_model(against, report);
    if (!before || !add_changes(*before, *opened, report, out)) return kBadInput;
  }
  return write_out(out.text()) ? kOk : kBadInput;
}

}  // namespace switchyard::driver
