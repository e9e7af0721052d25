#include <mutex>
#include <utility>

#include "PolicyParser.h"
#include "compiler/diagnostic/registry.h"
#include "compiler/parse/grammar_lock.h"
#include "compiler/parse/lex.h"
#include "compiler/parse/parse.h"
#include "compiler/parse/parse_tokens.h"

namespace switchyard {
namespace {

using G = grammar::PolicyParser;

// Whether every parenthesis has its other one, else reports the first that has none. Those around
// the whole, which the user did not write, would be taken for it.
bool balanced(const TokenList& list, FileId file, DiagnosticSink& sink) {
  std::vector<Span> open;
  for (const Token& token : list.tokens) {
    const Span span{file, token.begin, token.end};
    if (token.type == G::OPEN_PAREN) open.push_back(span);
    if (token.type != G::CLOSE_PAREN) continue;
    if (open.empty()) {
      sink.report(diag::NothingToClose, span, ")").with_fix("leave it out", span, "");
      return false;
    }
    open.pop_back();
  }
  if (open.empty()) return true;
  const std::uint32_t end = list.tokens.size() > 1 ? list.tokens[list.tokens.size() - 2].end : 0;
  sink.report(diag::NeverClosed, open.back(), "(")
      .with_label("opened here")
      .with_note({file, end, end}, "the condition ends here without a `)`");
  return false;
}

// `let NAME = (` and `)` around the tokens, none of which has a byte of the text: so every place is
// one of the text, and what ends the condition early is an error where it stands.
void enclose(TokenList& list) {
  std::vector<Token> all;
  for (const std::size_t type : {G::LET, G::IDENTIFIER, G::ASSIGN, G::OPEN_PAREN}) {
    all.push_back({0, 0, static_cast<std::uint16_t>(type), type == G::LET});
  }
  list.tokens.front().first_on_line = false;
  const Token end = list.tokens.back();
  all.insert(all.end(), list.tokens.begin(), list.tokens.end() - 1);
  all.push_back({end.begin, end.begin, static_cast<std::uint16_t>(G::CLOSE_PAREN), true});
  all.push_back(end);
  list.tokens = std::move(all);
}

}  // namespace

ast::ConditionPtr parse_condition(SourceMap& sources, const std::string& name,
                                  const std::string& text, DiagnosticSink& sink) {
  const FileId file = sources.add(name, text);
  const std::size_t errors = sink.error_count();
  const std::lock_guard lock(grammar_mutex());
  TokenList list = lex(sources, file, sink);
  if (sink.error_count() != errors || !balanced(list, file, sink)) return nullptr;
  if (list.tokens.size() == 1) {
    sink.report(diag::Unexpected, {file, 0, 0}, "a condition", "nothing");
    return nullptr;
  }
  enclose(list);
  ast::File parsed = parse_tokens(sources, file, list, sink);
  if (sink.error_count() != errors || parsed.items.empty()) return nullptr;
  return std::move(std::get<ast::Let>(parsed.items[0].node).condition);
}

}  // namespace switchyard
