#include <algorithm>

#include <fmt/format.h>

#include "compiler/diagnostic/registry.h"
#include "compiler/verify/check.h"

// Is there a fact that the policy reads and that never changes what it decides? A flag that was
// forgotten reads like one that works (vLLM #36422).
namespace switchyard {

namespace {

// A promise that says so already.
bool said_irrelevant(const Model& model, FactId fact) {
  return std::any_of(model.influences.begin(), model.influences.end(), [&](const Influence& own) {
    return own.fact == fact && !own.matters && own.when == kTrue;
  });
}

}  // namespace

void check_effect(Check& check) {
  const Model& model = check.model;
  std::vector<bool> read(model.facts.size());
  for (AtomId atom = 0; atom < model.formulas.atom_count(); ++atom) {
    read[model.formulas.atom(atom).fact] = true;
  }
  for (FactId fact = 0; fact < model.declared_facts; ++fact) {
    if (!read[fact] || said_irrelevant(model, fact) || check.judge.matters(fact)) continue;
    const Fact& own = model.facts[fact];
    Diagnostic& found = check.sink.report(diag::FactWithoutEffect, own.span, own.name);
    found.with_help(fmt::format("every two combinations that differ in it only are decided alike: "
                                "use it, remove it, or promise it, `guarantee NAME: {} irrelevant`",
                                own.name));
  }
}

}  // namespace switchyard
