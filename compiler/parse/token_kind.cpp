#include "compiler/parse/token_kind.h"

#include <algorithm>

#include <fmt/format.h>

#include "PolicyParser.h"

namespace switchyard {
namespace {

using G = grammar::PolicyParser;

// The longest text that a message repeats.
constexpr std::size_t kShown = 40;

std::string shortened(std::string_view text) {
  if (text.size() <= kShown) return std::string(text);
  std::size_t end = kShown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return fmt::format("{}…", text.substr(0, end));
}

}  // namespace

bool is_name(std::uint16_t type) {
  return type == G::IDENTIFIER || (type >= G::ALL && type <= G::VERSION_TYPE);
}

bool is_reserved(std::uint16_t type) { return type >= G::ALLOW && type <= G::WHEN; }

bool is_comparison(std::uint16_t type) { return type >= G::EQ && type <= G::GT; }

bool is_literal(std::uint16_t type) {
  return type == G::INTEGER || type == G::VERSION || type == G::QUOTED;
}

bool begins_condition(std::uint16_t type) {
  return is_name(type) || type == G::OPEN_PAREN || type == G::NOT || type == G::TRUE ||
         type == G::FALSE;
}

bool ends_condition(std::uint16_t type) {
  return is_name(type) || is_literal(type) || type == G::CLOSE_PAREN || type == G::GT ||
         type == G::TRUE || type == G::FALSE;
}

bool wants_more(std::uint16_t type) {
  switch (type) {
    case G::AND: case G::OR: case G::NOT: case G::IMPLIES: case G::IN: case G::HAS: case G::WHEN:
    case G::COMMA: case G::ASSIGN: case G::EQ: case G::NE: case G::LT: case G::LE: case G::GE:
    case G::COLON: case G::DOT: case G::RANGE: case G::ARROW: case G::OPEN_PAREN:
    case G::OPEN_BRACE: case G::PERCENT: case G::BAR: case G::AMPERSAND: case G::MINUS:
    case G::BECAUSE: case G::REQUIRES:
      return true;
    default:
      return false;
  }
}

std::string describe(const Token& token, const SourceFile& source) {
  if (token.type == Token::kEndOfFile) return "the end of the file";
  if (token.begin == token.end) return "the end of the condition";  // see parse_condition
  const std::string_view text = source.text().substr(token.begin, token.end - token.begin);
  if (token.type == G::QUOTED) return fmt::format("the text `{}`", shortened(text));
  return fmt::format("`{}`", shortened(text));
}

std::string describe(const antlr4::misc::IntervalSet& expected,
                     const antlr4::dfa::Vocabulary& vocabulary) {
  const bool any_name = expected.contains(static_cast<size_t>(G::IDENTIFIER));
  std::vector<std::string> words;
  if (any_name) words.push_back("a name");
  for (const auto& interval : expected.getIntervals()) {
    for (ssize_t type = std::max<ssize_t>(interval.a, 1); type <= interval.b; ++type) {
      const auto kind = static_cast<std::uint16_t>(type);
      if (any_name && is_name(kind)) continue;
      if (kind == G::INTEGER) {
        words.push_back("an integer");
      } else if (kind == G::VERSION) {
        words.push_back("a version");
      } else if (kind == G::QUOTED) {
        words.push_back("a text in double quotes");
      } else if (kind == G::CODE) {
        words.push_back("a code such as `SY0322`");
      } else if (kind != G::MINUS || !expected.contains(static_cast<size_t>(G::INTEGER))) {
        // ANTLR gives literals in single quotes.
        const std::string name = vocabulary.getLiteralName(static_cast<size_t>(type));
        if (name.size() > 2) words.push_back(fmt::format("`{}`", name.substr(1, name.size() - 2)));
      }
    }
  }
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
    out += words[i];
  }
  return out;
}

std::uint32_t indentation(const Token& token, const SourceFile& source) {
  const std::string_view before = source.text().substr(0, token.begin);
  const auto line_break = before.rfind('\n');
  return static_cast<std::uint32_t>(before.size() -
                                    (line_break == std::string_view::npos ? 0 : line_break + 1));
}

bool looks_like_item(const std::vector<Token>& tokens, std::size_t index,
                     const SourceFile& source, std::size_t like) {
  index = std::min(index, tokens.size() - 1);  // the end of the file stands for what is behind it
  const Token& token = tokens[index];
  if (token.type == Token::kEndOfFile) return true;
  if (!token.first_on_line) return false;
  const std::uint16_t next = tokens[std::min(index + 1, tokens.size() - 1)].type;
  switch (token.type) {
    case G::POLICY: case G::IMPORT: case G::FACT: case G::ASSUME: case G::LET: case G::GUARANTEE:
    case G::EXAMPLE: case G::ALLOW: case G::DECISION: case G::NEVER:
      return true;
    case G::REFUSE:
      // A misspelt `when` counts; a refusal that ends a guarantee is followed by no name.
      return next == G::WHEN || next == G::OTHERWISE ||
             (next == G::IDENTIFIER && index + 1 < tokens.size() &&
              !tokens[index + 1].first_on_line);
    default:
      break;
  }
  if (!is_name(token.type)) return false;
  if (next == G::WHEN || next == G::OTHERWISE || next == G::REQUIRES) return true;
  if (token.type == G::FIRST && next == G::OF) return true;
  const bool leads = token.type == G::TARGET || token.type == G::SET || token.type == G::ONLY ||
                     token.type == G::FASTER;
  if (leads && is_name(next)) return true;
  // A word where the item before began: most likely an item too, whatever is wrong with it.
  return tokens[like].first_on_line &&
         indentation(token, source) <= indentation(tokens[like], source);
}

bool begins_item(const std::vector<Token>& tokens, std::size_t index, const SourceFile& source,
                 std::size_t like) {
  index = std::min(index, tokens.size() - 1);
  if (!looks_like_item(tokens, index, source, like)) return false;
  return !is_name(tokens[index].type) || index == 0 || !wants_more(tokens[index - 1].type);
}

}  // namespace switchyard
