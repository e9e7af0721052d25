#include <utility>

#include "compiler/diagnostic/registry.h"
#include "compiler/parse/build.h"

namespace switchyard {

ast::Guarantee Builder::guarantee(Grammar::GuaranteeContext& tree) {
  ast::Guarantee built;
  built.name = name(*tree.identifier());
  if (tree.QUOTED()) built.text = text(*tree.QUOTED());
  if (auto* influence = tree.influence()) {
    ast::Guarantee::Matters node;
    node.fact = name(*influence->identifier());
    node.matters = influence->MATTERS() != nullptr;
    if (influence->condition()) node.when = condition(*influence->condition());
    built.promise = std::move(node);
    return built;
  }
  auto& promise = *tree.promise();
  ast::Guarantee::Implies node;
  node.condition = disjunction(*promise.disjunction());
  for (auto* alternative : promise.outcome()) node.alternatives.push_back(outcome(*alternative));
  built.promise = std::move(node);
  return built;
}

ast::Outcome Builder::outcome(Grammar::OutcomeContext& tree) {
  ast::Outcome built;
  built.negated = tree.NOT() != nullptr;
  built.span = span(tree);
  auto* body = tree.outcomeBody();
  if (dynamic_cast<Grammar::OutcomeRefuseContext*>(body)) {
    built.node = ast::Outcome::Refuse{};
  } else if (auto* in = dynamic_cast<Grammar::OutcomeInContext*>(body)) {
    built.node = ast::Outcome::In{set(*in->setExpression())};
  } else if (auto* one = dynamic_cast<Grammar::OutcomeTargetContext*>(body)) {
    built.node = ast::Outcome::Is{name(*one->identifier())};
  } else if (auto* equal = dynamic_cast<Grammar::OutcomeDecisionContext*>(body)) {
    built.decision = name(*equal->identifier(0));
    built.node = ast::Outcome::Is{name(*equal->identifier(1))};
    if (equal->NE()) built.negated = !built.negated;
  } else if (auto* among = dynamic_cast<Grammar::OutcomeDecisionInContext*>(body)) {
    built.decision = name(*among->identifier());
    built.node = ast::Outcome::In{set(*among->setExpression())};
    if (among->NOT()) built.negated = !built.negated;
  } else {
    auto& member = static_cast<Grammar::OutcomeMemberContext&>(*body);
    ast::Name base = name(*member.identifier(0));
    ast::Name part = name(*member.identifier(1));
    const ast::CompareOp op = compare_op(*member.compareOp());
    ast::Value right = value(*member.value());
    if (base.text != "target") built.decision = base;
    // An integer may be the value of a parameter or of an attribute; sema knows which exists.
    if (const auto* number = std::get_if<ast::Integer>(&right)) {
      built.node = ast::Outcome::Parameter{std::move(base), std::move(part), op, *number};
    } else {
      if (op != ast::CompareOp::kEq && op != ast::CompareOp::kNe) {
        sink_.report(diag::OrderedAttribute, span(*member.compareOp()))
            .with_help("parameters are compared with integers by any operator");
      }
      built.node = ast::Outcome::Attribute{std::move(base), std::move(part),
                                           op == ast::CompareOp::kEq, std::move(right)};
    }
  }
  return built;
}

ast::Example Builder::example(Grammar::ExampleContext& tree) {
  ast::Example built;
  for (auto* one : tree.exampleFact()) {
    ast::ExampleFact fact;
    fact.fact = name(*one->identifier());
    fact.negated = one->NOT() != nullptr;
    fact.span = span(*one);
    if (one->value()) {
      fact.value = value(*one->value());
    } else if (one->setLiteral()) {
      fact.value = set_literal(*one->setLiteral());
    }
    built.facts.push_back(std::move(fact));
  }
  built.expected = outcome(*tree.outcome());
  return built;
}

void Builder::require_reason(const ast::Text& reason, std::string_view what) {
  const std::string_view written = spelling(reason.span);
  const bool closed = written.size() >= 2 && written.back() == '"';  // or else reported already
  if (!closed || reason.value.find_first_not_of(" \t\n") != std::string::npos) return;
  sink_.report(diag::EmptyReason, reason.span, what)
      .with_help("say why, for the one who meets it");
}

ast::Acceptance Builder::acceptance(Grammar::AllowContext& tree) {
  require_reason(*text(tree.because()), "`allow` line");
  const Span code = span(*tree.CODE());
  return {{std::string(spelling(code)), code}, *text(tree.because())};
}

ast::Allow Builder::allow(Grammar::AllowContext& tree) {
  require_reason(*text(tree.because()), "`allow` line");
  return {tree.SLOWER() ? ast::Allow::What::kSlower : ast::Allow::What::kUnsupported,
          condition(*tree.condition()), *text(tree.because())};
}

}  // namespace switchyard
