#include "compiler/diagnostic/registry.h"
#include "compiler/sema/resolution.h"

// Assumptions, and the rules of every block with their rows.
namespace switchyard::sema {

OutcomeId outcome_id(Resolution& r, TargetId target, const std::vector<std::int64_t>& parameters) {
  const auto id = static_cast<OutcomeId>(r.model.outcomes.size());
  const auto [place, added] = r.outcome_ids.try_emplace(std::pair(target, parameters), id);
  if (added) r.model.outcomes.push_back({false, target, parameters});
  return place->second;
}

namespace {

constexpr OutcomeId kRefusal = 0;

bool belongs(Resolution& r, TargetId target, BlockId block, Span span) {
  const Target& used = r.model.targets[target];
  if (used.block == block) return true;
  const std::string& owner = r.model.blocks[used.block].name;
  const std::string& here = r.model.blocks[block].name;
  r.sink->report(diag::TargetOfOtherBlock, span, used.name,
                 owner.empty() ? std::string("the policy's own rules")
                               : fmt::format("the decision `{}`", owner),
                 here.empty() ? std::string("the policy's own rules")
                              : fmt::format("the decision `{}`", here))
      .with_note(used.span, "declared here")
      .with_help("a decision chooses among the targets declared inside it");
  return false;
}

std::optional<Entry> lower_entry(Resolution& r, const ast::Entry& source, BlockId block) {
  const auto target = find_target(r, source.target);
  if (!target || !belongs(r, *target, block, source.target.span)) return std::nullopt;
  const auto values = arguments_of(r, *target, source.arguments);
  if (!values) return std::nullopt;
  const Ability& ability = ability_of(r, *target, *values);
  Entry entry;
  entry.outcome = outcome_id(r, *target, *values);
  entry.requirements = ability.requirements;
  entry.able = ability.able;
  entry.span = source.span;
  return entry;
}

Rule::Kind kind_of(ast::Rule::Kind kind) {
  switch (kind) {
    case ast::Rule::Kind::kTarget: return Rule::Kind::kTarget;
    case ast::Rule::Kind::kFirstOf: return Rule::Kind::kFirstOf;
    case ast::Rule::Kind::kOnly: return Rule::Kind::kOnly;
    case ast::Rule::Kind::kRefuse: return Rule::Kind::kRefuse;
  }
  return Rule::Kind::kTarget;
}

void add_rows(Resolution& r, Rule& rule, RuleId id) {
  Model& model = r.model;
  const FormulaId when = rule.when.formula;
  const bool choosy = rule.kind == Rule::Kind::kFirstOf || rule.kind == Rule::Kind::kOnly;
  for (std::uint32_t i = 0; i < rule.entries.size(); ++i) {
    Entry& entry = rule.entries[i];
    entry.row = static_cast<RowId>(model.rows.size());
    const FormulaId formula = choosy ? model.formulas.all(when, entry.able) : when;
    model.rows.push_back({formula, entry.outcome, id, i});
  }
  if (rule.kind == Rule::Kind::kOnly || rule.kind == Rule::Kind::kRefuse) {
    model.rows.push_back({when, kRefusal, id, Row::kNoEntry});
  }
}

void lower_rule(Resolution& r, const ast::Item& item, BlockId block) {
  const auto& source = std::get<ast::Rule>(item.node);
  Rule rule;
  rule.kind = kind_of(source.kind);
  rule.block = block;
  rule.otherwise = source.when == nullptr;
  rule.because = source.because ? source.because->value : "";
  rule.span = item.span;
  for (const ast::Entry& entry : source.entries) {
    if (auto made = lower_entry(r, entry, block)) rule.entries.push_back(std::move(*made));
  }
  if (source.when) {
    Context context;
    context.block = block;
    rule.when = lower(r, *source.when, context);
  } else {
    rule.when = {Clause::Kind::kLeaf, kTrue, item.span, {}, std::nullopt};
  }
  add_rows(r, rule, static_cast<RuleId>(r.model.rules.size()));
  r.model.rules.push_back(std::move(rule));
}

void report_no_rules(Resolution& r, BlockId id) {
  const Block& block = r.model.blocks[id];
  if (id != r.main()) {
    r.sink->report(diag::NoRules, block.span, fmt::format("the decision `{}`", block.name))
        .with_help("give it at least one rule, as in `TARGET otherwise`");
    return;
  }
  // Beside another error a rule may be what could not be read.
  if (r.policy.files.empty() || r.sink->has_errors()) return;
  const FileId file = r.policy.files.back().file;
  r.sink->report(diag::NoRules, Span{file, 0, 0}, fmt::format("the policy `{}`", r.model.name))
      .with_help("declare a target and write at least one rule, as in `TARGET otherwise`");
}

}  // namespace

void resolve_rules(Resolution& r) {
  r.model.outcomes.push_back({true, 0, {}});
  std::vector<FormulaId> formulas;
  for (const ast::File& file : r.policy.files) {
    for (const ast::Item& item : file.items) {
      const auto* assume = std::get_if<ast::Assume>(&item.node);
      if (assume == nullptr) continue;
      Context context;
      context.place = Context::Place::kAssume;
      r.model.assumptions.push_back({lower(r, *assume->condition, context), item.span});
      formulas.push_back(r.model.assumptions.back().condition.formula);
    }
  }
  r.model.admitted = r.model.formulas.all(std::move(formulas));
  for (BlockId id = 0; id < r.blocks.size(); ++id) {
    Block& block = r.model.blocks[id];
    block.first_row = static_cast<RowId>(r.model.rows.size());
    for (const ast::Item* rule : r.blocks[id].rules) lower_rule(r, *rule, id);
    block.row_count = static_cast<RowId>(r.model.rows.size()) - block.first_row;
    if (r.blocks[id].rules.empty()) report_no_rules(r, id);
  }
}

}  // namespace switchyard::sema
