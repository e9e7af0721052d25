#include "compiler/parse/syntax_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "compiler/diagnostic/did_you_mean.h"
#include "compiler/diagnostic/registry.h"
#include "compiler/parse/explainer.h"

namespace switchyard {

bool Explainer::ahead_on_line(std::initializer_list<std::uint16_t> types) const {
  for (std::size_t i = at_; i < item_.tokens.size(); ++i) {
    if (i > at_ && item_.tokens[i].first_on_line) return false;
    if (std::find(types.begin(), types.end(), type(i)) != types.end()) return true;
  }
  return false;
}

std::string Explainer::expectation() const {
  if (innermost(G::RulePrimary) && at_ > 0 && is_comparison(type(at_ - 1))) return "a value";
  if (expects(G::INTEGER) && expects(G::TRUE) && expects(G::IDENTIFIER)) {
    return expects(G::LT) ? "a value or a set" : "a value";
  }
  if (innermost(G::RulePrimary) && at_ > 0 && type(at_ - 1) == G::IN) return "a set or a range";
  if (innermost(G::RuleGuarantee) && item_.failure.expected.isEmpty()) {
    return "`implies`, `matters` or `irrelevant`";
  }
  if (ends_alone()) return "`and`, `or` or the end of the condition";
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
      case G::RuleFactSource:
        return tokens.empty() ? "`env`, `device` or `model`" : tokens;
      case G::RuleOutcome:
        if (fresh) return "an outcome: a target, or `refuse`";
        break;
      case G::RuleValue:
      case G::RuleSetElement:
        if (fresh) return "a value";
        break;
      case G::RuleRange:
      case G::RuleNumber:
      case G::RuleInteger:
        if (fresh) return "a number";
        break;
      case G::RuleSetExpression:
      case G::RuleSetTerm:
      case G::RuleSetFactor:
        if (fresh) return "a set: `<a, b>`, or the name of one";
        break;
      case G::RuleSymbol:
        if (fresh) return "a symbol";
        break;
      case G::RuleGuard:
        if (fresh) return "`when` or `otherwise`";
        break;
      case G::RulePrimary:
        if (tokens.empty()) return "the rest of the condition";
        break;
      default:
        break;
    }
  }
  return tokens.empty() ? "something else" : tokens;
}

void Explainer::unexpected() {
  Diagnostic& found = sink_.report(diag::Unexpected, here(), expectation(), describe_token(at_));
  if (innermost(G::RuleFactType) && is_name(type(at_))) {
    static const std::array<std::string, 7> kTypes = {"bool",    "int",   "enum",  "name",
                                                      "version", "flags", "switch"};
    const std::string_view word = text(at_);
    if (const auto meant = did_you_mean(word, kTypes)) {
      found.with_fix(fmt::format("did you mean `{}`?", *meant), span(at_), *meant);
    } else if (word == "boolean") {
      found.with_fix("the type is called `bool`", span(at_), "bool");
    } else if (word == "string" || word == "str") {
      found.with_help(
          "every fact has a finite domain: `enum { a, b }` lists all values, "
          "`name { a, b }` those that matter");
    } else if (word == "integer" || word == "float" || word == "double" || word == "long") {
      found.with_help("numbers are `int LOW .. HIGH`");
    }
  } else if (inside(G::RulePrimary) && at_ > 0 && type(at_ - 1) == G::NOT) {
    found.with_help(
        "after a name only `not in` may follow; a condition is negated by a `not` "
        "before it");
  } else if (innermost(G::RulePrimary) && type(at_) == G::OPEN_PAREN) {
    found.with_help("to compare with a condition, name it by `let` and compare with the name");
  } else if (innermost(G::RuleGuarantee) && is_name(type(at_))) {
    static const std::array<std::string, 3> kVerbs = {"implies", "matters", "irrelevant"};
    if (const auto meant = did_you_mean(text(at_), kVerbs)) {
      found.with_fix(fmt::format("did you mean `{}`?", *meant), span(at_), *meant);
    }
  } else if (type(at_) == G::OPEN_BRACE) {
    found.with_help("sets are written `<a, b>`");
  } else if (inside(G::RuleEntry) && type(at_) == G::CLOSE_PAREN) {
    found.with_help("a target without values has no parentheses");
  } else if (innermost(G::RuleImportLine) && is_name(type(at_))) {
    found.with_help("the path is quoted: `import \"shared.facts\"`");
  }
}

void Explainer::explain() {
  constexpr Explanation kExplanations[] = {
      &Explainer::later_construct_error,
      &Explainer::misspelt_in_condition_error,
      &Explainer::misspelt_guard_error,
      &Explainer::misspelt_source_error,
      &Explainer::reserved_word_error,
      &Explainer::broken_off_error,
      &Explainer::rule_without_target_error,
      &Explainer::parts_order_error,
      &Explainer::value_operator_error,
      &Explainer::chained_error,
      &Explainer::can_error,
      &Explainer::promise_error,
      &Explainer::example_error,
      &Explainer::missing_and_error,
      &Explainer::list_error,
      &Explainer::unclosed_error,
      &Explainer::missing_because_error,
      &Explainer::literal_first_error,
      &Explainer::condition_error,
      &Explainer::closer_error,
      &Explainer::misspelt_error,
      &Explainer::missing_when_error,
      &Explainer::not_an_item_error,
  };
  for (const Explanation explanation : kExplanations) {
    if ((this->*explanation)()) return;
  }
  unexpected();
}

void report_syntax_error(const BrokenItem& item, DiagnosticSink& sink) {
  Explainer(item, sink).explain();
}

std::size_t next_item(const BrokenItem& item) {
  using G = grammar::PolicyParser;
  int braces = 0;
  for (std::size_t at = item.start;; ++at) {
    const std::uint16_t type = item.tokens[at].type;
    if (type == Token::kEndOfFile) return at;
    if (at > item.start && at >= item.failure.offending &&
        begins_item(item.tokens, at, item.source, item.layout())) {
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
