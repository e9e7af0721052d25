#include <utility>

#include "compiler/parse/build.h"

namespace switchyard {
namespace {

template <typename Node>
ast::ConditionPtr make(Node node, Span span) {
  auto built = std::make_unique<ast::Condition>();
  built->node = std::move(node);
  built->span = span;
  return built;
}

Span between(Span first, Span last) { return {first.file, first.begin, last.end}; }

// The span of an operand in a chain: with its parentheses, as the chain is written.
template <typename Node>
ast::ConditionPtr chain(std::vector<ast::ConditionPtr> operands, Span span) {
  if (operands.size() == 1) return std::move(operands.front());
  return make(Node{std::move(operands)}, span);
}

}  // namespace

// `a implies b implies c` is `a implies (b implies c)`.
ast::ConditionPtr Builder::condition(Grammar::ConditionContext& tree) {
  const auto parts = tree.disjunction();
  const int levels = static_cast<int>(std::min<std::size_t>(parts.size() - 1, kMaxNesting + 1));
  ast::ConditionPtr built;
  if (deeper(levels, span(tree))) {
    const Span whole = span(tree);
    built = disjunction(*parts.back());
    for (std::size_t i = parts.size() - 1; i-- > 0;) {
      const Span at = between(span(*parts[i]), whole);
      auto left = disjunction(*parts[i]);
      built = make(ast::Condition::Implies{std::move(left), std::move(built)}, at);
    }
  } else {
    built = make(ast::Condition::Constant{true}, span(tree));
  }
  depth_ -= levels;
  return built;
}

ast::ConditionPtr Builder::disjunction(Grammar::DisjunctionContext& tree) {
  std::vector<ast::ConditionPtr> operands;
  for (auto* one : tree.conjunction()) operands.push_back(conjunction(*one));
  return chain<ast::Condition::Or>(std::move(operands), span(tree));
}

ast::ConditionPtr Builder::conjunction(Grammar::ConjunctionContext& tree) {
  std::vector<ast::ConditionPtr> operands;
  for (auto* one : tree.negation()) operands.push_back(negation(*one));
  return chain<ast::Condition::And>(std::move(operands), span(tree));
}

ast::ConditionPtr Builder::negation(Grammar::NegationContext& tree) {
  const auto nots = tree.NOT();
  const int levels = static_cast<int>(std::min<std::size_t>(nots.size(), kMaxNesting + 1));
  ast::ConditionPtr built;
  if (deeper(levels, span(tree))) {
    const Span whole = span(tree);
    built = primary(*tree.primary());
    for (std::size_t i = nots.size(); i-- > 0;) {
      built = make(ast::Condition::Not{std::move(built)}, between(span(*nots[i]), whole));
    }
  } else {
    built = make(ast::Condition::Constant{true}, span(tree));
  }
  depth_ -= levels;
  return built;
}

ast::ConditionPtr Builder::primary(Grammar::PrimaryContext& tree) {
  const Span at = span(tree);
  if (auto* bare = dynamic_cast<Grammar::PrimaryBareContext*>(&tree)) {
    return make(ast::Condition::Bare{operand(*bare->operand())}, at);
  }
  if (auto* compare = dynamic_cast<Grammar::PrimaryCompareContext*>(&tree)) {
    ast::Condition::Compare node;
    node.left = operand(*compare->operand());
    node.op = compare_op(*compare->compareOp());
    node.op_span = span(*compare->compareOp());
    if (compare->value()) {
      node.right = value(*compare->value());
    } else {
      node.right = set_literal(*compare->setLiteral());
    }
    return make(std::move(node), at);
  }
  if (auto* in = dynamic_cast<Grammar::PrimaryInContext*>(&tree)) {
    ast::Condition::In node;
    node.left = operand(*in->operand());
    node.negated = in->NOT() != nullptr;
    if (in->range()) {
      node.right = range(*in->range());
    } else {
      node.right = set(*in->setExpression());
    }
    return make(std::move(node), at);
  }
  if (auto* inner = dynamic_cast<Grammar::PrimaryParenthesesContext*>(&tree)) {
    ast::ConditionPtr built;
    if (deeper(1, at)) {
      built = condition(*inner->condition());
    } else {
      built = make(ast::Condition::Constant{true}, at);
    }
    --depth_;
    built->parenthesized = true;
    return built;
  }
  if (auto* can = dynamic_cast<Grammar::PrimaryCanContext*>(&tree)) {
    return make(ast::Condition::Can{name(*can->identifier())}, at);
  }
  if (auto* modulo = dynamic_cast<Grammar::PrimaryModuloContext*>(&tree)) {
    ast::Condition::Modulo node;
    node.left = operand(*modulo->operand());
    node.modulus = integer(*modulo->integer(0));
    node.op = compare_op(*modulo->compareOp());
    node.right = integer(*modulo->integer(1));
    return make(std::move(node), at);
  }
  if (auto* has = dynamic_cast<Grammar::PrimaryHasContext*>(&tree)) {
    ast::Condition::Has node{ast::Condition::Has::Mode::kOne, operand(*has->operand()),
                             symbol(*has->symbol())};
    return make(std::move(node), at);
  }
  if (auto* has = dynamic_cast<Grammar::PrimaryHasSetContext*>(&tree)) {
    using Mode = ast::Condition::Has::Mode;
    ast::Condition::Has node{has->ANY() ? Mode::kAny : Mode::kAll, operand(*has->operand()),
                             set(*has->setExpression())};
    return make(std::move(node), at);
  }
  auto& constant = static_cast<Grammar::PrimaryConstantContext&>(tree);
  return make(ast::Condition::Constant{constant.TRUE() != nullptr}, at);
}

ast::Operand Builder::operand(Grammar::OperandContext& tree) const {
  ast::Operand built;
  built.name = name(*tree.identifier(0));
  if (tree.DOT()) built.member = name(*tree.identifier(1));
  built.span = span(tree);
  return built;
}

ast::CompareOp Builder::compare_op(Grammar::CompareOpContext& tree) {
  switch (tree.start->getType()) {
    case Grammar::EQ: return ast::CompareOp::kEq;
    case Grammar::NE: return ast::CompareOp::kNe;
    case Grammar::LT: return ast::CompareOp::kLt;
    case Grammar::LE: return ast::CompareOp::kLe;
    case Grammar::GT: return ast::CompareOp::kGt;
    default: return ast::CompareOp::kGe;
  }
}

// ---- Sets ---------------------------------------------------------------------------------------

ast::SetPtr Builder::join(ast::Set::Binary::Op op, ast::SetPtr left, Span op_span,
                          ast::SetPtr right) {
  auto built = std::make_unique<ast::Set>();
  built->span = between(left->span, right->span);
  built->node = ast::Set::Binary{op, std::move(left), std::move(right), op_span};
  return built;
}

ast::SetPtr Builder::set(Grammar::SetExpressionContext& tree) {
  const auto terms = tree.setTerm();
  const auto bars = tree.BAR();
  const int levels = static_cast<int>(std::min<std::size_t>(bars.size(), kMaxNesting + 1));
  ast::SetPtr built = set_term(*terms.front());
  if (deeper(levels, span(tree))) {
    for (std::size_t i = 0; i < bars.size(); ++i) {
      built = join(ast::Set::Binary::Op::kUnion, std::move(built), span(*bars[i]),
                   set_term(*terms[i + 1]));
    }
  }
  depth_ -= levels;
  return built;
}

ast::SetPtr Builder::set_term(Grammar::SetTermContext& tree) {
  const auto factors = tree.setFactor();
  const int levels = static_cast<int>(std::min<std::size_t>(factors.size() - 1, kMaxNesting + 1));
  ast::SetPtr built = set_factor(*factors.front());
  if (deeper(levels, span(tree))) {
    for (std::size_t i = 1; i < factors.size(); ++i) {
      // The children alternate: factor, operator, factor, …
      auto& sign = static_cast<antlr4::tree::TerminalNode&>(*tree.children[2 * i - 1]);
      const bool both = sign.getSymbol()->getType() == Grammar::AMPERSAND;
      built = join(both ? ast::Set::Binary::Op::kIntersection : ast::Set::Binary::Op::kDifference,
                   std::move(built), span(sign), set_factor(*factors[i]));
    }
  }
  depth_ -= levels;
  return built;
}

ast::SetPtr Builder::set_factor(Grammar::SetFactorContext& tree) {
  if (tree.setLiteral()) return set_literal(*tree.setLiteral());
  if (tree.setExpression()) {
    deeper(1, span(tree));
    ast::SetPtr built = set(*tree.setExpression());
    --depth_;
    built->parenthesized = true;
    return built;
  }
  auto built = std::make_unique<ast::Set>();
  built->node = ast::Set::Reference{name(*tree.identifier())};
  built->span = span(tree);
  return built;
}

ast::SetPtr Builder::set_literal(Grammar::SetLiteralContext& tree) {
  ast::Set::Literal literal;
  for (auto* element : tree.setElement()) {
    if (element->range()) {
      literal.elements.emplace_back(range(*element->range()));
    } else {
      literal.elements.emplace_back(value(*element->value()));
    }
  }
  auto built = std::make_unique<ast::Set>();
  built->node = std::move(literal);
  built->span = span(tree);
  return built;
}

ast::Range Builder::range(Grammar::RangeContext& tree) {
  ast::Value low = number(*tree.number(0));
  return {std::move(low), number(*tree.number(1)), span(tree)};
}

}  // namespace switchyard
