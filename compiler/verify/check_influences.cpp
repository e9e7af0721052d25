#include <fmt/format.h>

#include "compiler/diagnostic/registry.h"
#include "compiler/sema/resolve.h"
#include "compiler/verify/check.h"

// Does a fact that is said to matter, or not to, change the policy's outcome by itself?
namespace switchyard {

void check_influences(Check& check) {
  const Model& model = check.model;
  for (const Influence& influence : model.influences) {
    const Fact& fact = model.facts[influence.fact];
    const auto difference = check.judge.difference(influence.fact, influence.when);
    if (influence.matters == difference.has_value()) continue;
    if (influence.matters) {
      Diagnostic& found =
          check.sink.report(diag::NeverMatters, influence.span, influence.name, fact.name);
      if (!influence.text.empty()) found.with_label(influence.text);
      found.with_note(fact.span, "declared here");
      if (!check.judge.possible(influence.when, Where::admitted())) {
        found.with_help("the condition after `when` never holds");
      }
      continue;
    }
    Diagnostic& found =
        check.sink.report(diag::NotIrrelevant, influence.span, influence.name, fact.name);
    if (!influence.text.empty()) found.with_label(influence.text);
    show_example(check, difference->first, found);
    const Axis& axis = check.partition.axes[influence.fact];
    const auto side = [&](ClassId c, RowId row, bool sole) {
      const std::string& because = model.rules[model.rows[row].rule].because;
      found.with_note(span_of_row(model, row),
                      fmt::format("with {} = {}{}: {}{}", fact.name,
                                  spell(fact, axis.representative[c]), sole ? "" : ", for example",
                                  spell_outcome(model, model.rows[row].outcome),
                                  because.empty() ? "" : fmt::format(", \"{}\"", because)));
    };
    side(difference->first_class, difference->first.row, difference->first.sole);
    side(difference->second_class, difference->second_row, difference->second_sole);
  }
}

}  // namespace switchyard
