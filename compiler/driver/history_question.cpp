#include "compiler/driver/history_question.h"

#include <algorithm>

#include <fmt/format.h>

#include "compiler/diagnostic/did_you_mean.h"
#include "compiler/diff/restrict.h"
#include "compiler/diff_report/render.h"
#include "compiler/diff_report/report.h"
#include "compiler/parse/parse.h"
#include "compiler/sema/condition.h"
#include "compiler/verify/solver_judge.h"
#include "compiler/verify/verify.h"

namespace switchyard::driver {
namespace {

const Fact* find_fact(const Model& model, const std::string& name) {
  for (FactId id = 0; id < model.declared_facts; ++id) {
    if (model.facts[id].name == name) return &model.facts[id];
  }
  return nullptr;
}

std::string first_message(const DiagnosticSink& sink) {
  for (const Diagnostic& found : sink.diagnostics()) {
    if (found.info->severity == Severity::kError) return found.message;
  }
  return "the condition cannot be read";
}

// Versions have lets of their own.
std::vector<KnownName> refused_lets(const Model& model) {
  std::vector<KnownName> names;
  for (const Let& let : model.lets) {
    names.push_back({let.name, std::nullopt,
                     fmt::format("`{}` is a `let`, which may be another condition in each version; write "
                                 "it out", let.name)});
  }
  return names;
}

// The region in a model's formulas; none when it cannot be read, which is reported.
std::optional<FormulaId> region_in(const HistoryQuestion& question, Model& model, SourceMap& sources,
                                   DiagnosticSink& sink) {
  std::vector<FormulaId> all;
  for (const HistoryQuestion::Part& part : question.parts) {
    if (!part.fact.empty() && find_fact(model, part.fact) == nullptr) continue;
    const std::string name = part.fact.empty() ? "--region" : part.fact;
    const ast::ConditionPtr condition = parse_condition(sources, name, part.condition, sink);
    if (condition == nullptr) return std::nullopt;
    const auto formula = resolve_condition(*condition, sources, model, refused_lets(model), sink);
    if (!formula) return std::nullopt;
    all.push_back(*formula);
  }
  return model.formulas.all(std::move(all));
}

Expected<FormulaId> region_in(const HistoryQuestion& question, Model& model) {
  SourceMap sources;
  DiagnosticSink sink;
  const std::optional<FormulaId> region = region_in(question, model, sources, sink);
  if (!region) return fail(first_message(sink));
  return *region;
}

Expected<Partition> classes_of(const Model& model) {
  DiagnosticSink sink;
  std::optional<Partition> classes = partition(model, sink);
  if (!classes) return fail(first_message(sink));
  return std::move(*classes);
}

bool is_bad(const HistoryQuestion& question, const Model& model, const Row& row) {
  const Outcome& outcome = model.outcomes[row.outcome];
  if (outcome.refused) return question.bad == "refused";
  const Target& target = model.targets[outcome.target];
  if (question.attribute.empty()) return target.name == question.bad;
  return std::any_of(target.attributes.begin(), target.attributes.end(), [&](const Attribute& one) {
    return one.name == question.attribute && one.value == question.bad;
  });
}

Expected<Answer> bad_answer(const HistoryQuestion& question, const Loaded& version) {
  Model model = *version.model;
  const Expected<FormulaId> inside = region_in(question, model);
  if (!inside) return fail(inside.error().message);
  const Expected<Partition> classes = classes_of(model);
  if (!classes) return fail(classes.error().message);
  const auto own = static_cast<BlockId>(model.blocks.size() - 1);
  Region region{own, {}};
  for (RowId id = 0; id < model.rows.size(); ++id) {
    const bool last = model.rules[model.rows[id].rule].block == own;
    const bool ends = last || model.outcomes[model.rows[id].outcome].refused;
    if (ends && is_bad(question, model, model.rows[id])) region.parts.push_back({id, *inside});
  }
  SolverJudge judge(model, model.formulas, *classes);
  Answer answer;
  answer.bad = !region.parts.empty() && judge.meets(region);
  return answer;
}

// Where the guarantee of this name stands.
std::optional<Span> span_of_guarantee(const Model& model, const std::string& name) {
  for (const Promise& promise : model.promises) {
    if (!promise.name.empty() && promise.name == name) return promise.span;
  }
  for (const Influence& influence : model.influences) {
    if (influence.name == name) return influence.span;
  }
  return std::nullopt;
}

Expected<Answer> guarantee_answer(const HistoryQuestion& question, const Loaded& version) {
  const Model& model = *version.model;
  const std::optional<Span> span = span_of_guarantee(model, question.guarantee);
  if (!span) return Answer{"is not there", false, {}};
  const Expected<Partition> classes = classes_of(model);
  if (!classes) return fail(classes.error().message);
  DiagnosticSink sink;
  verify(model, *classes, build(model, *classes, DiagramBudget{}), version.sources, sink);
  for (const Diagnostic& found : sink.diagnostics()) {
    if (found.info->severity != Severity::kError || found.span != *span) continue;
    Answer answer{"broken", true, {}};
    std::string input;
    for (const Binding& binding : found.witness) {
      input += fmt::format("{}{} = {}", input.empty() ? "" : ", ", binding.fact, binding.value);
    }
    if (!input.empty()) answer.lines.push_back("for example " + input);
    return answer;
  }
  return Answer{"holds", false, {}};
}

}  // namespace

Expected<HistoryQuestion::Part> part_of(const std::string& fact_and_value, const Model& model) {
  const std::size_t equals = fact_and_value.find('=');
  if (equals == std::string::npos || equals == 0) {
    return fail(fmt::format("`{}` is not FACT=VALUE", fact_and_value));
  }
  const std::string name = fact_and_value.substr(0, equals);
  std::string value = fact_and_value.substr(equals + 1);
  const Fact* fact = find_fact(model, name);
  if (fact == nullptr) {
    std::vector<std::string> names;
    for (FactId id = 0; id < model.declared_facts; ++id) names.push_back(model.facts[id].name);
    const std::string meant = did_you_mean_text(name, names);
    return fail(fmt::format("no version of the policy has a fact `{}`{}{}", name,
                            meant.empty() ? "" : "; ", meant));
  }
  switch (fact->kind) {
    case FactKind::kBool:
      if (value == "1") value = "true";
      if (value == "0") value = "false";
      break;
    case FactKind::kEnum:
    case FactKind::kName:
      // In quotes it is a symbol whatever its letters. An unlisted name is `other`.
      if (value.find_first_of("\"\\\n") != std::string::npos) {
        return fail(fmt::format("`{}` has no value `{}`", name, value));
      }
      if (fact->kind == FactKind::kName &&
          std::find(fact->symbols.begin(), fact->symbols.end(), value) == fact->symbols.end()) {
        value = "other";
      } else {
        value = fmt::format("\"{}\"", value);
      }
      break;
    case FactKind::kInt:
    case FactKind::kVersion:
    case FactKind::kFlags:
    case FactKind::kSwitch:
    case FactKind::kDecision: break;
  }
  return HistoryQuestion::Part{name, fmt::format("{} == {}", name, value)};
}

bool check_question(const HistoryQuestion& question, const std::vector<const Loaded*>& versions,
                    const ReportOptions& options) {
  std::vector<std::string> attributes, outcomes = {"refused"}, guarantees;
  bool readable = false;
  SourceMap sources;
  DiagnosticSink sink;  // of the newest version
  for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
    Model model = *(*version)->model;
    readable = readable || (version == versions.rbegin()
                                ? region_in(question, model, sources, sink).has_value()
                                : region_in(question, model).has_value());
    for (const TargetId id : model.main().targets) {
      if (question.attribute.empty()) outcomes.push_back(model.targets[id].name);
      for (const Attribute& attribute : model.targets[id].attributes) {
        attributes.push_back(attribute.name);
        if (attribute.name == question.attribute) outcomes.push_back(attribute.value);
      }
    }
    for (const Promise& promise : model.promises) guarantees.push_back(promise.name);
    for (const Influence& influence : model.influences) guarantees.push_back(influence.name);
  }
  const auto known = [&](const std::string& name, const std::vector<std::string>& names,
                         std::string_view what) {
    if (name.empty() || std::find(names.begin(), names.end(), name) != names.end()) return true;
    const std::string meant = did_you_mean_text(name, names);
    report_error({fmt::format("no version of the policy has {} `{}`{}{}", what, name,
                              meant.empty() ? "" : "; ", meant)}, options);
    return false;
  };
  if (!readable) {
    report(sink, sources, options);
    report_error({"the region cannot be read by any version; above is what is wrong with it in the "
                  "newest"}, options);
    return false;
  }
  return known(question.attribute, attributes, "a target outside every `decision` with the attribute") &&
         known(question.guarantee, guarantees, "a guarantee") &&
         known(question.bad, outcomes,
               question.attribute.empty() ? "a target" : "a target with that value,");
}

Expected<Answer> answer_of(const HistoryQuestion& question, const Loaded& version) {
  if (question.about_guarantee()) return guarantee_answer(question, version);
  if (!question.bad.empty()) return bad_answer(question, version);
  return Answer{};
}

Expected<RegionChange> change_between(const HistoryQuestion& question, const Loaded& before,
                                      const Loaded& after) {
  auto pair = diff::align(*before.model, *after.model);
  if (!pair) return fail(pair.error().front().message);
  const Expected<FormulaId> inside = region_in(question, pair->old_model);
  if (!inside) return fail(inside.error().message);
  pair->new_model.formulas = pair->old_model.formulas;
  const diff::Pair within = diff::restricted(*pair, *inside);
  const Expected<Partition> classes = classes_of(within.new_model);
  if (!classes) return fail(classes.error().message);
  diff::Options options;
  if (!question.attribute.empty()) {
    options.compare = diff::Options::Compare::kAttribute;
    options.attribute = question.attribute;
  }
  const diff::Difference difference = diff::compare(within, *classes, options);
  const diff::Report report = diff::make_report(within, *classes, difference, options,
                                                {before.sources, after.sources, "", ""});
  RegionChange change;
  for (const diff::ReportedChange& own : report.changes) {
    change.lines.push_back(
        fmt::format("{}: {} -> {}", diff::size_of(own.region), own.from.label, own.to.label));
    for (std::size_t i = 0; i < own.region.boxes.size(); ++i) {
      change.lines.push_back(
          fmt::format("  {:<5} {}", i == 0 ? "where" : "or", diff::text_of(own.region.boxes[i])));
    }
    if (!own.region.complete) change.lines.push_back("        and more that these boxes do not show");
  }
  return change;
}

}  // namespace switchyard::driver
