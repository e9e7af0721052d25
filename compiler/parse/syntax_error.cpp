#include "compiler/parse/syntax_error.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "PolicyParser.h"
#include "compiler/diagnostic/did_you_mean.h"
#include "compiler/diagnostic/registry.h"
#include "compiler/parse/token_kind.h"

namespace switchyard {
namespace {

using G = grammar::PolicyParser;

// One broken item and the questions that are asked about it. Each `…_error` function knows one kind
// of mistake: it reports and returns true, or returns false and leaves it to the next.
class Explainer {
 public:
  Explainer(const BrokenItem& item, DiagnosticSink& sink)
      : item_(item), sink_(sink), at_(item.failure.offending) {}

  void explain();

 private:
  using Explanation = bool (Explainer::*)();

  // Mistakes that show in the token itself.
  bool reserved_word_error();
  bool value_operator_error();   // `=` for `==`, `==` for `=`
  // Lists and parentheses.
  bool list_error();
  bool unclosed_error();
  // Parts of items.
  bool parts_order_error();
  bool missing_because_error();
  bool missing_when_error();
  bool promise_error();
  // Conditions.
  bool chained_error();
  bool can_error();
  bool broken_off_error();
  bool missing_and_error();
  bool literal_first_error();
  bool condition_error();
  // The beginning of an item.
  bool later_construct_error();
  bool closer_error();
  bool misspelt_error();
  bool not_an_item_error();
  void unexpected();

  std::uint16_t type(std::size_t index) const {
    return item_.tokens[std::min(index, item_.tokens.size() - 1)].type;
  }
  std::string_view text(std::size_t index) const { return item_.source.text(span(index)); }
  Span span(std::size_t index) const {
    const Token& token = item_.tokens[std::min(index, item_.tokens.size() - 1)];
    return {item_.file, token.begin, token.end};
  }
  std::string describe_token(std::size_t index) const {
    return describe(item_.tokens[std::min(index, item_.tokens.size() - 1)], item_.source);
  }
  // The point behind the token before `index`, where something is missing.
  Span behind(std::size_t index) const {
    const std::uint32_t end = index == 0 ? 0 : item_.tokens[index - 1].end;
    return {item_.file, end, end};
  }
  // The offending token, or the point behind the one before when it stands on a later line: what is
  // missing is missing where the line ends.
  Span here() const {
    const Token& token = item_.tokens[at_];
    const bool later = at_ > 0 && (token.first_on_line || token.type == Token::kEndOfFile);
    return later ? behind(at_) : span(at_);
  }
  bool inside(std::size_t rule) const {
    return std::any_of(item_.failure.stack.begin(), item_.failure.stack.end(),
                       [&](const Failure::Frame& frame) { return frame.rule == rule; });
  }
  bool innermost(std::size_t rule) const {
    return !item_.failure.stack.empty() && item_.failure.stack.front().rule == rule;
  }
  // Between two elements of a list, where a comma or the closing bracket would fit.
  bool in_list() const {
    const bool lists = innermost(G::RuleSetLiteral) || innermost(G::RuleSymbols) ||
                       innermost(G::RuleParameters) || innermost(G::RuleAttributes) ||
                       innermost(G::RuleEntry) || innermost(G::RuleExample);
    return lists && (expects(G::GT) || expects(G::CLOSE_BRACE) || expects(G::CLOSE_PAREN));
  }
  bool expects(std::size_t token) const { return item_.failure.expected.contains(token); }
  bool at_start() const { return innermost(G::RuleItem); }
  bool begins_next_item() const {
    return begins_item(item_.tokens, at_, item_.source, item_.start);
  }
  // An item stands before this one, and ended in a condition that could have gone on.
  bool after_condition() const;
  std::uint16_t previous_item() const {
    return item_.start > 0 ? type(item_.previous_start) : Token::kEndOfFile;
  }
  bool is_declared_target(std::size_t index) const;
  bool ahead_on_line(std::initializer_list<std::uint16_t> types) const;
  std::optional<std::size_t> opener(std::uint16_t open, std::uint16_t close) const;
  std::string expectation() const;
  std::string last_use() const;

  const BrokenItem& item_;
  DiagnosticSink& sink_;
  std::size_t at_;  // the offending token
};

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

bool Explainer::is_declared_target(std::size_t index) const {
  for (std::size_t i = 0; i + 1 < item_.tokens.size(); ++i) {
    if (type(i) == G::TARGET && is_name(type(i + 1)) && text(i + 1) == text(index)) return true;
  }
  return false;
}

// Whether one of the types comes between the offending token and the end of its line.
bool Explainer::ahead_on_line(std::initializer_list<std::uint16_t> types) const {
  for (std::size_t i = at_; i < item_.tokens.size(); ++i) {
    if (i > at_ && item_.tokens[i].first_on_line) return false;
    if (std::find(types.begin(), types.end(), type(i)) != types.end()) return true;
  }
  return false;
}

// The innermost `open` of this item that is not closed before the offending token.
std::optional<std::size_t> Explainer::opener(std::uint16_t open, std::uint16_t close) const {
  int closed = 0;
  for (std::size_t i = at_; i-- > item_.start;) {
    if (type(i) == close) ++closed;
    if (type(i) == open && closed-- == 0) return i;
  }
  return std::nullopt;
}

// The use of a target that ends before the offending token, its values left out.
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

// ---- The token itself ------------------------------------------------------------------------------

bool Explainer::reserved_word_error() {
  const bool names_something = at_start() && at_ == item_.start + 1 && at_ > 0 &&
                               (type(item_.start) == G::TARGET || type(item_.start) == G::SET) &&
                               type(at_) != G::WHEN && type(at_) != G::OTHERWISE;
  if (!is_reserved(type(at_)) || !(expects(G::IDENTIFIER) || names_something)) return false;
  if (at_ == item_.start || item_.tokens[at_].first_on_line) return false;
  const bool in_condition = inside(G::RuleNegation);
  switch (type(at_)) {
    case G::AND: case G::OR: case G::IMPLIES: case G::IN: case G::HAS: case G::WHEN:
    case G::BECAUSE: case G::OTHERWISE: case G::REQUIRES: case G::NOT:
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

// ---- Lists -------------------------------------------------------------------------------------------

bool Explainer::list_error() {
  const std::uint16_t kind = type(at_);
  const bool closes = kind == G::GT || kind == G::CLOSE_BRACE || kind == G::CLOSE_PAREN;
  if (closes && at_ > item_.start && type(at_ - 1) == G::COMMA) {
    sink_.report(diag::TrailingComma, span(at_ - 1)).with_fix("leave it out", span(at_ - 1), "");
    return true;
  }
  const bool in_entries = innermost(G::RuleGuard) && (inside(G::RuleRuleFirst) ||
                                                      inside(G::RuleRuleOnly));
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

bool Explainer::unclosed_error() {
  constexpr std::array<std::array<std::uint16_t, 2>, 3> kPairs = {{
      {G::OPEN_PAREN, G::CLOSE_PAREN}, {G::OPEN_BRACE, G::CLOSE_BRACE}, {G::LT, G::GT}}};
  const std::uint16_t kind = type(at_);
  const bool ends_part = kind == G::WHEN || kind == G::BECAUSE || kind == G::OTHERWISE ||
                         kind == G::CLOSE_BRACE || kind == G::CLOSE_PAREN || kind == G::ARROW ||
                         kind == G::QUOTED || is_reserved(kind);
  if (!begins_next_item() && !ends_part) return false;
  for (const auto& [open, close] : kPairs) {
    if (!expects(close) || kind == close) continue;
    const auto opened = opener(open, close);
    if (!opened) continue;
    sink_.report(diag::NeverClosed, span(*opened), text(*opened))
        .with_label("opened here")
        .with_note(here(), fmt::format("expected the closing `{}` here at the latest",
                                       close == G::CLOSE_PAREN ? ")"
                                       : close == G::CLOSE_BRACE ? "}" : ">"));
    return true;
  }
  return false;
}

// ---- Parts of items ----------------------------------------------------------------------------------

bool Explainer::parts_order_error() {
  if (!at_start() || item_.start == 0) return false;
  const std::uint16_t before = previous_item();
  const std::uint16_t first = type(item_.start);
  std::string part;
  std::string_view order;
  if (before == G::FACT) {
    if (first == G::ASSIGN && at_ == item_.start) part = "the default";
    const std::uint16_t second = type(item_.start + 1);
    const bool source = second == G::ENV || second == G::DEVICE || second == G::MODEL;
    if (first == G::FROM && source) part = "`from`";
    if (first == G::REPLACES && second == G::ENV) part = "`replaces`";
    if (part.empty() && at_ == item_.start + 1 && (first == G::FROM || first == G::REPLACES)) {
      sink_.report(diag::Unexpected, span(at_),
                   first == G::FROM ? "`env`, `device` or `model`" : "`env`", describe_token(at_))
          .with_help("`from env \"VARIABLE\"`, `from device PROPERTY`, `from model PROPERTY`, "
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
  if (type(at_) == G::QUOTED && (expects(G::BECAUSE) || (at_ == item_.start && after_condition()))) {
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
  if (item_.start > 0 && type(item_.start - 1) == G::CAN && type(item_.start + 1) == G::OPEN_PAREN &&
      !item_.tokens[item_.start].first_on_line) {
    sink_.report(diag::CanWithValues, span(item_.start + 1))
        .with_help("to prefer a use with other values where it can run, list it in a `first of`");
    return true;
  }
  const std::string_view choice = inside(G::RuleNever) || inside(G::RuleAllow) ? "" : " or `otherwise`";
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

bool Explainer::promise_error() {
  const bool after_promise = at_ == item_.start && previous_item() == G::GUARANTEE;
  const bool in_outcome = inside(G::RuleOutcome) && inside(G::RulePromise);
  if (after_promise || in_outcome) {
    // `guarantee g: a implies b … implies native`: another `implies` says what was meant.
    for (std::size_t i = at_; i < item_.tokens.size(); ++i) {
      if (begins_item(item_.tokens, i, item_.source, item_.previous_start)) break;
      if (type(i) != G::IMPLIES) continue;
      sink_.report(diag::ImpliesInPromise, span(i))
          .with_help("write `(a implies b) implies TARGET`: the last `implies` leads to the outcome");
      return true;
    }
  }
  if (after_promise && type(at_) == G::AND) {
    sink_.report(diag::Unexpected, span(at_), "the end of the guarantee, or `or`", "`and`")
        .with_help("an outcome is one thing or another; what must hold besides is a guarantee of "
                   "its own, and what must hold first stands before `implies`");
    return true;
  }
  if (innermost(G::RulePromise) && expects(G::IMPLIES) && !begins_condition(type(at_))) {
    if (is_comparison(type(at_)) || type(at_) == G::ASSIGN) return false;
    sink_.report(diag::NoOutcome, here())
        .with_help("a guarantee is `CONDITION implies OUTCOME`, `FACT matters [when CONDITION]` or "
                   "`FACT irrelevant [when CONDITION]`");
    return true;
  }
  return false;
}

// ---- Conditions --------------------------------------------------------------------------------------

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

// A condition, or a value, was broken off at the end of a line, and the first word of the next item
// was read as its continuation.
bool Explainer::broken_off_error() {
  if (!at_start() || item_.start < 2) return false;
  const std::size_t word = item_.start - 1;
  const std::uint16_t before = type(word - 1);
  if (!wants_more(before) || before == G::OPEN_BRACE || before == G::COMMA) return false;
  if (!looks_like_item(item_.tokens, word, item_.source, item_.previous_start)) return false;
  const std::string_view wanted = is_comparison(before) || before == G::ASSIGN ? "a value"
                                  : before == G::IN || before == G::BAR || before == G::AMPERSAND ||
                                          before == G::MINUS
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
      const bool indented = indentation(item_.tokens[second], item_.source) >
                            indentation(first, item_.source);
      const bool goes_on = type(at_) == G::AND || type(at_) == G::OR || type(at_) == G::IN ||
                           type(at_) == G::HAS || is_comparison(type(at_));
      if (is_declared_target(second) || (!indented && !goes_on)) return false;
    }
  } else {
    const bool operand_ended = ends_condition(type(at_ - 1)) &&
                               (expects(G::CLOSE_PAREN) || expects(G::BECAUSE) ||
                                expects(G::IMPLIES));
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
    found.with_fix("turn it around", all, fmt::format("{} {} {}", text(literal + 2), turned, value));
  } else {
    found.with_help("write `fact == value`");
  }
  return true;
}

bool Explainer::condition_error() {
  if (!inside(G::RuleNegation) || !expects(G::OPEN_PAREN) || !expects(G::IDENTIFIER)) return false;
  if (inside(G::RuleSetExpression)) return false;
  Diagnostic& found = sink_.report(diag::Unexpected, here(), "a condition", describe_token(at_));
  if (at_ > item_.start) {
    found.with_label(fmt::format("after this `{}`", text(at_ - 1)));
    if (here() == span(at_)) found.with_label("");
  }
  return true;
}

// ---- The beginning of an item ------------------------------------------------------------------------

bool Explainer::later_construct_error() {
  if (!at_start() || !is_name(type(item_.start))) return false;
  const std::string_view word = text(item_.start);
  const bool table = word == "table" && is_name(type(item_.start + 1));
  const bool overlay = word == "overlay" && type(item_.start + 1) == G::QUOTED;
  if (!table && !overlay) return false;
  sink_.report(diag::NotYet, span(item_.start), word)
      .with_help(table ? "rules from a tuning table are planned; until then write them out, or "
                         "generate the policy"
                       : "overlays are planned; until then put the site's rules before the others");
  return true;
}

bool Explainer::closer_error() {
  if (at_ != item_.start) return false;
  const std::uint16_t kind = type(at_);
  if (kind != G::CLOSE_PAREN && kind != G::GT) return false;
  sink_.report(diag::NothingToClose, span(at_), text(at_)).with_fix("leave it out", span(at_), "");
  return true;
}

bool Explainer::misspelt_error() {
  if (!at_start() || at_ != item_.start + 1 || type(item_.start) != G::IDENTIFIER) return false;
  if (type(at_) == G::COLON || type(at_) == G::ASSIGN || type(at_) == G::COMMA) return false;
  static const std::array<std::string, 15> kFirst = {
      "policy", "import", "fact",  "assume", "let",    "set",  "target",  "faster",
      "refuse", "first",  "only",  "never",  "allow",  "guarantee", "decision"};
  static const std::array<std::string, 3> kSecond = {"when", "otherwise", "requires"};
  if (type(at_) == G::IDENTIFIER) {
    if (const auto meant = did_you_mean(text(at_), kSecond)) {
      sink_.report(diag::Unexpected, span(at_), "`when`, `otherwise` or `requires`",
                   describe_token(at_))
          .with_fix(fmt::format("did you mean `{}`?", *meant), span(at_), *meant);
      return true;
    }
  }
  if (is_declared_target(item_.start)) return false;
  const auto meant = did_you_mean(text(item_.start), kFirst);
  if (!meant) return false;
  sink_.report(diag::NotAnItem, span(item_.start), describe_token(item_.start))
      .with_fix(fmt::format("did you mean `{}`?", *meant), span(item_.start), *meant);
  return true;
}

bool Explainer::not_an_item_error() {
  if (!at_start()) return false;
  const std::size_t first = item_.start;
  if (is_name(type(first)) && type(at_) == G::COMMA) {
    sink_.report(diag::NotAnItem, span(first), fmt::format("a list that starts with `{}`", text(first)))
        .with_help("several targets are tried in order by `first of a, b when …`, or by "
                   "`only a, b when …`, which refuses when none can run");
    return true;
  }
  if (is_name(type(first)) && type(at_) == G::ASSIGN) {
    sink_.report(diag::NotAnItem, span(first), describe_token(first))
        .with_help("a condition is named with `let x = …`, a set with `set x = <…>`");
    return true;
  }
  if (is_name(type(first)) && type(at_) == G::COLON) {
    sink_.report(diag::NotAnItem, span(first), describe_token(first))
        .with_fix("a fact is declared with `fact`",
                  {item_.file, span(first).begin, span(first).begin}, "fact ");
    return true;
  }
  if (type(first) == G::FIRST) {
    sink_.report(diag::Unexpected, span(at_), "`of` after `first`", describe_token(at_))
        .with_fix("insert `of`", behind(at_), " of");
    return true;
  }
  sink_.report(diag::NotAnItem, at_ == first ? span(first) : here(), describe_token(at_))
      .with_help("items begin with `fact`, `let`, `target`, `guarantee` and the like, or with the "
                 "name of a target: `native when …`");
  return true;
}

// What the grammar was looking for, by the innermost rule that has a name people use.
std::string Explainer::expectation() const {
  if (innermost(G::RulePrimary) && at_ > 0 && is_comparison(type(at_ - 1))) return "a value";
  const std::string tokens = describe(item_.failure.expected, *item_.failure.vocabulary);
  for (const Failure::Frame& frame : item_.failure.stack) {
    const bool fresh = frame.start == at_;  // nothing of the rule has been read
    switch (frame.rule) {
      case G::RuleFactType:
        if (fresh) {
          return "a type (`bool`, `int`, `enum`, `name`, `version`, `flags` or `switch`)";
        }
        break;
      case G::RuleParameterType:
        if (fresh) return "`int LOW .. HIGH` or `enum { … }`";
        break;
      case G::RuleFactSource: return tokens.empty() ? "`env`, `device` or `model`" : tokens;
      case G::RuleOutcome: if (fresh) return "an outcome: a target, or `refuse`"; break;
      case G::RuleValue: case G::RuleSetElement: if (fresh) return "a value"; break;
      case G::RuleRange: case G::RuleNumber: case G::RuleInteger:
        if (fresh) return "a number";
        break;
      case G::RuleSetExpression: case G::RuleSetTerm: case G::RuleSetFactor:
        if (fresh) return "a set: `<a, b>`, or the name of one";
        break;
      case G::RuleSymbol: if (fresh) return "a symbol"; break;
      case G::RuleGuard: if (fresh) return "`when` or `otherwise`"; break;
      case G::RulePrimary:
        if (tokens.empty()) return "the rest of the condition";
        break;
      default: break;
    }
  }
  return tokens.empty() ? "something else" : tokens;
}

void Explainer::unexpected() {
  Diagnostic& found = sink_.report(diag::Unexpected, here(), expectation(), describe_token(at_));
  if (innermost(G::RuleFactType) && is_name(type(at_))) {
    static const std::array<std::string, 7> kTypes = {"bool", "int",   "enum",  "name",
                                                      "version", "flags", "switch"};
    const std::string_view word = text(at_);
    if (const auto meant = did_you_mean(word, kTypes)) {
      found.with_fix(fmt::format("did you mean `{}`?", *meant), span(at_), *meant);
    } else if (word == "boolean") {
      found.with_fix("the type is called `bool`", span(at_), "bool");
    } else if (word == "string" || word == "str") {
      found.with_help("every fact has a finite domain: `enum { a, b }` lists all values, "
                      "`name { a, b }` those that matter");
    } else if (word == "integer" || word == "float" || word == "double" || word == "long") {
      found.with_help("numbers are `int LOW .. HIGH`");
    }
  } else if (inside(G::RulePrimary) && at_ > 0 && type(at_ - 1) == G::NOT) {
    found.with_help("after a name only `not in` may follow; a condition is negated by a `not` "
                    "before it");
  } else if (innermost(G::RulePrimary) && type(at_) == G::OPEN_PAREN) {
    found.with_help("to compare with a condition, name it by `let` and compare with the name");
  } else if (innermost(G::RuleImportLine) && is_name(type(at_))) {
    found.with_help("the path is quoted: `import \"shared.facts\"`");
  }
}

void Explainer::explain() {
  constexpr Explanation kExplanations[] = {
      &Explainer::later_construct_error, &Explainer::reserved_word_error,
      &Explainer::broken_off_error,      &Explainer::parts_order_error,
      &Explainer::value_operator_error,
      &Explainer::chained_error,         &Explainer::can_error,
      &Explainer::promise_error,         &Explainer::missing_and_error,
      &Explainer::list_error,            &Explainer::unclosed_error,
      &Explainer::missing_because_error, &Explainer::literal_first_error,
      &Explainer::condition_error,       &Explainer::closer_error,
      &Explainer::misspelt_error,        &Explainer::missing_when_error,
      &Explainer::not_an_item_error,
  };
  for (const Explanation explanation : kExplanations) {
    if ((this->*explanation)()) return;
  }
  unexpected();
}

}  // namespace

void report_syntax_error(const BrokenItem& item, DiagnosticSink& sink) {
  Explainer(item, sink).explain();
}

std::size_t next_item(const BrokenItem& item) {
  int braces = 0;
  for (std::size_t at = item.start; ; ++at) {
    const std::uint16_t type = item.tokens[at].type;
    if (type == Token::kEndOfFile) return at;
    if (at > item.start && at >= item.failure.offending &&
        begins_item(item.tokens, at, item.source, item.start)) {
      return at;
    }
    if (type == G::OPEN_BRACE) ++braces;
    if (type == G::CLOSE_BRACE && --braces < 0) {
      if (item.in_decision && at > item.start) return at;
      braces = 0;
    }
  }
}

}  // namespace switchyard
