// Mistakes in conditions.

#include <fmt/format.h>

#include <array>
#include <string>

#include "compiler/diagnostic/registry.h"
#include "compiler/parse/explainer.h"
#include "compiler/parse/token_kind.h"

namespace switchyard {

bool Explainer::after_condition() const {
  if (item_.start == 0 || item_.previous_start == item_.start) return false;
  if (!ends_condition(type(item_.start - 1))) return false;
  const std::size_t last = item_.start - 1;
  switch (type(item_.previous_start)) {
    case G::ASSUME:
    case G::LET:
    case G::NEVER:
      return true;
    default:
      break;
  }
  for (std::size_t i = last + 1; i-- > item_.previous_start;) {
    if (type(i) == G::BECAUSE || type(i) == G::OTHERWISE) return false;
    if (type(i) == G::WHEN || type(i) == G::REQUIRES) return true;
  }
  return false;
}

bool Explainer::chained_error() {
  if (!is_comparison(type(at_)) || at_ < 3) return false;
  const bool goes_on = (at_ == item_.start && after_condition()) || expects(G::CLOSE_PAREN) ||
                       expects(G::BECAUSE) || expects(G::IMPLIES);
  if (!goes_on) return false;
  const std::size_t before = type(at_ - 2) == G::MINUS ? at_ - 3 : at_ - 2;
  if (!is_comparison(type(before))) return false;
  sink_.report(diag::ChainedComparison, span(at_))
      .with_note(span(before), "the comparison ended here")
      .with_help("write `x in 1 .. 5` for a range, or join two comparisons with `and`");
  return true;
}

bool Explainer::can_error() {
  if (type(at_) != G::OPEN_PAREN || at_ < 2) return false;
  if (type(at_ - 1) == G::CAN) {
    sink_.report(diag::Unexpected, span(at_), "the name of a target after `can`", "`(`")
        .with_help("`can packed`, without parentheses");
    return true;
  }
  return false;
}

bool Explainer::broken_off_error() {
  const bool guard = type(at_) == G::WHEN || type(at_) == G::OTHERWISE || type(at_) == G::REQUIRES;
  if (!(at_start() || guard) || at_ < 2 || (at_start() && item_.start < 2)) return false;
  const std::size_t word = at_start() ? item_.start - 1 : at_ - 1;
  const std::uint16_t before = type(word - 1);
  const bool wants_name = before == G::OVER || before == G::POLICY || before == G::TARGET;
  if (!wants_more(before) && !wants_name) return false;
  if (before == G::OPEN_BRACE || before == G::COMMA || !item_.tokens[word].first_on_line) {
    return false;
  }
  if (!looks_like_item(item_.tokens, word, item_.source, item_.previous_start)) return false;
  const std::uint16_t item = type(at_start() ? item_.previous_start : item_.start);
  const std::string_view wanted =
      wants_name                                     ? "a name"
      : before == G::ARROW                           ? "an outcome"
      : before == G::COLON && item == G::GUARANTEE   ? "a promise"
      : before == G::ASSIGN && item == G::LET        ? "a condition"
      : before == G::ASSIGN && item == G::SET        ? "a set"
      : is_comparison(before) || before == G::ASSIGN ? "a value"
      : before == G::IN || before == G::BAR || before == G::AMPERSAND || before == G::MINUS
          ? "a set"
          : "a condition";
  sink_.report(diag::Unexpected, behind(word), wanted, "the next line's item")
      .with_label(fmt::format("after this `{}`", text(word - 1)))
      .with_note(span(word), "the next item begins here");
  return true;
}

std::optional<std::size_t> Explainer::second_operand() const {
  if (at_ == 0) return std::nullopt;
  if (at_start()) {
    // The item before ended in a condition, and this would be its next operand.
    const std::size_t second = item_.start;
    if (!after_condition() || !begins_condition(type(second))) return std::nullopt;
    if (is_name(type(second)) && item_.tokens[second].first_on_line) {
      const Token& first = item_.tokens[item_.previous_start];
      const bool indented =
          indentation(item_.tokens[second], item_.source) > indentation(first, item_.source);
      const bool goes_on = type(at_) == G::AND || type(at_) == G::OR || type(at_) == G::IN ||
                           type(at_) == G::HAS || is_comparison(type(at_));
      if (is_declared_target(second) || (!indented && !goes_on)) return std::nullopt;
    }
    return second;
  }
  const bool operand_ended =
      ends_condition(type(at_ - 1)) &&
      (expects(G::CLOSE_PAREN) || expects(G::BECAUSE) || expects(G::IMPLIES));
  const bool listed = inside(G::RuleParameters) || inside(G::RuleArgument) ||
                      innermost(G::RuleEntry) || innermost(G::RuleSetFactor);
  if (!operand_ended || listed || !begins_condition(type(at_)) || begins_next_item()) {
    return std::nullopt;
  }
  return at_;
}

bool Explainer::missing_and_error() {
  const std::optional<std::size_t> operand = second_operand();
  if (!operand) return false;
  const std::size_t second = *operand;
  const Span point = behind(second);
  Diagnostic& found = sink_.report(diag::MissingAnd, point, text(second - 1), text(second));
  found.with_label("here");
  const std::string_view word = text(second);
  if (word == "is" || word == "equals" || word == "eq") {
    found.with_help("two values are compared with `==`");
  } else if (word == "between") {
    found.with_help("a range is written `x in 1 .. 5`");
  } else if (word == "mod") {
    found.with_help("the remainder of a division is written `x % 32`");
  } else if (word == "contains" || word == "includes") {
    found.with_help("what is among the flags is asked with `has`");
  } else {
    found.with_help("write `or` where one of the two is enough")
        .with_fix("insert `and`", point, " and");
  }
  return true;
}

bool Explainer::literal_first_error() {
  if (!inside(G::RuleNegation) || !expects(G::OPEN_PAREN)) return false;
  const std::uint16_t kind = type(at_);
  if (!is_literal(kind) && kind != G::MINUS) return false;
  const std::size_t literal = kind == G::MINUS ? at_ + 1 : at_;
  const std::string value(between(at_, literal));
  const Span whole{item_.file, span(at_).begin, span(literal).end};
  Diagnostic& found =
      sink_.report(diag::LiteralOnTheLeft, whole,
                   kind == G::QUOTED ? describe_token(at_) : fmt::format("`{}`", value));
  const std::size_t op = literal + 1;
  if (!is_comparison(type(op)) || !is_name(type(op + 1))) {
    found.with_help("write `fact == value`");
    return true;
  }
  constexpr std::array<std::string_view, 6> kTurned = {"==", "!=", ">=", "<=", ">", "<"};
  const std::string_view turned = kTurned[type(op) - G::EQ];
  const bool member = type(op + 2) == G::DOT && is_name(type(op + 3));
  const std::size_t last = member ? op + 3 : op + 1;  // of the fact
  const std::string_view fact = between(op + 1, last);
  if (type(last + 1) == G::PERCENT) {
    found.with_help("write `fact % 32 == value`");
    return true;
  }
  if (!is_comparison(type(last + 1))) {
    found.with_fix("turn it around", {item_.file, span(at_).begin, span(last).end},
                   fmt::format("{} {} {}", fact, turned, value));
    return true;
  }
  // `1 <= n <= 5`
  const std::size_t bound = last + 2;
  const std::size_t end = type(bound) == G::MINUS ? bound + 1 : bound;
  const bool simple = (is_literal(type(end)) || is_name(type(end))) && type(end + 1) != G::DOT &&
                      !is_comparison(type(end + 1));
  if (!simple) {
    found.with_help("comparisons do not chain: join them with `and`");
    return true;
  }
  const std::string_view other = between(bound, end);
  const Span all{item_.file, span(at_).begin, span(end).end};
  const auto number = [&](std::size_t i) { return type(i) == G::INTEGER || type(i) == G::VERSION; };
  const bool rising = type(op) == G::LE && type(last + 1) == G::LE;
  const bool falling = type(op) == G::GE && type(last + 1) == G::GE;
  if ((rising || falling) && number(literal) && number(end)) {
    found.with_fix("a range is written with `in`", all,
                   rising ? fmt::format("{} in {} .. {}", fact, value, other)
                          : fmt::format("{} in {} .. {}", fact, other, value));
    return true;
  }
  const std::string joined =
      fmt::format("{} {} {} and {} {} {}", fact, turned, value, fact, text(last + 1), other);
  const bool negated = at_ > 0 && type(at_ - 1) == G::NOT;
  found.with_fix("comparisons do not chain: join two", all,
                 negated ? fmt::format("({})", joined) : joined);
  return true;
}

bool Explainer::condition_error() {
  if (!inside(G::RuleNegation) || !expects(G::OPEN_PAREN) || !expects(G::IDENTIFIER)) return false;
  if (inside(G::RuleSetExpression) || type(at_ - 1) == G::IN) return false;
  Diagnostic& found = sink_.report(diag::Unexpected, here(), "a condition", describe_token(at_));
  if (at_ > item_.start) {
    found.with_label(fmt::format("after this `{}`", text(at_ - 1)));
    if (here() == span(at_)) found.with_label("");
  }
  return true;
}

}  // namespace switchyard
