#pragma once

#include <cstdint>
#include <vector>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/source/source_file.h"

namespace switchyard {

// A token of the language; 12 bytes, so that a file at the limit stays affordable. `type` is one of
// the generated PolicyLexer's, or kEndOfFile.
struct Token {
  static constexpr std::uint16_t kEndOfFile = 0xFFFF;

  std::uint32_t begin = 0, end = 0;  // bytes of the file
  std::uint16_t type = kEndOfFile;
  bool first_on_line = false;
};

struct TokenList {
  std::vector<Token> tokens;    // the last one is the end of the file, at its size
  std::vector<Token> comments;  // `#` to the end of the line, without the line break
  // Where lexical errors were reported, ascending: an item around one needs no second error.
  std::vector<std::uint32_t> errors;
};

// Splits a file into tokens. Reports every lexical error, and the first place nested too deep for
// the parser. A wrong token becomes the one that was probably meant, or is left out, so that the
// parser finds nothing more to say about it. Empty (end of file only) when the text is not UTF-8,
// contains NUL or is nested too deep, which is then reported. The caller holds grammar_mutex().
TokenList lex(const SourceMap& sources, FileId file, DiagnosticSink& sink);

// Nesting of parentheses, braces, `not` and `implies` (LANGUAGE.md, "Lexis").
inline constexpr int kMaxNesting = 256;

}  // namespace switchyard
