#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "PolicyParser.h"
#include "compiler/diagnostic/diagnostic.h"
#include "compiler/parse/ast.h"
#include "compiler/parse/lex.h"

namespace switchyard {

using Grammar = grammar::PolicyParser;

// Turns ANTLR's tree of one item into AST. The tree is complete: items with syntax errors never get
// here. Reports what the grammar cannot say (numbers out of range, nesting past the limit).
class Builder {
 public:
  Builder(const SourceFile& source, FileId file, const std::vector<Token>& tokens,
          DiagnosticSink& sink)
      : source_(source), file_(file), tokens_(tokens), sink_(sink) {}

  // Any item but a decision. None when a limit was exceeded, which is then reported.
  std::optional<ast::Item> item(Grammar::ItemContext& tree);
  ast::Name name(Grammar::IdentifierContext& tree) const;

 private:
  // build.cpp: declarations, rules
  ast::Fact fact(Grammar::FactContext& tree);
  ast::Type type(Grammar::FactTypeContext& tree);
  ast::FactSource fact_source(Grammar::FactSourceContext& tree) const;
  ast::Target target(Grammar::TargetContext& tree);
  ast::Parameter parameter(Grammar::ParameterContext& tree);
  ast::Requires requires_line(Grammar::RequiresLineContext& tree);
  ast::Rule rule(ast::Rule::Kind kind, std::vector<Grammar::EntryContext*> entries,
                 Grammar::GuardContext& guard, Grammar::BecauseContext* because);
  ast::Entry entry(Grammar::EntryContext& tree);

  // build_promise.cpp
  ast::Guarantee guarantee(Grammar::GuaranteeContext& tree);
  ast::Outcome outcome(Grammar::OutcomeContext& tree);
  ast::Example example(Grammar::ExampleContext& tree);
  // What stops or excuses something says why: reports a text without a word in it.
  void require_reason(const ast::Text& reason, std::string_view what);
  ast::Allow allow(Grammar::AllowContext& tree);
  ast::Acceptance acceptance(Grammar::AllowContext& tree);

  // build_condition.cpp
  ast::ConditionPtr condition(Grammar::ConditionContext& tree);
  ast::ConditionPtr disjunction(Grammar::DisjunctionContext& tree);
  ast::ConditionPtr conjunction(Grammar::ConjunctionContext& tree);
  ast::ConditionPtr negation(Grammar::NegationContext& tree);
  ast::ConditionPtr primary(Grammar::PrimaryContext& tree);
  ast::Operand operand(Grammar::OperandContext& tree) const;
  static ast::CompareOp compare_op(Grammar::CompareOpContext& tree);
  ast::SetPtr set(Grammar::SetExpressionContext& tree);
  ast::SetPtr set_term(Grammar::SetTermContext& tree);
  ast::SetPtr set_factor(Grammar::SetFactorContext& tree);
  ast::SetPtr set_literal(Grammar::SetLiteralContext& tree);
  ast::Range range(Grammar::RangeContext& tree);
  ast::SetPtr join(ast::Set::Binary::Op op, ast::SetPtr left, Span op_span, ast::SetPtr right);

  // build_literal.cpp
  ast::Name symbol(Grammar::SymbolContext& tree) const;
  std::vector<ast::Name> symbols(Grammar::SymbolsContext& tree) const;
  ast::Text text(antlr4::tree::TerminalNode& quoted) const;
  std::optional<ast::Text> text(Grammar::BecauseContext* tree) const;
  ast::Integer integer(Grammar::IntegerContext& tree);
  ast::Version version(Grammar::NumberContext& tree);
  ast::Value number(Grammar::NumberContext& tree);
  ast::Value value(Grammar::ValueContext& tree);

  Span span(const antlr4::ParserRuleContext& tree) const;
  Span span(antlr4::tree::TerminalNode& leaf) const;
  std::string_view spelling(Span at) const { return source_.text(at); }
  // Goes `levels` deeper; false when that is past the limit, which is reported once an item.
  bool deeper(int levels, Span at);

  const SourceFile& source_;
  FileId file_;
  const std::vector<Token>& tokens_;
  DiagnosticSink& sink_;
  int depth_ = 0;
  bool too_deep_ = false;
};

}  // namespace switchyard
