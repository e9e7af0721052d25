#include "compiler/driver/region_option.h"

#include <fmt/format.h>

#include <map>
#include <vector>

#include "compiler/parse/parse.h"
#include "compiler/verify/check.h"

namespace switchyard::driver {
namespace {

// The lets of both sides: one whose meaning is not clear, or that is about more than facts, is
// refused.
std::vector<KnownName> lets_of(const diff::Pair& pair) {
  std::map<std::string, KnownName> known;
  for (const Model* model : {&pair.old_model, &pair.new_model}) {
    for (const Let& let : model->lets) {
      const FormulaId formula = let.condition.formula;
      const auto [place, added] = known.try_emplace(let.name, KnownName{let.name, formula, ""});
      KnownName& own = place->second;
      if (reads_decisions(*model, model->formulas, formula)) {
        own.why = fmt::format(
            "`{}` is a `let` that reads a decision; a region is a condition over facts", let.name);
      } else if (!added && own.formula && *own.formula != formula) {
        own.why = fmt::format(
            "the `let` of this name is another condition in each policy; write out the "
            "one that you mean");
      }
      if (!own.why.empty()) own.formula.reset();
    }
  }
  std::vector<KnownName> names;
  for (auto& [name, own] : known) names.push_back(std::move(own));
  return names;
}

}  // namespace

RegionReader::RegionReader(diff::Pair& pair) : pair_(pair), lets_(lets_of(pair)) {}

RegionReader::~RegionReader() { pair_.new_model.formulas = pair_.old_model.formulas; }

std::optional<FormulaId> RegionReader::read(const std::string& text, const std::string& name,
                                            SourceMap& sources, DiagnosticSink& sink) {
  const ast::ConditionPtr condition = parse_condition(sources, name, text, sink);
  if (condition == nullptr) return std::nullopt;
  return resolve_condition(*condition, sources, pair_.old_model, lets_, sink);
}

}  // namespace switchyard::driver
