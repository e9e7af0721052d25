#include <algorithm>
#include <mutex>
#include <string>
#include <vector>

#include "PolicyParser.h"
#include "compiler/parse/grammar_lock.h"
#include "compiler/parse/layout.h"
#include "compiler/parse/lex.h"
#include "compiler/parse/parse.h"

namespace switchyard {
namespace {

using G = grammar::PolicyParser;

// Writes one file: items by ItemLayout, and between them comments and at most one blank line, where
// the source has one.
class Formatter {
 public:
  Formatter(std::string_view source, const TokenList& list) : source_(source), list_(list) {}

  std::string run(const ast::File& file);

 private:
  void item(const ast::Item& item);
  void part(std::size_t begin, std::size_t end);
  void comments_until(std::uint32_t position);
  void separate(std::uint32_t begin, bool join);
  std::size_t token_at(std::uint32_t position) const;

  std::string_view source_;
  const TokenList& list_;
  std::string out_;
  std::uint32_t indent_ = 0;
  std::uint32_t end_ = 0;        // byte of the source where what was written last ended
  bool opened_ = true;           // nothing to keep a distance from: the file or a decision begins
  std::size_t next_comment_ = 0;
};

std::size_t Formatter::token_at(std::uint32_t position) const {
  const auto found = std::lower_bound(
      list_.tokens.begin(), list_.tokens.end(), position,
      [](const Token& token, std::uint32_t at) { return token.begin < at; });
  return static_cast<std::size_t>(found - list_.tokens.begin());
}

// Ends the line before what begins at `begin`, with a blank line where the source has some.
void Formatter::separate(std::uint32_t begin, bool join) {
  if (out_.empty()) return;
  out_ += '\n';
  const auto gap = source_.substr(end_, begin - end_);
  if (join || opened_ || std::count(gap.begin(), gap.end(), '\n') < 2) return;
  out_ += '\n';
}

void Formatter::comments_until(std::uint32_t position) {
  for (; next_comment_ < list_.comments.size(); ++next_comment_) {
    const Token& comment = list_.comments[next_comment_];
    if (comment.begin >= position) return;
    const auto gap = source_.substr(end_, comment.begin - end_);
    std::string_view text = source_.substr(comment.begin, comment.end - comment.begin);
    while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
    if (!out_.empty() && gap.find('\n') == std::string_view::npos) {
      out_ += "  ";
    } else {
      separate(comment.begin, false);
      out_.append(indent_, ' ');
    }
    out_ += text;
    end_ = comment.end;
    opened_ = false;
  }
}

// The tokens [begin, end) as one item, with the comments between them.
void Formatter::part(std::size_t begin, std::size_t end) {
  const Token& first = list_.tokens[begin];
  const Token& last = list_.tokens[end - 1];
  comments_until(first.begin);
  std::vector<Token> inside;
  for (; next_comment_ < list_.comments.size(); ++next_comment_) {
    const Token& comment = list_.comments[next_comment_];
    if (comment.begin >= last.begin) break;
    inside.push_back(comment);
  }
  separate(first.begin, last.type == G::CLOSE_BRACE && begin + 1 == end);
  out_ += ItemLayout(source_,
                     {list_.tokens.begin() + static_cast<std::ptrdiff_t>(begin),
                      list_.tokens.begin() + static_cast<std::ptrdiff_t>(end)},
                     std::move(inside), indent_)
              .render();
  end_ = last.end;
  opened_ = false;
}

void Formatter::item(const ast::Item& item) {
  const std::size_t begin = token_at(item.span.begin);
  const std::size_t end = token_at(item.span.end);
  const auto* decision = std::get_if<ast::Decision>(&item.node);
  if (!decision) {
    part(begin, end);
    return;
  }
  part(begin, begin + 3);  // decision NAME {
  opened_ = true;
  indent_ += 2;
  for (const ast::Item& inner : decision->items) this->item(inner);
  comments_until(list_.tokens[end - 1].begin);
  indent_ -= 2;
  part(end - 1, end);
}

std::string Formatter::run(const ast::File& file) {
  if (source_.starts_with("\xEF\xBB\xBF")) end_ = 3;
  for (const ast::Item& one : file.items) item(one);
  comments_until(static_cast<std::uint32_t>(source_.size()) + 1);
  if (!out_.empty()) out_ += '\n';
  return std::move(out_);
}

}  // namespace

std::string format_policy(const SourceMap& sources, const ast::File& file) {
  const std::lock_guard lock(grammar_mutex());
  DiagnosticSink unused;  // the file has parsed without errors
  const TokenList list = lex(sources, file.file, unused);
  return Formatter(sources.file(file.file).text(), list).run(file);
}

}  // namespace switchyard
