#include "compiler/restore/clause_places.h"

#include <algorithm>

namespace switchyard::restoring {

namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Whether text[at, at + size) neither begins nor ends inside a word.
bool is_whole(std::string_view text, std::size_t at, std::size_t size) {
  const std::size_t end = at + size;
  const bool begins = at == 0 || !is_word(text[at - 1]) || !is_word(text[at]);
  const bool ends = end == text.size() || !is_word(text[end]) || !is_word(text[end - 1]);
  return begins && ends;
}

// The end of the values that begin with the parenthesis at `at`, past strings; npos without an end.
std::size_t end_of_values(std::string_view text, std::size_t at) {
  bool quoted = false;
  for (std::size_t i = at; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (quoted && text[i] == '\\') ++i;
    else if (!quoted && text[i] == ')') return i + 1;
  }
  return std::string_view::npos;
}

}  // namespace

Span ClausePlaces::find(Span owner, std::uint32_t from, std::string_view text) {
  const std::string_view whole = sources_.text(owner);
  if (text.empty() || from < owner.begin) return owner;
  for (std::size_t at = from - owner.begin;; ++at) {
    const std::size_t found = whole.find(text, at);
    const std::size_t looked = std::min(found, whole.size()) - std::min(at, whole.size()) + text.size();
    if (looked > looks_left_) return owner;
    looks_left_ -= looked;
    if (found == std::string_view::npos) return owner;
    if (is_whole(whole, found, text.size())) {
      const auto begin = static_cast<std::uint32_t>(owner.begin + found);
      return {owner.file, begin, static_cast<std::uint32_t>(begin + text.size())};
    }
    at = found;
  }
}

Span ClausePlaces::find_use(Span owner, std::uint32_t from, std::string_view name) {
  Span span = find(owner, from, name);
  if (span == owner) return owner;
  const std::string_view whole = sources_.text(owner);
  std::size_t next = span.end - owner.begin;
  if (next < whole.size() && whole[next] == ' ') ++next;
  if (next >= whole.size() || whole[next] != '(') return span;
  const std::size_t end = end_of_values(whole, next);
  if (end != std::string_view::npos) span.end = static_cast<std::uint32_t>(owner.begin + end);
  return span;
}

}  // namespace switchyard::restoring
