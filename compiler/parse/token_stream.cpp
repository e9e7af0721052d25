#include "compiler/parse/token_stream.h"

#include <algorithm>

namespace switchyard {

void TokenStream::start_item(size_t index) {
  made_.clear();
  first_ = index;
  position_ = index;
}

void TokenStream::consume() {
  if (position_ + 1 < tokens_.size()) ++position_;
}

size_t TokenStream::LA(ssize_t i) {
  if (i == 0) return antlr4::Token::INVALID_TYPE;
  const ssize_t at = static_cast<ssize_t>(position_) + (i > 0 ? i - 1 : i);
  if (at < 0) return antlr4::Token::INVALID_TYPE;
  const Token& token = tokens_[std::min(static_cast<size_t>(at), tokens_.size() - 1)];
  return token.type == Token::kEndOfFile ? antlr4::Token::EOF : token.type;
}

antlr4::Token* TokenStream::LT(ssize_t k) {
  const ssize_t at = static_cast<ssize_t>(position_) + (k > 0 ? k - 1 : k);
  if (k == 0 || at < static_cast<ssize_t>(first_)) return nullptr;
  return get(static_cast<size_t>(at));
}

antlr4::Token* TokenStream::get(size_t index) const {
  index = std::min(index, tokens_.size() - 1);
  while (first_ + made_.size() <= index) {
    const size_t next = first_ + made_.size();
    const Token& token = tokens_[next];
    const size_t type = token.type == Token::kEndOfFile ? antlr4::Token::EOF : token.type;
    antlr4::CommonToken& made = made_.emplace_back(type);
    made.setStartIndex(token.begin);
    made.setStopIndex(token.end == 0 ? 0 : token.end - 1);
    made.setTokenIndex(next);
  }
  return &made_[index - first_];
}

}  // namespace switchyard
