#include "compiler/parse/failure.h"

namespace switchyard {

antlr4::Token* FailureStrategy::recoverInline(antlr4::Parser* parser) {
  throw antlr4::InputMismatchException(parser);
}

void FailureStrategy::reportError(antlr4::Parser* parser, const antlr4::RecognitionException& e) {
  failure_ = {};
  failure_.vocabulary = &parser->getVocabulary();
  failure_.offending = e.getOffendingToken()->getTokenIndex();
  for (auto* context = static_cast<antlr4::ParserRuleContext*>(parser->getContext()); context;
       context = dynamic_cast<antlr4::ParserRuleContext*>(context->parent)) {
    failure_.stack.push_back({context->getRuleIndex(),
                              context->start ? context->start->getTokenIndex() : 0});
  }
  if (parser->getInputStream()->index() == failure_.offending) {
    failure_.expected = parser->getExpectedTokens();
  }
}

}  // namespace switchyard
