#pragma once

#include <string>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/verify/judge.h"

// One check a file, each a question to the judge and the findings that follow from its answers.
namespace switchyard {

struct Check {
  const Model& model;
  Formulas& formulas;  // the model's, to which checks add
  const Partition& partition;
  Judge& judge;
  DiagnosticSink& sink;
};

// Whether the assumptions admit anything; when not, no other check makes sense.
bool check_assumptions(Check& check);
void check_undecided(Check& check);
void check_reach(Check& check);
void check_requires(Check& check);
void check_promises(Check& check);
void check_influences(Check& check);

// ---- What the findings have in common ----------------------------------------------------------

// The fixed facts of the example as the finding's input; a remark where there are none, and where a
// shorter one may exist.
void show_example(const Check& check, const Example& example, Diagnostic& diagnostic);

// "`packed(block_m = 16)`" or "a refusal".
std::string spell_outcome(const Model& model, OutcomeId outcome);

// The entry of a row in a rule of several, else its rule.
Span span_of_row(const Model& model, RowId row);

// Points at the rule that decides the example, or one of the rules, and says what it chooses.
void note_decider(const Model& model, const Example& example, Diagnostic& diagnostic);

// Whether a formula speaks of decisions.
bool reads_decisions(const Model& model, const Formulas& formulas, FormulaId formula);

}  // namespace switchyard
