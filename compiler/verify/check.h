#pragma once

#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/verify/judge.h"
#include "compiler/verify/source_edits.h"

// One check a file, each a question to the judge and the findings that follow from its answers.
namespace switchyard {

struct Check {
  const Model& model;
  Formulas& formulas;  // the model's, to which checks add
  const Partition& partition;
  Judge& judge;
  const SourceMap& sources;
  DiagnosticSink& sink;
  const std::set<FileId>& foreign_files;  // VerifyOptions
  std::size_t limit;  // of findings of a kind: VerifyOptions
  std::size_t boxes;  // of a finding's region: VerifyOptions
  std::size_t box_steps = 0;  // CoverLimit::steps
  std::set<const DiagnosticInfo*> cut = {};  // those of which there are more than that, perhaps
};

// Whether there are findings enough of a kind, so that a check over all rules ends; the last of them
// gets a remark that says so. Of a kind, since warnings are accepted by kind.
bool enough(Check& check, const DiagnosticInfo& kind);

// Whether the assumptions admit anything; when not, no other check makes sense.
bool check_assumptions(Check& check);
void check_undecided(Check& check);
void check_reach(Check& check);
void check_requires(Check& check);
void check_promises(Check& check);
void check_influences(Check& check);
// Warnings.
void check_effect(Check& check);
void check_slower(Check& check);
void check_redundant(Check& check);
void check_idle(Check& check);
void check_unused(Check& check);

// ---- What the findings have in common ----------------------------------------------------------

// The fixed facts of the example as the finding's input; a remark where there are none, and where a
// shorter one may exist.
void show_example(const Check& check, const Example& example, Diagnostic& diagnostic);

// All combinations of which the finding speaks, as a few boxes with their sizes.
void show_region(Check& check, const Region& region, Diagnostic& diagnostic);

// "`packed(block_m = 16)`" or "a refusal".
std::string spell_outcome(const Model& model, OutcomeId outcome);

// The entry of a row in a rule of several, else its rule.
Span span_of_row(const Model& model, RowId row);

// Points at the rule that decides the example, or one of the rules, and says what it chooses.
void note_decider(const Model& model, const Example& example, Diagnostic& diagnostic);

// The rows of every rule: first and one past the last, by RuleId.
std::vector<std::pair<RowId, RowId>> rows_of_rules(const Model& model);

// How a rule's condition becomes another: it holds in more combinations, in fewer, or neither.
enum class Change : std::uint8_t { kWider, kNarrower, kAny };

// Whether an admitted combination gets another outcome in the rule's block when the rule's rows
// have these formulas, by row, instead of their own. kWider and kNarrower: all rows' formulas are
// their own with another condition of the rule.
bool changes(Check& check, RuleId rule, std::pair<RowId, RowId> rows,
             std::span<const FormulaId> formulas, Change change);

// Whether removing the rule changes nothing.
bool redundant(Check& check, RuleId rule, std::pair<RowId, RowId> rows);

// Whether a formula speaks of decisions.
bool reads_decisions(const Model& model, const Formulas& formulas, FormulaId formula);

}  // namespace switchyard
