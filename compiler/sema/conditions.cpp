#include "compiler/diagnostic/registry.h"
#include "compiler/sema/comparisons.h"
#include "compiler/sema/resolution.h"
#include "compiler/sema/subject.h"

// Conditions to clauses: the tree as it was written, with the formula of every part. The parser
// bounds the nesting, so recursion is safe here; lets are leaves.
namespace switchyard::sema {

namespace {

class Lowering {
 public:
  Lowering(Resolution& r, const ast::Condition& condition, Context& context)
      : r_(r), condition_(condition), context_(context) {}

  Clause operator()(const ast::Condition::Constant& c) { return leaf(c.value ? kTrue : kFalse); }
  Clause operator()(const ast::Condition::Bare& c) {
    Clause clause = leaf(lower_bare(r_, c, context_));
    const Declared* declared = find(r_.values, c.operand.name.text);
    if (declared != nullptr && declared->sort == Declared::Sort::kLet) clause.let = declared->index;
    return clause;
  }
  Clause operator()(const ast::Condition::Compare& c) {
    return leaf(lower_compare(r_, c, condition_.span, context_));
  }
  Clause operator()(const ast::Condition::In& c) { return leaf(lower_in(r_, c, context_)); }
  Clause operator()(const ast::Condition::Modulo& c) { return leaf(lower_modulo(r_, c, context_)); }
  Clause operator()(const ast::Condition::Has& c) { return leaf(lower_has(r_, c, context_)); }

  Clause operator()(const ast::Condition::Can& c) {
    if (context_.place == Context::Place::kAssume) {
      context_.failed = true;
      r_.sink->report(diag::CanInAssume, condition_.span)
          .with_help("`assume` says which combinations of facts cannot occur, whatever the kernels "
                     "can do");
      return leaf(kTrue);
    }
    const auto target = find_target(r_, c.target);
    if (!target || r_.targets[*target].broken) {
      context_.failed = true;
      return leaf(kTrue);
    }
    return leaf(ability_of(r_, *target, default_arguments(r_.model, *target)).able);
  }

  Clause operator()(const ast::Condition::Not& c) {
    Clause clause = leaf(kTrue);
    clause.kind = Clause::Kind::kNot;
    clause.parts.push_back(lower(r_, *c.operand, context_));
    clause.formula = r_.model.formulas.negate(clause.parts[0].formula);
    return clause;
  }

  Clause operator()(const ast::Condition::And& c) {
    Clause clause = parts(Clause::Kind::kAnd, c.operands);
    clause.formula = r_.model.formulas.all(formulas(clause));
    return clause;
  }

  Clause operator()(const ast::Condition::Or& c) {
    warn_of_mixture(c);
    Clause clause = parts(Clause::Kind::kOr, c.operands);
    clause.formula = r_.model.formulas.any(formulas(clause));
    return clause;
  }

  Clause operator()(const ast::Condition::Implies& c) {
    Clause clause = leaf(kTrue);
    clause.kind = Clause::Kind::kImplies;
    clause.parts.push_back(lower(r_, *c.left, context_));
    clause.parts.push_back(lower(r_, *c.right, context_));
    clause.formula =
        r_.model.formulas.implies(clause.parts[0].formula, clause.parts[1].formula);
    return clause;
  }

 private:
  Clause leaf(FormulaId formula) const {
    return {Clause::Kind::kLeaf, formula, condition_.span, {}, std::nullopt};
  }

  Clause parts(Clause::Kind kind, const std::vector<ast::ConditionPtr>& operands) {
    Clause clause = leaf(kTrue);
    clause.kind = kind;
    clause.parts.reserve(operands.size());
    for (const ast::ConditionPtr& operand : operands) {
      clause.parts.push_back(lower(r_, *operand, context_));
    }
    return clause;
  }

  static std::vector<FormulaId> formulas(const Clause& clause) {
    std::vector<FormulaId> ids;
    ids.reserve(clause.parts.size());
    for (const Clause& part : clause.parts) ids.push_back(part.formula);
    return ids;
  }

  void warn_of_mixture(const ast::Condition::Or& c) {
    std::vector<Span> read_first;
    for (const ast::ConditionPtr& operand : c.operands) {
      if (operand->parenthesized || !std::holds_alternative<ast::Condition::And>(operand->node)) {
        continue;
      }
      read_first.push_back(operand->span);
    }
    if (read_first.empty()) return;
    Diagnostic& diagnostic = r_.sink->report(diag::MixedAndOr, condition_.span);
    Fix fix{read_first.size() == 1 ? "put parentheses around it, or where they were meant"
                                   : "put parentheses around them, or where they were meant",
            {}};
    for (const Span span : read_first) {
      diagnostic.with_note(span, "`and` binds tighter: this part is read first");
      fix.edits.push_back({{span.file, span.begin, span.begin}, "("});
      fix.edits.push_back({{span.file, span.end, span.end}, ")"});
    }
    diagnostic.fixes.push_back(std::move(fix));
  }

  Resolution& r_;
  const ast::Condition& condition_;
  Context& context_;
};

}  // namespace

Clause lower(Resolution& r, const ast::Condition& condition, Context& context) {
  return std::visit(Lowering(r, condition, context), condition.node);
}

}  // namespace switchyard::sema
