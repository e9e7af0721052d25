// Mistakes that show in the token itself, and in lists and brackets.

#include <fmt/format.h>

#include <array>
#include <string>

#include "compiler/diagnostic/registry.h"
#include "compiler/parse/explainer.h"
#include "compiler/parse/token_kind.h"

namespace switchyard {

bool Explainer::reserved_word_error() {
  const bool names_something = at_start() && at_ == item_.start + 1 && at_ > 0 &&
                               (type(item_.start) == G::TARGET || type(item_.start) == G::SET) &&
                               type(at_) != G::WHEN && type(at_) != G::OTHERWISE;
  if (!is_reserved(type(at_)) || !(expects(G::IDENTIFIER) || names_something)) return false;
  if (at_ == item_.start || item_.tokens[at_].first_on_line) return false;
  const bool in_condition = inside(G::RuleNegation);
  switch (type(at_)) {
    case G::AND:
    case G::OR:
    case G::IMPLIES:
    case G::IN:
    case G::HAS:
    case G::WHEN:
    case G::BECAUSE:
    case G::OTHERWISE:
    case G::REQUIRES:
    case G::NOT:
      if (in_condition || type(at_ + 1) == G::QUOTED) return false;
      break;
    default:
      break;
  }
  if (type(at_) == G::WHEN || type(at_) == G::BECAUSE) {
    // `target when`: a name is missing rather than wrong, unless the sentence goes on without one.
    if (begins_condition(type(at_ + 1)) && !inside(G::RuleFact)) return false;
  }
  sink_.report(diag::ReservedWord, span(at_), text(at_))
      .with_help(fmt::format("choose another name, such as `{}_`", text(at_)));
  return true;
}

bool Explainer::value_operator_error() {
  const std::uint16_t kind = type(at_);
  const bool gives_value = expects(G::ASSIGN) || innermost(G::RuleExample) ||
                           (at_ == item_.start && previous_item() == G::FACT);
  if (kind == G::EQ && gives_value) {
    sink_.report(diag::CompareForAssign, span(at_))
        .with_help("`==` compares; a value is given with `=`")
        .with_fix("write `=`", span(at_), "=");
    return true;
  }
  if (kind != G::ASSIGN || expects(G::ASSIGN)) return false;
  const bool follows_condition =
      inside(G::RuleNegation) || (at_ == item_.start && after_condition()) ||
      (inside(G::RuleBecause) && ends_condition(type(at_ - 1))) || expects(G::IMPLIES) ||
      expects(G::CLOSE_PAREN) || (innermost(G::RuleGuarantee) && is_name(type(at_ - 1)));
  if (!follows_condition || inside(G::RuleParameters)) return false;
  sink_.report(diag::AssignForCompare, span(at_)).with_fix("write `==`", span(at_), "==");
  return true;
}

bool Explainer::list_error() {
  const std::uint16_t kind = type(at_);
  const bool closes = kind == G::GT || kind == G::CLOSE_BRACE || kind == G::CLOSE_PAREN;
  if (closes && at_ > item_.start && type(at_ - 1) == G::COMMA) {
    sink_.report(diag::TrailingComma, span(at_ - 1)).with_fix("leave it out", span(at_ - 1), "");
    return true;
  }
  const bool in_entries =
      innermost(G::RuleGuard) && (inside(G::RuleRuleFirst) || inside(G::RuleRuleOnly));
  if (in_entries) {
    if (!is_name(kind) || begins_next_item() || !ahead_on_line({G::WHEN, G::OTHERWISE, G::COMMA})) {
      return false;
    }
  } else if (!in_list() || begins_next_item()) {
    return false;
  }
  const bool element = is_name(kind) || is_literal(kind) || kind == G::MINUS || kind == G::NOT ||
                       kind == G::TRUE || kind == G::FALSE;
  if (!element) return false;
  sink_.report(diag::MissingComma, behind(at_), text(at_ - 1), text(at_))
      .with_fix("insert a comma", behind(at_), ",");
  return true;
}

std::optional<std::size_t> Explainer::opener(std::uint16_t open, std::uint16_t close) const {
  int closed = 0;
  for (std::size_t i = at_; i-- > item_.start;) {
    if (type(i) == close) ++closed;
    if (type(i) == open && closed-- == 0) return i;
  }
  return std::nullopt;
}

bool Explainer::unclosed_error() {
  constexpr std::array<std::array<std::uint16_t, 2>, 3> kPairs = {
      {{G::OPEN_PAREN, G::CLOSE_PAREN}, {G::OPEN_BRACE, G::CLOSE_BRACE}, {G::LT, G::GT}}};
  const std::uint16_t kind = type(at_);
  const bool ends_part = kind == G::WHEN || kind == G::BECAUSE || kind == G::OTHERWISE ||
                         kind == G::CLOSE_BRACE || kind == G::CLOSE_PAREN || kind == G::ARROW ||
                         kind == G::QUOTED || is_reserved(kind);
  if (!begins_next_item() && !ends_part) return false;
  for (const auto& [open, close] : kPairs) {
    if (!expects(close) || kind == close) continue;
    const auto opened = opener(open, close);
    if (!opened || span(*opened).begin == span(*opened).end) continue;
    sink_.report(diag::NeverClosed, span(*opened), text(*opened))
        .with_label("opened here")
        .with_note(here(), fmt::format("expected the closing `{}` here at the latest",
                                       close == G::CLOSE_PAREN   ? ")"
                                       : close == G::CLOSE_BRACE ? "}"
                                                                 : ">"));
    return true;
  }
  return false;
}

bool Explainer::closer_error() {
  if (at_ != item_.start) return false;
  const std::uint16_t kind = type(at_);
  if (kind != G::CLOSE_PAREN && kind != G::GT) return false;
  sink_.report(diag::NothingToClose, span(at_), text(at_)).with_fix("leave it out", span(at_), "");
  return true;
}

}  // namespace switchyard
