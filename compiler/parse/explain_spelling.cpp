// Keywords that are misspelt. A misspelt word reads as a name, so that the parser stumbles over it
// or over what follows; which keyword was meant shows in what stands around it.

#include <fmt/format.h>

#include <array>
#include <string>
#include <vector>

#include "compiler/diagnostic/did_you_mean.h"
#include "compiler/diagnostic/registry.h"
#include "compiler/parse/explainer.h"
#include "compiler/parse/token_kind.h"

namespace switchyard {

// Whether this file declares the name; names that it imports are not known here.
bool Explainer::is_declared(std::size_t index) const {
  for (std::size_t i = 0; i + 1 < item_.tokens.size(); ++i) {
    const bool declares = type(i) == G::FACT || type(i) == G::LET || type(i) == G::SET ||
                          type(i) == G::TARGET || type(i) == G::DECISION;
    if (declares && is_name(type(i + 1)) && text(i + 1) == text(index)) return true;
  }
  return false;
}

bool Explainer::meant(std::size_t word, const std::vector<std::string>& keywords,
                      std::string_view expected) {
  if (type(word) != G::IDENTIFIER || is_declared(word)) return false;
  const auto keyword = did_you_mean(text(word), keywords);
  if (!keyword) return false;
  const std::string wanted =
      expected.empty() ? fmt::format("`{}`", *keyword) : std::string(expected);
  sink_.report(diag::Unexpected, span(word), wanted, describe_token(word))
      .with_fix(fmt::format("did you mean `{}`?", *keyword), span(word), *keyword);
  return true;
}

bool Explainer::misspelt_in_condition_error() {
  std::optional<std::size_t> second = second_operand();
  if (!second && innermost(G::RuleGuarantee) && at_ > item_.start + 2) second = at_;
  if (!second || *second < 2) return false;

  // `a adn b`, `f hsa x`, `a becuase "…"`, `x nto in <…>`
  const std::uint16_t next = type(*second + 1);
  if (!begins_item(item_.tokens, *second + 1, item_.source, item_.layout())) {
    std::vector<std::string> keywords;
    if (begins_condition(next)) keywords = {"and", "implies"};
    if (is_name(next) || next == G::QUOTED) keywords.push_back("has");
    if (next == G::QUOTED) keywords.push_back("because");
    if (next == G::IN) keywords.push_back("not");
    if (meant(*second, keywords)) return true;
  }

  // `nto a`, `cna packed`
  switch (type(*second - 2)) {
    case G::WHEN: case G::REQUIRES: case G::ASSUME: case G::ASSIGN: case G::COLON: case G::AND:
    case G::OR: case G::NOT: case G::IMPLIES: case G::OPEN_PAREN:
      break;
    default:
      return false;
  }
  if (item_.tokens[*second].first_on_line) return false;
  std::vector<std::string> keywords = {"not"};
  if (is_name(type(*second))) keywords.push_back("can");
  return meant(*second - 1, keywords);
}

bool Explainer::misspelt_guard_error() {
  if (at_start() || !(innermost(G::RuleGuard) || expects(G::WHEN))) return false;
  if (item_.tokens[at_].first_on_line) return false;
  const bool alone = inside(G::RuleNever) || inside(G::RuleAllow);
  const bool condition_follows =
      begins_condition(type(at_ + 1)) &&
      !begins_item(item_.tokens, at_ + 1, item_.source, item_.layout());
  std::vector<std::string> keywords;
  if (condition_follows) keywords.push_back("when");
  if (!alone) keywords.push_back("otherwise");
  return meant(at_, keywords, alone ? "`when`" : "`when` or `otherwise`");
}

bool Explainer::misspelt_source_error() {
  if (!at_start() || previous_item() != G::FACT) return false;
  const std::uint16_t next = type(item_.start + 1);
  if (next == G::ENV) return meant(item_.start, {"from", "replaces"});
  if (next == G::DEVICE || next == G::MODEL) return meant(item_.start, {"from"});
  return false;
}

// The first word of an item, or the one behind a rule's target.
bool Explainer::misspelt_error() {
  if (!at_start() || at_ != item_.start + 1 || type(item_.start) != G::IDENTIFIER) return false;
  if (type(at_) == G::COLON || type(at_) == G::ASSIGN || type(at_) == G::COMMA) return false;
  static const std::array<std::string, 15> kFirst = {
      "policy", "import", "fact", "assume", "let",   "set",       "target",  "faster",
      "refuse", "first",  "only", "never",  "allow", "guarantee", "decision"};
  static const std::array<std::string, 3> kSecond = {"when", "otherwise", "requires"};
  if (type(at_) == G::IDENTIFIER) {
    if (const auto word = did_you_mean(text(at_), kSecond)) {
      sink_
          .report(diag::Unexpected, span(at_), "`when`, `otherwise` or `requires`",
                  describe_token(at_))
          .with_fix(fmt::format("did you mean `{}`?", *word), span(at_), *word);
      return true;
    }
  }
  if (is_declared_target(item_.start)) return false;
  const auto word = did_you_mean(text(item_.start), kFirst);
  if (!word) return false;
  sink_.report(diag::NotAnItem, span(item_.start), describe_token(item_.start))
      .with_fix(fmt::format("did you mean `{}`?", *word), span(item_.start), *word);
  return true;
}

}  // namespace switchyard
