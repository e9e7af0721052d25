#include "compiler/parse/repair.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "PolicyLexer.h"
#include "compiler/diagnostic/registry.h"
#include "compiler/source/utf8.h"

namespace switchyard {
namespace {

using Lexer = grammar::PolicyLexer;

// What a character that people type from habit is called here.
struct Habit {
  char32_t character;
  std::string_view written;
};
constexpr Habit kHabits[] = {
    {0x201C, "`\"`"},    {0x201D, "`\"`"},      {0x201E, "`\"`"},    {0x2018, "`\"`"},
    {0x2019, "`\"`"},    {0x2264, "`<=`"},      {0x2265, "`>=`"},    {0x2260, "`!=`"},
    {0x2192, "`->`"},    {0x21D2, "`implies`"}, {0x2227, "`and`"},   {0x2228, "`or`"},
    {0x00AC, "`not`"},   {0x2208, "`in`"},      {0x2026, "`..`"},    {0x2013, "`-`"},
    {0x2014, "`-`"},     {0x2212, "`-`"},       {0x27E8, "`<`"},     {0x27E9, "`>`"},
    {0x00A0, "a space"}, {0x3000, "a space"},   {0x200B, "nothing"}, {0xFEFF, "nothing"},
};

std::optional<std::string_view> habit(char32_t character) {
  for (const Habit& known : kHabits) {
    if (known.character == character) return known.written;
  }
  return std::nullopt;
}

// Whether the text is an integer with a small `k`, `m` or `g`, which is then made large.
bool scaled(std::string& number) {
  const std::size_t digits = number.find_first_not_of("0123456789_");
  if (digits == 0 || digits + 1 != number.size() || number[digits - 1] == '_') return false;
  char& suffix = number[digits];
  if (suffix != 'k' && suffix != 'm' && suffix != 'g') return false;
  suffix = static_cast<char>(suffix - 'a' + 'A');
  return true;
}

}  // namespace

bool Repair::admit(Token& token, std::uint16_t before) {
  switch (token.type) {
    case Lexer::QUOTED:
      check_escapes(token);
      return true;
    case Lexer::BAD_QUOTED:
    case Lexer::SINGLE_QUOTED:
    case Lexer::BAD_NUMBER:
    case Lexer::BAD_WORD:
    case Lexer::FOREIGN:
    case Lexer::FOREIGN_COMMENT:
    case Lexer::STRAY:
      return repair(token, before);
    default:
      return true;
  }
}

// Reports a wrong token and turns it into the one that was meant; false: leave it out.
bool Repair::repair(Token& token, std::uint16_t before) {
  switch (token.type) {
    case Lexer::BAD_QUOTED:
      sink_.report(diag::UnterminatedText, span(token))
          .with_label("starts here")
          .with_help(
              "a text ends on the line where it starts; write `\\n` for a line break in it "
              "and `\\\"` for a quote");
      token.type = Lexer::QUOTED;
      return true;
    case Lexer::SINGLE_QUOTED: {
      const std::string inside(text(token).substr(1, token.end - token.begin - 2));
      sink_.report(diag::ForeignSpelling, span(token), text(token), "with double quotes")
          .with_fix("use double quotes", span(token), fmt::format("\"{}\"", inside));
      token.type = Lexer::QUOTED;
      return true;
    }
    case Lexer::BAD_NUMBER:
      bad_number(token);
      return true;
    case Lexer::BAD_WORD:
      bad_word(token);
      return token.type == Lexer::IDENTIFIER;
    case Lexer::FOREIGN:
      foreign(token, before);
      return token.type != Lexer::FOREIGN;
    case Lexer::FOREIGN_COMMENT:
      sink_.report(diag::ForeignSpelling, {file_, token.begin, token.begin + 2}, "//", "`#`")
          .with_fix("start the comment with `#`", {file_, token.begin, token.begin + 2}, "#");
      return false;
    default:
      stray(token);
      return false;
  }
}

void Repair::bad_number(Token& token) {
  const std::string_view number = text(token);
  Diagnostic& found = sink_.report(diag::BadNumber, span(token), number);
  const auto letter = std::find_if(number.begin(), number.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
  if (number.starts_with("0x") || number.starts_with("0b")) {
    found.with_help("integers are decimal, with `_` between digits and a suffix `K`, `M` or `G`");
  } else if (std::string suffixed(number); scaled(suffixed)) {
    found.with_help("the suffixes are `K`, `M` and `G`; a value like this one is quoted")
        .with_fix("write the suffix large", span(token), suffixed);
  } else if (letter != number.end()) {
    found.with_help("a name starts with a letter or `_`; a value like this one is quoted")
        .with_fix("quote it", span(token), fmt::format("\"{}\"", number));
  } else if (std::count(number.begin(), number.end(), '.') > 2) {
    found.with_help("a version has two or three components: `9.2` or `9.2.1`");
  } else {
    found.with_help("`_` stands between two digits, as in `1_048_576`");
  }
  token.type = Lexer::INTEGER;
}

void Repair::bad_word(Token& token) {
  for (std::uint32_t at = token.begin; at < token.end;) {
    const auto [character, length] = decode_utf8(text_, at);
    if (habit(character)) {
      stray({at, token.end, token.type});
      return;
    }
    at += static_cast<std::uint32_t>(length);
  }
  sink_.report(diag::NotAsciiName, span(token), text(token))
      .with_help("a value may be quoted, a name may not");
  token.type = Lexer::IDENTIFIER;
}

void Repair::foreign(Token& token, std::uint16_t before) {
  // Behind a closing brace only the arrow of an example can be meant.
  if (text(token) == "=>" && before == Lexer::CLOSE_BRACE) {
    sink_.report(diag::ForeignSpelling, span(token), "=>", "`->`")
        .with_fix("write `->`", span(token), "->");
    token.type = Lexer::ARROW;
    return;
  }
  struct Spelling {
    std::string_view foreign, ours;
    std::uint16_t type;
  };
  constexpr Spelling kSpellings[] = {
      {"&&", "and", Lexer::AND}, {"||", "or", Lexer::OR},  {"!", "not ", Lexer::NOT},
      {"===", "==", Lexer::EQ},  {"!==", "!=", Lexer::NE}, {"=>", "implies", Lexer::IMPLIES},
  };
  for (const Spelling& spelling : kSpellings) {
    if (spelling.foreign != text(token)) continue;
    const std::string_view shown = spelling.ours.substr(0, spelling.ours.find(' '));
    Diagnostic& found = sink_.report(diag::ForeignSpelling, span(token), spelling.foreign,
                                     fmt::format("`{}`", shown));
    if (spelling.foreign == "=>") {
      found.with_help(
          "`=>` is no operator: comparing is `>=`, implication `implies`, and an "
          "example's result stands after `->`");
    } else {
      found.with_fix(fmt::format("write `{}`", shown), span(token), std::string(spelling.ours));
    }
    token.type = spelling.type;
    return;
  }
  // `;`: nothing needs a terminator, so leaving it out is all there is to do.
  sink_.report(diag::StrayCharacter, span(token), fmt::format("`{}`", text(token)))
      .with_fix("leave it out: nothing needs a terminator", span(token), "");
}

void Repair::stray(const Token& token) {
  const auto [character, length] = decode_utf8(text_, token.begin);
  const Span at{file_, token.begin, token.begin + static_cast<std::uint32_t>(length)};
  const bool printable = character > 0x20 && character != 0x7F &&
                         !(0x80 <= character && character <= 0xA0) && character != 0x200B &&
                         character != 0xFEFF && character != 0x3000;
  Diagnostic& found = sink_.report(
      diag::StrayCharacter, at,
      printable ? fmt::format("`{}` (U+{:04X})", text_.substr(token.begin, length),
                              static_cast<std::uint32_t>(character))
                : fmt::format("the character U+{:04X}", static_cast<std::uint32_t>(character)));
  if (character < 0x80 && printable) {
    found.message = fmt::format("`{}` is not part of the language", static_cast<char>(character));
  }
  if (const auto written = habit(character)) {
    found.with_help(fmt::format("it looks like {}; type that instead", *written));
  } else if (character == '@' || character == '$' || character == '\'') {
    found.with_help("a value that is not a name is quoted: `\"gfx90a:sramecc+\"`");
  } else if (character == '[' || character == ']') {
    found.with_help("sets are written `<a, b>`, and lists of symbols `{ a, b }`");
  }
}

void Repair::check_escapes(const Token& token) {
  for (std::uint32_t i = token.begin + 1; i + 1 < token.end; ++i) {
    if (text_[i] != '\\') continue;
    const char escaped = text_[i + 1];
    if (escaped != '\\' && escaped != '"' && escaped != 'n' && escaped != 't') {
      const auto length = static_cast<std::uint32_t>(decode_utf8(text_, i + 1).length);
      sink_.report(diag::BadEscape, {file_, i, i + 1 + length}, text_.substr(i, 1 + length))
          .with_help(
              "the escapes are `\\\\`, `\\\"`, `\\n` and `\\t`; a backslash is written `\\\\`");
    }
    ++i;
  }
}

}  // namespace switchyard
