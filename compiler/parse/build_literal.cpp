#include <charconv>
#include <limits>

#include <fmt/format.h>

#include "compiler/diagnostic/registry.h"
#include "compiler/parse/build.h"

namespace switchyard {

Span Builder::span(const antlr4::ParserRuleContext& tree) const {
  return {file_, tokens_[tree.start->getTokenIndex()].begin,
          tokens_[tree.stop->getTokenIndex()].end};
}

Span Builder::span(antlr4::tree::TerminalNode& leaf) const {
  const Token& token = tokens_[leaf.getSymbol()->getTokenIndex()];
  return {file_, token.begin, token.end};
}

bool Builder::deeper(int levels, Span at) {
  depth_ += levels;
  if (depth_ <= kMaxNesting) return true;
  if (!too_deep_) {
    too_deep_ = true;
    sink_.report(diag::NestedTooDeep, at, kMaxNesting)
        .with_help("name the inner part with `let` and use the name");
  }
  return false;
}

ast::Name Builder::name(Grammar::IdentifierContext& tree) const {
  const Span at = span(tree);
  return {std::string(spelling(at)), false, at};
}

ast::Name Builder::symbol(Grammar::SymbolContext& tree) const {
  if (tree.identifier()) return name(*tree.identifier());
  const ast::Text quoted = text(*tree.QUOTED());
  return {quoted.value, true, quoted.span};
}

std::vector<ast::Name> Builder::symbols(Grammar::SymbolsContext& tree) const {
  std::vector<ast::Name> built;
  for (auto* one : tree.symbol()) built.push_back(symbol(*one));
  return built;
}

ast::Text Builder::text(antlr4::tree::TerminalNode& quoted) const {
  ast::Text built;
  built.span = span(quoted);
  std::string_view inside = spelling(built.span).substr(1);
  // A text without its closing quote was reported by the lexer and still counts as one.
  if (inside.ends_with('"')) inside.remove_suffix(1);
  for (std::size_t i = 0; i < inside.size(); ++i) {
    if (inside[i] != '\\' || i + 1 == inside.size()) {
      built.value += inside[i];
      continue;
    }
    const char escaped = inside[++i];
    built.value += escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped;
  }
  return built;
}

std::optional<ast::Text> Builder::text(Grammar::BecauseContext* tree) const {
  if (!tree) return std::nullopt;
  return text(*tree->QUOTED());
}

ast::Integer Builder::integer(Grammar::IntegerContext& tree) {
  const Span at = span(tree);
  const bool negative = tree.MINUS() != nullptr;
  // The magnitude, up to 2^63, which only a negative number may use in full.
  const std::uint64_t limit =
      static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) + (negative ? 1 : 0);
  std::uint64_t magnitude = 0;
  bool fits = true;
  const auto append = [&](std::uint64_t factor, std::uint64_t digit) {
    fits = fits && magnitude <= (limit - digit) / factor;
    if (fits) magnitude = magnitude * factor + digit;
  };
  for (const char c : spelling(span(*tree.INTEGER()))) {
    if (c >= '0' && c <= '9') append(10, static_cast<std::uint64_t>(c - '0'));
    if (c == 'K') append(1u << 10, 0);
    if (c == 'M') append(1u << 20, 0);
    if (c == 'G') append(1u << 30, 0);
  }
  if (!fits) {
    sink_.report(diag::IntegerTooLarge, at, spelling(at))
        .with_help("integers lie between -9223372036854775808 and 9223372036854775807, suffix "
                   "applied");
    magnitude = 0;
  }
  const auto value = static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude);
  return {value, at};
}

// A version, or an integer standing for one (`rocm >= 7`).
ast::Version Builder::version(Grammar::NumberContext& tree) {
  ast::Version built;
  built.span = span(tree);
  if (auto* whole = tree.integer()) {
    const ast::Integer number = integer(*whole);
    const std::string_view written = spelling(number.span);
    const bool plain = written.find_first_not_of("0123456789") == std::string_view::npos;
    if (number.value < 0 || number.value > 65535) {
      sink_.report(diag::VersionOutOfRange, number.span, written);
    } else if (!plain && written.find_first_not_of("0123456789_KMG") == std::string_view::npos) {
      sink_.report(diag::BadNumber, number.span, written)
          .with_help("a version is written `9`, `9.2` or `9.2.1`");
    } else if (plain) {
      built.major = static_cast<std::uint16_t>(number.value);
    }
    return built;
  }
  std::uint16_t components[3] = {0, 0, 0};
  const std::string_view written = spelling(built.span);
  const char* at = written.data();
  const char* const end = at + written.size();
  for (std::uint16_t& component : components) {
    if (at >= end) break;
    const auto [stop, error] = std::from_chars(at, end, component);
    if (error != std::errc()) {
      sink_.report(diag::VersionOutOfRange, built.span, written);
      return built;
    }
    at = stop + 1;
  }
  built.major = components[0];
  built.minor = components[1];
  built.patch = components[2];
  return built;
}

ast::Value Builder::number(Grammar::NumberContext& tree) {
  if (tree.integer()) return integer(*tree.integer());
  return version(tree);
}

ast::Value Builder::value(Grammar::ValueContext& tree) {
  if (tree.symbol()) return symbol(*tree.symbol());
  if (tree.number()) return number(*tree.number());
  return ast::Boolean{tree.TRUE() != nullptr, span(tree)};
}

}  // namespace switchyard
