#include "compiler/parse/syntax_error.h"

#include "PolicyParser.h"
#include "compiler/diagnostic/registry.h"

namespace switchyard {

void report_syntax_error(const BrokenItem& item, const SourceFile& source, FileId file,
                         DiagnosticSink& sink) {
  const Token& token = item.tokens[item.failure.offending];
  const Span at{file, token.begin, token.end};
  sink.report(diag::Unexpected, at, "something else", source.text(at));
}

std::size_t next_item(const BrokenItem& item) {
  std::size_t at = std::max(item.start + 1, item.failure.offending);
  while (item.tokens[at].type != Token::kEndOfFile && !item.tokens[at].first_on_line) ++at;
  return at;
}

}  // namespace switchyard
