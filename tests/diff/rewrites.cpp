#include "tests/diff/rewrites.h"

#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "compiler/parse/parse.h"

namespace switchyard::testing {
namespace {

class Rewriting {
 public:
  Rewriting(Random& random, const std::string& text) : random_(random), text_(text) {
    SourceMap sources;
    DiagnosticSink sink;
    policy_ = parse_policy(sources, sources.add("rewritten.policy", text), sink);
    REQUIRE_FALSE(sink.has_errors());
    for (const ast::File& file : policy_.files) collect(file.items);
  }

  std::string run() {
    if (conditions_.empty()) return text_;
    switch (pick(4)) {
      case 0: return split_rule();
      case 1: return swap_rules();
      default: return condition(*conditions_[pick(conditions_.size())]);
    }
  }

 private:
  std::size_t pick(std::size_t count) { return random_() % count; }
  std::string of(Span span) const { return text_.substr(span.begin, span.end - span.begin); }
  std::string of(const ast::Condition& condition) const { return of(condition.span); }
  std::string with(Span span, const std::string& by) const {
    return text_.substr(0, span.begin) + by + text_.substr(span.end);
  }

  void collect(const std::vector<ast::Item>& items) {
    std::vector<const ast::Item*> rules;
    for (const ast::Item& item : items) {
      if (const auto* decision = std::get_if<ast::Decision>(&item.node)) collect(decision->items);
      if (const auto* let = std::get_if<ast::Let>(&item.node)) collect(*let->condition);
      if (const auto* assume = std::get_if<ast::Assume>(&item.node)) collect(*assume->condition);
      if (const auto* needs = std::get_if<ast::Requires>(&item.node)) collect(*needs->condition);
      const auto* rule = std::get_if<ast::Rule>(&item.node);
      if (rule == nullptr) continue;
      rules.push_back(&item);
      if (rule->when) collect(*rule->when);
    }
    if (!rules.empty()) blocks_.push_back(std::move(rules));
  }
  void collect(const ast::Condition& condition) {
    conditions_.push_back(&condition);
    const auto parts = [&](const std::vector<ast::ConditionPtr>& operands) {
      for (const ast::ConditionPtr& operand : operands) collect(*operand);
    };
    if (const auto* both = std::get_if<ast::Condition::And>(&condition.node)) {
      parts(both->operands);
    }
    if (const auto* either = std::get_if<ast::Condition::Or>(&condition.node)) {
      parts(either->operands);
    }
    if (const auto* no = std::get_if<ast::Condition::Not>(&condition.node)) collect(*no->operand);
    if (const auto* implies = std::get_if<ast::Condition::Implies>(&condition.node)) {
      collect(*implies->left);
      collect(*implies->right);
    }
  }

  std::string condition(const ast::Condition& old) {
    const std::string by = otherwise_written(old);
    return by.empty() ? text_ : with(old.span, "(" + by + ")");
  }
  std::string otherwise_written(const ast::Condition& old) {
    if (const auto* both = std::get_if<ast::Condition::And>(&old.node)) {
      return negated(both->operands, " or ");
    }
    if (const auto* either = std::get_if<ast::Condition::Or>(&old.node)) {
      return negated(either->operands, " and ");
    }
    if (const auto* implies = std::get_if<ast::Condition::Implies>(&old.node)) {
      return fmt::format("not ({}) or ({})", of(*implies->left), of(*implies->right));
    }
    if (const auto* compare = std::get_if<ast::Condition::Compare>(&old.node)) {
      // What a target lacks is neither less nor not less than a value.
      return compare->left.member ? "" : compared_twice(*compare, old.span);
    }
    const auto* in = std::get_if<ast::Condition::In>(&old.node);
    return in != nullptr ? range_in_two(*in) : "";
  }
  std::string negated(const std::vector<ast::ConditionPtr>& operands, const char* joined) const {
    std::string all;
    for (const ast::ConditionPtr& operand : operands) {
      all += fmt::format("{}not ({})", all.empty() ? "" : joined, of(*operand));
    }
    return "not (" + all + ")";
  }
  std::string compared_twice(const ast::Condition::Compare& node, Span whole) const {
    static constexpr const char* kNegated[] = {"!=", "==", ">=", ">", "<=", "<"};
    return fmt::format("not ({} {} {})", of({whole.file, whole.begin, node.op_span.begin}),
                       kNegated[static_cast<std::size_t>(node.op)],
                       of({whole.file, node.op_span.end, whole.end}));
  }
  std::string range_in_two(const ast::Condition::In& node) {
    const auto* range = std::get_if<ast::Range>(&node.right);
    if (range == nullptr || node.negated) return "";
    const auto* low = std::get_if<ast::Integer>(&range->low);
    const auto* high = std::get_if<ast::Integer>(&range->high);
    if (low == nullptr || high == nullptr || low->value >= high->value) return "";
    const auto more = static_cast<std::size_t>(high->value - low->value);
    const std::int64_t middle = low->value + static_cast<std::int64_t>(pick(more));
    const std::string left = of(node.left.span);
    return fmt::format("{0} in {1} .. {2} or {0} in {3} .. {4}", left, low->value, middle,
                       middle + 1, high->value);
  }

  // A rule of one block, without the last.
  std::pair<const ast::Item*, const ast::Item*> two_rules() {
    const auto& rules = blocks_[pick(blocks_.size())];
    if (rules.size() < 2) return {nullptr, nullptr};
    const std::size_t first = pick(rules.size() - 1);
    return {rules[first], rules[first + 1]};
  }
  std::string split_rule() {
    const auto [item, other] = two_rules();
    if (item == nullptr) return text_;
    const ast::ConditionPtr& when = std::get<ast::Rule>(item->node).when;
    const ast::ConditionPtr& by = std::get<ast::Rule>(other->node).when;
    if (!when || !by) return text_;
    const std::string head = of({item->span.file, item->span.begin, when->span.begin});
    const std::string tail = of({item->span.file, when->span.end, item->span.end});
    std::string positive = fmt::format("{}({}) and ({}){}", head, of(*when), of(*by), tail);
    std::string negative = fmt::format("{}({}) and not ({}){}", head, of(*when), of(*by), tail);
    if (when->parenthesized) return text_;  // the head would open what the tail closes
    if (pick(2) == 0) std::swap(positive, negative);
    return with(item->span, positive + "\n" + negative);
  }
  std::string swap_rules() {
    const auto [first, second] = two_rules();
    if (first == nullptr) return text_;
    const auto& a = std::get<ast::Rule>(first->node);
    const auto& b = std::get<ast::Rule>(second->node);
    const bool refusals = a.kind == ast::Rule::Kind::kRefuse && b.kind == a.kind;
    const bool one_target = a.kind == ast::Rule::Kind::kTarget && b.kind == a.kind &&
                            of(a.entries[0].span) == of(b.entries[0].span);
    if (!b.when || (!refusals && !one_target)) return text_;
    const std::string between =
        of({first->span.file, first->span.end, second->span.begin});
    return with({first->span.file, first->span.begin, second->span.end},
                of(second->span) + between + of(first->span));
  }

  Random& random_;
  const std::string text_;
  ast::Policy policy_;
  std::vector<const ast::Condition*> conditions_;
  std::vector<std::vector<const ast::Item*>> blocks_;  // rules
};

}  // namespace

std::string rewritten(Random& random, const std::string& text) {
  return Rewriting(random, text).run();
}

}  // namespace switchyard::testing
