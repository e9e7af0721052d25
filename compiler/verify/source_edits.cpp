#include "compiler/verify/source_edits.h"

#include <string>
#include <utility>
#include <vector>

namespace switchyard {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         (static_cast<unsigned char>(c) & 0x80u) != 0;
}

// The words and marks of an item's text, which the parser has accepted; comments are skipped.
class Tokens {
 public:
  Tokens(const SourceMap& sources, Span item) : file_(item.file) {
    if (item.file >= sources.size()) return;
    text_ = sources.file(item.file).text();
    if (item.end > text_.size()) return;
    for (std::uint32_t at = item.begin; at < item.end;) {
      const char c = text_[at];
      std::uint32_t end = at + 1;
      if (is_space(c)) {
        at = end;
        continue;
      }
      if (c == '#') {
        while (end < item.end && text_[end] != '\n') ++end;
        at = end;
        continue;
      }
      if (c == '"') {
        while (end < item.end && text_[end] != '"') end += text_[end] == '\\' ? 2 : 1;
        ++end;
      } else if (is_word(c)) {
        while (end < item.end && is_word(text_[end])) ++end;
      }
      tokens_.push_back({item.file, at, end});
      at = end;
    }
  }

  std::size_t size() const { return tokens_.size(); }
  const Span& operator[](std::size_t i) const { return tokens_[i]; }
  std::string_view word(std::size_t i) const {
    return text_.substr(tokens_[i].begin, tokens_[i].end - tokens_[i].begin);
  }

  // The first and last token of a part, parentheses around it included; none when there is no such.
  std::optional<std::pair<std::size_t, std::size_t>> part(Span span) const {
    std::size_t first = 0;
    while (first < size() && tokens_[first].begin < span.begin) ++first;
    std::size_t last = first;
    while (last < size() && tokens_[last].end < span.end) ++last;
    if (last >= size() || tokens_[first].begin != span.begin || tokens_[last].end != span.end) {
      return std::nullopt;
    }
    while (first > 0 && last + 1 < size() && word(first - 1) == "(" && word(last + 1) == ")") {
      --first;
      ++last;
    }
    return std::pair(first, last);
  }
  Span from_to(std::uint32_t begin, std::uint32_t end) const { return {file_, begin, end}; }

 private:
  FileId file_;
  std::string_view text_;
  std::vector<Span> tokens_;
};

Fix fix_of(std::string text, Span at, std::string_view replacement) {
  return {std::move(text), {{at, std::string(replacement)}}};
}

// The part with the mark before it, else with the one behind it.
std::optional<Fix> remove_with(const Tokens& tokens, std::pair<std::size_t, std::size_t> part,
                               std::string_view mark) {
  const auto [first, last] = part;
  if (first > 1 && tokens.word(first - 1) == mark) {
    return fix_of("remove it", tokens.from_to(tokens[first - 2].end, tokens[last].end), "");
  }
  if (last + 2 < tokens.size() && tokens.word(last + 1) == mark) {
    return fix_of("remove it", tokens.from_to(tokens[first].begin, tokens[last + 2].begin), "");
  }
  return std::nullopt;
}

}  // namespace

std::optional<Fix> remove_item(const SourceMap& sources, Span item, std::string text) {
  if (item.file >= sources.size()) return std::nullopt;
  const std::string_view all = sources.file(item.file).text();
  if (item.end > all.size()) return std::nullopt;
  std::uint32_t begin = item.begin, end = item.end;
  while (begin > 0 && (all[begin - 1] == ' ' || all[begin - 1] == '\t')) --begin;
  while (end < all.size() && (all[end] == ' ' || all[end] == '\t' || all[end] == '\r')) ++end;
  const bool starts = begin == 0 || all[begin - 1] == '\n';
  if (starts && end < all.size() && all[end] == '\n') {
    return fix_of(std::move(text), {item.file, begin, end + 1}, "");
  }
  return fix_of(std::move(text), item, "");
}

std::optional<Fix> remove_operand(const SourceMap& sources, Span outer, Span operand,
                                  std::string_view joint, std::string_view neutral) {
  const Tokens tokens(sources, outer);
  const auto part = tokens.part(operand);
  if (!part) return std::nullopt;
  if (auto fix = remove_with(tokens, *part, joint)) return fix;
  return fix_of("put its constant value in its place", operand, neutral);
}

std::optional<Fix> replace_when(const SourceMap& sources, Span rule, Span condition) {
  const Tokens tokens(sources, rule);
  const auto part = tokens.part(condition);
  if (!part || part->first == 0 || tokens.word(part->first - 1) != "when") return std::nullopt;
  return fix_of("say that it takes the rest",
                tokens.from_to(tokens[part->first - 1].begin, tokens[part->second].end),
                "otherwise");
}

std::optional<Fix> remove_entry(const SourceMap& sources, Span rule, Span entry) {
  const Tokens tokens(sources, rule);
  const auto part = tokens.part(entry);
  if (!part) return std::nullopt;
  return remove_with(tokens, *part, ",");
}

}  // namespace switchyard
