#include "compiler/parse/lex.h"

#include <string>

#include "PolicyLexer.h"
#include "compiler/diagnostic/registry.h"
#include "compiler/parse/byte_stream.h"
#include "compiler/parse/repair.h"
#include "compiler/source/utf8.h"

namespace switchyard {
namespace {

using Lexer = grammar::PolicyLexer;

class Reader {
 public:
  Reader(const SourceFile& source, FileId file, DiagnosticSink& sink)
      : text_(source.text()), file_(file), sink_(sink), repair_(text_, file, sink) {}

  TokenList read();

 private:
  bool readable();
  void accept(Token token);
  bool nesting_fits();

  Span span(const Token& token) const { return {file_, token.begin, token.end}; }

  std::string_view text_;
  FileId file_;
  DiagnosticSink& sink_;
  Repair repair_;
  TokenList list_;
};

// The whole text is checked first, since neither the lexer nor a terminal can take what is no text.
bool Reader::readable() {
  if (const auto nul = text_.find('\0'); nul != std::string_view::npos) {
    const auto at = static_cast<std::uint32_t>(nul);
    sink_.report(diag::NulByte, {file_, at, at + 1})
        .with_help("a policy is UTF-8 text; UTF-16 files contain NUL bytes, save it as UTF-8");
    return false;
  }
  std::size_t at = 0;
  while (at < text_.size()) {
    const auto [character, length] = decode_utf8(text_, at);
    if (character == kNotUtf8) {
      const auto begin = static_cast<std::uint32_t>(at);
      sink_.report(diag::NotUtf8, {file_, begin, begin + 1},
                   static_cast<unsigned>(static_cast<unsigned char>(text_[at])))
          .with_help("save the file as UTF-8");
      return false;
    }
    at += length;
  }
  return true;
}

TokenList Reader::read() {
  const auto size = static_cast<std::uint32_t>(text_.size());
  if (readable()) {
    // A byte order mark says UTF-8 and nothing else.
    ByteStream stream(text_);
    if (text_.starts_with("\xEF\xBB\xBF")) stream.seek(3);
    Lexer lexer(&stream);
    lexer.removeErrorListeners();
    std::size_t line = 0;
    while (true) {
      const auto made = lexer.nextToken();
      if (made->getType() == antlr4::Token::EOF) break;
      Token token;
      token.begin = static_cast<std::uint32_t>(made->getStartIndex());
      token.end = static_cast<std::uint32_t>(made->getStopIndex()) + 1;
      token.type = static_cast<std::uint16_t>(made->getType());
      if (token.type == Lexer::COMMENT) {
        list_.comments.push_back(token);
        continue;
      }
      token.first_on_line = made->getLine() != line;
      line = made->getLine();
      accept(token);
    }
    if (!nesting_fits()) list_.tokens.clear();
  }
  list_.tokens.push_back({size, size, Token::kEndOfFile, true});
  return std::move(list_);
}

void Reader::accept(Token token) {
  const std::size_t errors = sink_.error_count();
  const std::uint16_t before =
      list_.tokens.empty() ? std::uint16_t{0} : list_.tokens.back().type;
  const bool kept = repair_.admit(token, before);
  if (sink_.error_count() > errors) list_.errors.push_back(token.begin);
  if (kept) list_.tokens.push_back(token);
}

// The parser recurses into parentheses, so their depth is counted before it runs, with the `not`s
// that stand before them. `implies` is added by the builder, which has the chains in hand.
bool Reader::nesting_fits() {
  std::vector<int> pending = {0};  // `not`s that the operand of each open level will end
  int depth = 0;
  for (const Token& token : list_.tokens) {
    int& nots = pending.back();
    switch (token.type) {
      case Lexer::NOT:
        ++nots;
        ++depth;
        break;
      case Lexer::OPEN_PAREN:
        pending.push_back(0);
        ++depth;
        break;
      case Lexer::CLOSE_PAREN:
        depth -= nots;
        nots = 0;
        if (pending.size() > 1) {
          pending.pop_back();
          --depth;
          depth -= pending.back();
          pending.back() = 0;
        }
        break;
      default:
        depth -= nots;
        nots = 0;
        break;
    }
    if (depth > kMaxNesting) {
      sink_.report(diag::NestedTooDeep, span(token), kMaxNesting)
          .with_help("name the inner part with `let` and use the name");
      return false;
    }
  }
  return true;
}

}  // namespace

TokenList lex(const SourceMap& sources, FileId file, DiagnosticSink& sink) {
  return Reader(sources.file(file), file, sink).read();
}

}  // namespace switchyard
