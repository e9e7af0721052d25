#pragma once

#include <deque>
#include <string>
#include <vector>

#include <antlr4-runtime.h>

#include "compiler/parse/lex.h"

namespace switchyard {

// Tokens as ANTLR's parser reads them. ANTLR's own token objects are made on demand, for the tokens
// of the current item only. `tokens` must outlive the stream.
class TokenStream final : public antlr4::TokenStream {
 public:
  explicit TokenStream(const std::vector<Token>& tokens) : tokens_(tokens) {}

  // Moves to the first token of an item and forgets ANTLR's tokens of the item before.
  void start_item(size_t index);

  void consume() override;
  size_t LA(ssize_t i) override;
  ssize_t mark() override { return 0; }
  void release(ssize_t) override {}
  size_t index() override { return position_; }
  void seek(size_t index) override { position_ = index; }
  size_t size() override { return tokens_.size(); }
  std::string getSourceName() const override { return {}; }
  antlr4::Token* LT(ssize_t k) override;
  antlr4::Token* get(size_t index) const override;
  antlr4::TokenSource* getTokenSource() const override { return nullptr; }
  // ANTLR asks for text in messages only, and none of its messages is shown.
  std::string getText(const antlr4::misc::Interval&) override { return {}; }
  std::string getText() override { return {}; }
  std::string getText(antlr4::RuleContext*) override { return {}; }
  std::string getText(antlr4::Token*, antlr4::Token*) override { return {}; }

 private:
  const std::vector<Token>& tokens_;
  size_t position_ = 0;
  size_t first_ = 0;  // index of made_.front()
  mutable std::deque<antlr4::CommonToken> made_;
};

}  // namespace switchyard
