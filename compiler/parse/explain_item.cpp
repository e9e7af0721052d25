// Mistakes in the beginning and in the parts of an item.

#include <fmt/format.h>

#include <string>

#include "compiler/diagnostic/registry.h"
#include "compiler/parse/explainer.h"
#include "compiler/parse/token_kind.h"

namespace switchyard {

bool Explainer::is_declared_target(std::size_t index) const {
  for (std::size_t i = 0; i + 1 < item_.tokens.size(); ++i) {
    if (type(i) == G::TARGET && is_name(type(i + 1)) && text(i + 1) == text(index)) return true;
  }
  return false;
}

std::string Explainer::last_use() const {
  if (type(at_ - 1) != G::CLOSE_PAREN) return std::string(text(at_ - 1));
  int depth = 0;
  for (std::size_t i = at_; i-- > item_.start;) {
    if (type(i) == G::CLOSE_PAREN) ++depth;
    if (type(i) == G::OPEN_PAREN && --depth == 0 && i > item_.start) {
      return fmt::format("{}(…)", text(i - 1));
    }
  }
  return ")";
}

bool Explainer::later_construct_error() {
  if (!at_start() || !is_name(type(item_.start))) return false;
  const std::string_view word = text(item_.start);
  const bool table = word == "table" && is_name(type(item_.start + 1));
  const bool overlay = word == "overlay" && type(item_.start + 1) != G::ASSIGN;
  if (!table && !overlay) return false;
  sink_.report(diag::NotYet, span(item_.start), word)
      .with_help(table ? "rules from a tuning table are planned; until then write them out, or "
                         "generate the policy"
                       : "overlays are planned; until then put the site's rules before the others");
  return true;
}

bool Explainer::parts_order_error() {
  if (!at_start() || item_.start == 0) return false;
  const std::uint16_t before = previous_item();
  const std::uint16_t first = type(item_.start);
  std::string part;
  std::string_view order;
  if (first == G::COMMA && before == G::SET) {
    sink_.report(diag::Unexpected, span(at_), "the end of the set", "`,`")
        .with_help("several values in a set are written `<a, b>`");
    return true;
  }
  if (before == G::FACT && text(item_.start) == "default") {
    sink_.report(diag::Unexpected, span(item_.start), "`=`", "`default`")
        .with_fix("a default is written with `=`", span(item_.start), "=");
    return true;
  }
  if (before == G::FACT) {
    if (first == G::ASSIGN && at_ == item_.start) part = "the default";
    const std::uint16_t second = type(item_.start + 1);
    const bool source = second == G::ENV || second == G::DEVICE || second == G::MODEL;
    if (first == G::FROM && source) part = "`from`";
    if (first == G::REPLACES && second == G::ENV) part = "`replaces`";
    if (part.empty() && at_ == item_.start + 1 && (first == G::FROM || first == G::REPLACES)) {
      sink_
          .report(diag::Unexpected, span(at_),
                  first == G::FROM ? "`env`, `device` or `model`" : "`env`", describe_token(at_))
          .with_help(
              "`from env \"VARIABLE\"`, `from device PROPERTY`, `from model PROPERTY`, "
              "`replaces env \"VARIABLE\"`");
      return true;
    }
    if (first == G::QUOTED) part = "this text";
    order = "`fact NAME : TYPE = default from … replaces … \"doc\"`";
  } else if (before == G::TARGET) {
    if (first == G::OPEN_PAREN) part = "the list of parameters";
    if (first == G::OPEN_BRACE) part = "the list of attributes";
    order = "`target NAME (parameters) { attributes } \"what it is\"`";
  }
  if (part.empty()) return false;
  sink_.report(diag::PartsOutOfOrder, span(item_.start), part)
      .with_help(fmt::format("the order is {}", order));
  return true;
}

bool Explainer::missing_because_error() {
  // A text where the reason belongs.
  if (type(at_) == G::QUOTED &&
      (expects(G::BECAUSE) || (at_ == item_.start && after_condition()))) {
    sink_.report(diag::MissingBecause, behind(at_), "condition")
        .with_fix("insert `because`", {item_.file, span(at_).begin, span(at_).begin}, "because ");
    return true;
  }
  if (!expects(G::BECAUSE) || !(begins_next_item() || at_ == item_.start)) return false;
  const bool refuse = inside(G::RuleRuleRefuse);
  sink_.report(diag::MissingBecause, behind(at_), refuse ? "`refuse` rule" : "`allow` line")
      .with_help(refuse ? "a refusal stops the dispatch: say why, for the one who meets it"
                        : "an exception needs its reason, for the one who reads it");
  return true;
}

bool Explainer::missing_when_error() {
  const bool needs_guard = innermost(G::RuleGuard) || expects(G::WHEN);
  const bool bare_start = at_start() && is_name(type(item_.start)) && at_ == item_.start + 1 &&
                          type(at_) != G::ASSIGN && type(at_) != G::COLON &&
                          type(at_) != G::COMMA && type(at_) != G::OF &&
                          !(type(item_.start) == G::FIRST && is_name(type(at_)));
  if (!needs_guard && !bare_start) return false;
  if (item_.start > 0 && type(item_.start - 1) == G::CAN &&
      type(item_.start + 1) == G::OPEN_PAREN && !item_.tokens[item_.start].first_on_line) {
    sink_.report(diag::CanWithValues, span(item_.start + 1))
        .with_help("to prefer a use with other values where it can run, list it in a `first of`");
    return true;
  }
  const std::string_view choice =
      inside(G::RuleNever) || inside(G::RuleAllow) ? "" : " or `otherwise`";
  const Span point = behind(at_);
  const std::string after = fmt::format("`{}`", last_use());
  if (is_name(type(at_)) && text(at_) == "if") {
    sink_.report(diag::MissingWhen, span(at_), after)
        .with_label("`if` is written `when`")
        .with_fix("write `when`", span(at_), "when");
    return true;
  }
  const bool condition_follows = begins_condition(type(at_)) && !begins_next_item();
  if (condition_follows) {
    sink_.report(diag::MissingWhen, point, after).with_fix("insert `when`", point, " when");
    return true;
  }
  Diagnostic& found = sink_.report(diag::MissingWhen, point, after);
  found.message = fmt::format("missing `when`{} after {}", choice, after);
  if (at_start() || !choice.empty()) {
    found.with_help("a rule is `TARGET when CONDITION`, or `TARGET otherwise` for all the rest");
  }
  return true;
}

// Words that begin a rule in other languages, or that belong after its target here.
bool Explainer::rule_without_target_error() {
  if (!at_start() || item_.start > at_) return false;
  const std::string_view word = text(item_.start);
  const std::uint16_t kind = type(item_.start);
  const bool foreign = (word == "if" || word == "elif" || word == "else" || word == "return") &&
                       is_name(kind) && at_ == item_.start + 1;
  const bool early = at_ == item_.start && (kind == G::WHEN || kind == G::OTHERWISE);
  if (!foreign && !early) return false;
  sink_.report(diag::NotAnItem, span(item_.start), describe_token(item_.start))
      .with_help(
          "a rule begins with its target: `TARGET when CONDITION`, and `TARGET otherwise` "
          "for all the rest");
  return true;
}

// `x: …`, where `x` is a target, or a fact that lacks its `fact`.
void Explainer::colon_error(std::size_t first) {
  if (is_declared_target(first)) {
    Diagnostic& found =
        sink_.report(diag::MissingWhen, span(at_), fmt::format("`{}`", text(first)));
    const bool condition_follows =
        begins_condition(type(at_ + 1)) &&
        !looks_like_item(item_.tokens, at_ + 1, item_.source, item_.layout());
    if (condition_follows) {
      found.with_fix("write `when`", {item_.file, behind(at_).begin, span(at_).end}, " when");
    } else {
      found.with_help("a rule is `TARGET when CONDITION`, or `TARGET otherwise` for all the rest");
    }
    return;
  }
  Diagnostic& found = sink_.report(diag::NotAnItem, span(first), describe_token(first));
  switch (type(at_ + 1)) {
    case G::BOOL: case G::ENUM: case G::NAME: case G::INT_TYPE: case G::VERSION_TYPE:
    case G::FLAGS: case G::SWITCH:
      found.with_fix("a fact is declared with `fact`",
                     {item_.file, span(first).begin, span(first).begin}, "fact ");
      break;
    default:
      found.with_help("a fact is `fact NAME : TYPE`, a rule `TARGET when CONDITION`");
  }
}

bool Explainer::not_an_item_error() {
  if (!at_start()) return false;
  const std::size_t first = item_.start;
  if (type(first) == G::COMMA && at_ == first && after_condition()) {
    sink_.report(diag::Unexpected, span(first), "`and`, `or`, `because` or the next item", "`,`");
    return true;
  }
  if (is_name(type(first)) && type(at_) == G::COMMA) {
    sink_
        .report(diag::NotAnItem, span(first),
                fmt::format("a list that starts with `{}`", text(first)))
        .with_help(
            "several targets are tried in order by `first of a, b when …`, or by "
            "`only a, b when …`, which refuses when none can run");
    return true;
  }
  if (is_name(type(first)) && type(at_) == G::ASSIGN) {
    sink_.report(diag::NotAnItem, span(first), describe_token(first))
        .with_help("a condition is named with `let x = …`, a set with `set x = <…>`");
    return true;
  }
  if (is_name(type(first)) && type(at_) == G::COLON) {
    colon_error(first);
    return true;
  }
  if (type(first) == G::BECAUSE && previous_item() == G::GUARANTEE) {
    sink_.report(diag::NotAnItem, span(first), describe_token(first))
        .with_help("what a guarantee is for stands after its name: `guarantee NAME \"why\": …`");
    return true;
  }
  if (type(first) == G::FIRST) {
    sink_.report(diag::Unexpected, span(at_), "`of` after `first`", describe_token(at_))
        .with_fix("insert `of`", behind(at_), " of");
    return true;
  }
  sink_.report(diag::NotAnItem, at_ == first ? span(first) : here(), describe_token(at_))
      .with_help(
          "items begin with `fact`, `let`, `target`, `guarantee` and the like, or with the "
          "name of a target: `native when …`");
  return true;
}

}  // namespace switchyard
