#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "PolicyParser.h"
#include "compiler/parse/syntax_error.h"
#include "compiler/parse/token_kind.h"

namespace switchyard {

// One broken item and the questions that are asked about it. Each `…_error` function knows one kind
// of mistake: it reports and returns true, or returns false and leaves it to the next.
class Explainer {
 public:
  Explainer(const BrokenItem& item, DiagnosticSink& sink)
      : item_(item), sink_(sink), at_(item.failure.offending) {}

  void explain();

 private:
  using G = grammar::PolicyParser;
  using Explanation = bool (Explainer::*)();

  // Mistakes that show in the token itself.
  bool reserved_word_error();
  bool value_operator_error();  // `=` for `==`, `==` for `=`
  // Lists and parentheses.
  bool list_error();
  bool unclosed_error();
  // Parts of items.
  bool parts_order_error();
  bool missing_because_error();
  bool missing_when_error();
  bool promise_error();
  bool example_error();
  bool arguments_error();
  // Misspelt keywords.
  bool misspelt_in_condition_error();
  bool misspelt_guard_error();
  bool misspelt_source_error();
  bool misspelt_error();
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
  bool rule_without_target_error();
  bool not_an_item_error();
  void colon_error(std::size_t first);
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
    return begins_item(item_.tokens, at_, item_.source, item_.layout());
  }
  // Where an operand begins right behind another, with no `and` between them.
  std::optional<std::size_t> second_operand() const;
  // Whether the word is meant for one of the keywords, which is then reported: as `expected`, or
  // when that is empty as the keyword itself.
  bool meant(std::size_t word, const std::vector<std::string>& keywords,
             std::string_view expected = {});
  // The text from one token to another.
  std::string_view between(std::size_t first, std::size_t last) const {
    return item_.source.text({item_.file, span(first).begin, span(last).end});
  }
  // An item stands before this one, and ended in a condition that could have gone on.
  bool after_condition() const;
  std::uint16_t previous_item() const {
    return item_.start > 0 ? type(item_.previous_start) : Token::kEndOfFile;
  }
  bool is_declared_target(std::size_t index) const;
  bool is_declared(std::size_t index) const;
  bool ahead_on_line(std::initializer_list<std::uint16_t> types) const;
  std::optional<std::size_t> opener(std::uint16_t open, std::uint16_t close) const;
  // Whether a condition that stands alone (parse_condition) could end here.
  bool ends_alone() const {
    const auto opened = opener(G::OPEN_PAREN, G::CLOSE_PAREN);
    return opened && span(*opened).begin == span(*opened).end && expects(G::CLOSE_PAREN);
  }
  std::string expectation() const;
  std::string last_use() const;

  const BrokenItem& item_;
  DiagnosticSink& sink_;
  std::size_t at_;  // the offending token
};

}  // namespace switchyard
