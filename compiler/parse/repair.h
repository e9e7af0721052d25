#pragma once

#include <cstdint>
#include <string_view>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/parse/lex.h"

namespace switchyard {

// What is wrong with single tokens: reported here, and mended so that the parser sees the token
// that was probably meant.
class Repair {
 public:
  Repair(std::string_view text, FileId file, DiagnosticSink& sink)
      : text_(text), file_(file), sink_(sink) {}

  // Checks a token and mends it; false: leave it out. `before`: the type of the token before it.
  bool admit(Token& token, std::uint16_t before);

 private:
  bool repair(Token& token, std::uint16_t before);
  void bad_word(Token& token);
  void bad_number(Token& token);
  void foreign(Token& token, std::uint16_t before);
  void stray(const Token& token);
  void check_escapes(const Token& token);

  std::string_view text(const Token& token) const {
    return text_.substr(token.begin, token.end - token.begin);
  }
  Span span(const Token& token) const { return {file_, token.begin, token.end}; }

  std::string_view text_;
  FileId file_;
  DiagnosticSink& sink_;
};

}  // namespace switchyard
