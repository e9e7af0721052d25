// Mistakes in conditions and promises.

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

bool Explainer::missing_and_error() {
  if (at_ == 0) return false;
  std::size_t second = at_;
  if (at_start()) {
    // The item before ended in a condition, and this would be its next operand.
    second = item_.start;
    if (!after_condition() || !begins_condition(type(second))) return false;
    if (is_name(type(second)) && item_.tokens[second].first_on_line) {
      const Token& first = item_.tokens[item_.previous_start];
      const bool indented =
          indentation(item_.tokens[second], item_.source) > indentation(first, item_.source);
      const bool goes_on = type(at_) == G::AND || type(at_) == G::OR || type(at_) == G::IN ||
                           type(at_) == G::HAS || is_comparison(type(at_));
      if (is_declared_target(second) || (!indented && !goes_on)) return false;
    }
  } else {
    const bool operand_ended =
        ends_condition(type(at_ - 1)) &&
        (expects(G::CLOSE_PAREN) || expects(G::BECAUSE) || expects(G::IMPLIES));
    const bool in_list = inside(G::RuleParameters) || inside(G::RuleArgument) ||
                         innermost(G::RuleEntry) || innermost(G::RuleSetFactor);
    if (!operand_ended || in_list || !begins_condition(type(second)) || begins_next_item()) {
      return false;
    }
  }
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
  const Span whole{item_.file, span(at_).begin, span(literal).end};
  Diagnostic& found = sink_.report(
      diag::LiteralOnTheLeft, whole,
      kind == G::QUOTED ? describe_token(at_) : fmt::format("`{}`", item_.source.text(whole)));
  if (is_comparison(type(literal + 1)) && is_name(type(literal + 2))) {
    constexpr std::array<std::string_view, 6> kTurned = {"==", "!=", ">=", "<=", ">", "<"};
    const std::string_view turned = kTurned[type(literal + 1) - G::EQ];
    const Span all{item_.file, span(at_).begin, span(literal + 2).end};
    const std::string value(item_.source.text(whole));
    found.with_fix("turn it around", all,
                   fmt::format("{} {} {}", text(literal + 2), turned, value));
  } else {
    found.with_help("write `fact == value`");
  }
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

bool Explainer::promise_error() {
  const bool after_promise = at_ == item_.start && previous_item() == G::GUARANTEE;
  const bool in_outcome = inside(G::RuleOutcome) && inside(G::RulePromise);
  if (after_promise || in_outcome) {
    // `guarantee g: a implies b … implies native`: another `implies` says what was meant.
    for (std::size_t i = at_; i < item_.tokens.size(); ++i) {
      if (begins_item(item_.tokens, i, item_.source, item_.previous_start)) break;
      if (type(i) != G::IMPLIES) continue;
      sink_.report(diag::ImpliesInPromise, span(i))
          .with_help(
              "write `(a implies b) implies TARGET`: the last `implies` leads to the outcome");
      return true;
    }
  }
  if (after_promise && type(at_) == G::AND) {
    sink_.report(diag::Unexpected, span(at_), "the end of the guarantee, or `or`", "`and`")
        .with_help(
            "an outcome is one thing or another; what must hold besides is a guarantee of "
            "its own, and what must hold first stands before `implies`");
    return true;
  }
  if (innermost(G::RulePromise) && expects(G::IMPLIES) && !begins_condition(type(at_))) {
    if (is_comparison(type(at_)) || type(at_) == G::ASSIGN) return false;
    sink_.report(diag::NoOutcome, here())
        .with_help(
            "a guarantee is `CONDITION implies OUTCOME`, `FACT matters [when CONDITION]` or "
            "`FACT irrelevant [when CONDITION]`");
    return true;
  }
  return false;
}

}  // namespace switchyard
