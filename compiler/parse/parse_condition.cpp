#include <utility>

#include "compiler/diagnostic/registry.h"
#include "compiler/parse/parse.h"

namespace switchyard {

ast::ConditionPtr parse_condition(SourceMap& sources, const std::string& name,
                                  const std::string& text, DiagnosticSink& sink) {
  // In parentheses, so that what ends the condition early is an error where it stands. On a line of
  // their own, so that a comment does not hide the last one.
  const FileId id = sources.add(name, "let condition = (" + text + "\n)");
  const std::size_t errors = sink.error_count();
  ast::File file = parse_file(sources, id, sink);
  if (sink.error_count() != errors) return nullptr;
  auto* let = file.items.empty() ? nullptr : std::get_if<ast::Let>(&file.items[0].node);
  if (let == nullptr || file.items.size() != 1) {
    const Span second = file.items.size() > 1 ? file.items[1].span : Span{id, 0, 0};
    sink.report(diag::Unexpected, second, "the end of the condition", "another item");
    return nullptr;
  }
  return std::move(let->condition);
}

}  // namespace switchyard
