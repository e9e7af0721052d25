// Mistakes in guarantees and examples.

#include <fmt/format.h>

#include "compiler/diagnostic/registry.h"
#include "compiler/parse/explainer.h"
#include "compiler/parse/token_kind.h"

namespace switchyard {

// `-> packed(split = 4)`
bool Explainer::arguments_error() {
  if (at_ != item_.start || type(at_) != G::OPEN_PAREN || at_ == 0 || !is_name(type(at_ - 1)) ||
      item_.tokens[at_].first_on_line) {
    return false;
  }
  const bool example = previous_item() == G::EXAMPLE;
  const std::string_view expected = example ? "the end of the example" : "the end of the guarantee";
  sink_.report(diag::Unexpected, span(at_), expected, "`(`")
      .with_help(
          fmt::format("{} names a target without values; `target.PARAMETER == 4` asks for the "
                      "value of a parameter",
                      example ? "an example" : "a guarantee"));
  return true;
}

bool Explainer::example_error() {
  if (previous_item() == G::EXAMPLE && arguments_error()) return true;
  if (!innermost(G::RuleExample) || !expects(G::CLOSE_BRACE)) return false;
  const std::uint16_t kind = type(at_);
  const bool condition = is_comparison(kind) || kind == G::IN || kind == G::HAS ||
                         kind == G::NOT || kind == G::OR || kind == G::IMPLIES ||
                         kind == G::DOT || kind == G::PERCENT || kind == G::AND;
  // `{ a not b }` lacks a comma, and `==` for `=` is told by itself.
  if (!condition || kind == G::EQ || (kind == G::NOT && is_name(type(at_ + 1)))) return false;
  Diagnostic& found = sink_.report(diag::Unexpected, span(at_), "`,` or `}`", describe_token(at_));
  if (kind == G::AND) {
    found.with_fix("facts are separated by commas",
                   {item_.file, behind(at_).begin, span(at_).end}, ",");
  } else {
    found.with_help(
        "an example has no conditions: `x = v`, `x` and `not x` are all that stands between its "
        "braces");
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
  if (after_promise && arguments_error()) return true;
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
