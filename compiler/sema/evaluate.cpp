#include "compiler/sema/evaluate.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <variant>

#include "runtime/base/check.h"

namespace switchyard {

namespace {

// A value as the language speaks of it: bool, symbol, integer, version, set of flags.
using VersionParts = std::array<std::int64_t, 3>;
using Datum =
    std::variant<bool, std::string, std::int64_t, VersionParts, std::set<std::string>>;

Datum datum_of(const Fact& fact, std::int64_t code) {
  switch (fact.kind) {
    case FactKind::kBool: return code == 1;
    case FactKind::kEnum: return fact.symbols[static_cast<std::size_t>(code)];
    case FactKind::kName:
      return static_cast<std::size_t>(code) == fact.symbols.size()
                 ? std::string("other")
                 : fact.symbols[static_cast<std::size_t>(code)];
    case FactKind::kInt: return code;
    case FactKind::kVersion:
      return VersionParts{code >> 32, (code >> 16) & 0xFFFF, code & 0xFFFF};
    case FactKind::kSwitch:
      return std::string(code == 0 ? "unset" : code == 1 ? "off" : "on");
    case FactKind::kFlags: {
      std::set<std::string> present;
      for (std::size_t i = 0; i < fact.symbols.size(); ++i) {
        if ((code >> i) % 2 == 1) present.insert(fact.symbols[i]);
      }
      return present;
    }
    case FactKind::kDecision: break;
  }
  SWITCHYARD_CHECK(false);
}

bool compare(const Datum& left, ast::CompareOp op, const Datum& right) {
  SWITCHYARD_CHECK(left.index() == right.index());
  switch (op) {
    case ast::CompareOp::kEq: return left == right;
    case ast::CompareOp::kNe: return left != right;
    case ast::CompareOp::kLt: return left < right;
    case ast::CompareOp::kLe: return left <= right;
    case ast::CompareOp::kGt: return left > right;
    case ast::CompareOp::kGe: return left >= right;
  }
  return false;
}

}  // namespace

// One evaluation: the facts' values, the decisions made so far, and the lets already known.
class Evaluating {
 public:
  Evaluating(const Evaluator& policy, std::span<const std::int64_t> codes)
      : policy_(policy), codes_(codes) {}

  std::vector<Evaluation> run() {
    std::vector<Evaluation> results;
    for (std::size_t i = 0; i < policy_.assumptions_.size(); ++i) {
      if (holds(*policy_.assumptions_[i]->condition)) continue;
      Evaluation excluded{Evaluation::Kind::kExcluded, {}, {}, nullptr, Row::kNoEntry, i};
      results.assign(policy_.blocks_.size(), excluded);
      return results;
    }
    for (const Evaluator::Rules& block : policy_.blocks_) {
      const bool stopped =
          !results.empty() && results.back().kind != Evaluation::Kind::kTarget;
      results.push_back(stopped ? results.back() : decide(block));
      chosen_[block.decision] = results.back().target;
    }
    return results;
  }

 private:
  using Parameters = std::map<std::string, Datum>;

  Evaluation decide(const Evaluator::Rules& block) {
    for (const ast::Item* item : block.rules) {
      const auto& rule = std::get<ast::Rule>(item->node);
      if (rule.when && !holds(*rule.when)) continue;
      if (rule.kind == ast::Rule::Kind::kTarget) return choose(rule, *item, 0);
      for (std::uint32_t i = 0; i < rule.entries.size(); ++i) {
        if (able(rule.entries[i].target.text, rule.entries[i].arguments)) {
          return choose(rule, *item, i);
        }
      }
      if (rule.kind == ast::Rule::Kind::kFirstOf) continue;
      return {Evaluation::Kind::kRefused, {}, {}, item, Row::kNoEntry, 0};
    }
    return {Evaluation::Kind::kUndecided, {}, {}, nullptr, Row::kNoEntry, 0};
  }

  Evaluation choose(const ast::Rule& rule, const ast::Item& item, std::uint32_t entry) const {
    const ast::Entry& use = rule.entries[entry];
    const ast::Target& target = *policy_.targets_.at(use.target.text);
    const Parameters values = parameters(target, use.arguments);
    Evaluation result{Evaluation::Kind::kTarget, target.name.text, {}, &item, entry, 0};
    for (const ast::Parameter& parameter : target.parameters) {
      const Datum& value = values.at(parameter.name.text);
      if (const auto* number = std::get_if<std::int64_t>(&value)) {
        result.parameters.push_back(*number);
        continue;
      }
      const auto& symbols = std::get<ast::Type::Enum>(parameter.type).symbols;
      const auto found = std::find_if(symbols.begin(), symbols.end(), [&](const ast::Name& s) {
        return s.text == std::get<std::string>(value);
      });
      result.parameters.push_back(found - symbols.begin());
    }
    return result;
  }

  static Datum literal(const ast::Value& value) {
    if (const auto* name = std::get_if<ast::Name>(&value)) return name->text;
    if (const auto* number = std::get_if<ast::Integer>(&value)) return number->value;
    if (const auto* version = std::get_if<ast::Version>(&value)) {
      return VersionParts{version->major, version->minor, version->patch};
    }
    return std::get<ast::Boolean>(value).value;
  }

  static Parameters parameters(const ast::Target& target,
                               const std::vector<ast::Argument>& arguments) {
    Parameters values;
    for (const ast::Parameter& p : target.parameters) {
      values[p.name.text] = literal(*p.default_value);
    }
    for (const ast::Argument& a : arguments) values[a.parameter.text] = literal(a.value);
    return values;
  }

  bool able(const std::string& target, const std::vector<ast::Argument>& arguments) {
    const auto lines = policy_.requires_.find(target);
    if (lines == policy_.requires_.end()) return true;
    const ast::Target& declared = *policy_.targets_.at(target);
    const Parameters values = parameters(declared, arguments);
    // What is around (another target's `requires`, through `can`) is set aside meanwhile.
    const auto outer = std::pair(std::exchange(target_, &declared),
                                 std::exchange(parameters_, &values));
    const bool result = std::all_of(lines->second.begin(), lines->second.end(),
                                    [&](const auto* line) { return holds(*line->condition); });
    std::tie(target_, parameters_) = outer;
    return result;
  }

  bool let(const ast::Let& let) {
    if (const auto known = lets_.find(&let); known != lets_.end()) return known->second;
    const auto outer = std::pair(std::exchange(target_, nullptr),
                                 std::exchange(parameters_, nullptr));
    const bool result = holds(*let.condition);
    std::tie(target_, parameters_) = outer;
    lets_.emplace(&let, result);
    return result;
  }

  // ---- Operands ------------------------------------------------------------

  // A fact's, let's, decision's or parameter's value; none for what is no such name.
  std::optional<Datum> named(const std::string& name) {
    if (parameters_ != nullptr) {
      if (const auto found = parameters_->find(name); found != parameters_->end()) {
        return found->second;
      }
    }
    if (const auto found = policy_.facts_.find(name); found != policy_.facts_.end()) {
      return datum_of(policy_.model_.facts[found->second], codes_[found->second]);
    }
    if (const auto found = policy_.lets_.find(name); found != policy_.lets_.end()) {
      return let(*found->second);
    }
    if (const auto found = chosen_.find(name); found != chosen_.end()) return found->second;
    return std::nullopt;
  }

  // None: the target that the decision chose has no such attribute.
  std::optional<Datum> operand(const ast::Operand& operand) {
    if (!operand.member) {
      auto value = named(operand.name.text);
      SWITCHYARD_CHECK(value.has_value());
      return value;
    }
    const ast::Target& target = *policy_.targets_.at(chosen_.at(operand.name.text));
    for (const ast::Attribute& attribute : target.attributes) {
      if (attribute.name.text == operand.member->text) return literal(attribute.value);
    }
    return std::nullopt;
  }

  // Whether `name` is a symbol that the left side may have; then it is never a fact.
  bool is_symbol_of(const ast::Operand& left, const std::string& name) const {
    if (left.member || chosen_.count(left.name.text) != 0) return true;
    const auto listed = [&](const std::vector<ast::Name>& symbols) {
      return std::any_of(symbols.begin(), symbols.end(),
                         [&](const ast::Name& symbol) { return symbol.text == name; });
    };
    if (target_ != nullptr) {
      for (const ast::Parameter& p : target_->parameters) {
        if (p.name.text != left.name.text) continue;
        const auto* type = std::get_if<ast::Type::Enum>(&p.type);
        return type != nullptr && listed(type->symbols);
      }
    }
    const auto found = policy_.facts_.find(left.name.text);
    if (found == policy_.facts_.end()) return false;
    const Fact& fact = policy_.model_.facts[found->second];
    if (fact.kind == FactKind::kSwitch) return name == "unset" || name == "off" || name == "on";
    if (fact.kind == FactKind::kName && name == "other") return true;
    return std::find(fact.symbols.begin(), fact.symbols.end(), name) != fact.symbols.end();
  }

  // A literal beside a value: an integer beside a version is one, beside an attribute written as
  // symbols in other targets it stays what it is.
  static Datum beside(const Datum& left, Datum right) {
    const auto* number = std::get_if<std::int64_t>(&right);
    if (number != nullptr && std::holds_alternative<VersionParts>(left)) {
      return VersionParts{*number, 0, 0};
    }
    return right;
  }

  Datum right_side(const ast::Operand& left, const Datum& left_value, const ast::Value& value) {
    const auto* name = std::get_if<ast::Name>(&value);
    if (name != nullptr && !name->quoted && !is_symbol_of(left, name->text)) {
      if (auto found = named(name->text)) return *found;
    }
    return beside(left_value, literal(value));
  }

  // ---- Sets ------------------------------------------------------------

  Datum bound(const Datum& value, const ast::Value& written, bool is_symbol) {
    const auto* name = std::get_if<ast::Name>(&written);
    if (name != nullptr && !name->quoted && !is_symbol && parameters_ != nullptr) {
      const auto found = parameters_->find(name->text);
      if (found != parameters_->end()) return found->second;
    }
    return beside(value, literal(written));
  }

  bool within(const Datum& value, const ast::Range& range) {
    return compare(bound(value, range.low, false), ast::CompareOp::kLe, value) &&
           compare(value, ast::CompareOp::kLe, bound(value, range.high, false));
  }

  // `left` says which names in the set are symbols; null inside a named set, where all are.
  bool contains(const ast::Set& set, const Datum& value, const ast::Operand* left) {
    if (const auto* literal = std::get_if<ast::Set::Literal>(&set.node)) {
      return std::any_of(
          literal->elements.begin(), literal->elements.end(), [&](const ast::SetElement& element) {
            if (const auto* range = std::get_if<ast::Range>(&element)) return within(value, *range);
            const auto& one = std::get<ast::Value>(element);
            const auto* name = std::get_if<ast::Name>(&one);
            const bool symbol =
                left == nullptr || (name != nullptr && is_symbol_of(*left, name->text));
            return bound(value, one, symbol) == value;
          });
    }
    if (const auto* reference = std::get_if<ast::Set::Reference>(&set.node)) {
      return contains(*policy_.sets_.at(reference->name.text)->set, value, nullptr);
    }
    const auto& binary = std::get<ast::Set::Binary>(set.node);
    const bool in_left = contains(*binary.left, value, left);
    const bool in_right = contains(*binary.right, value, left);
    switch (binary.op) {
      case ast::Set::Binary::Op::kUnion: return in_left || in_right;
      case ast::Set::Binary::Op::kIntersection: return in_left && in_right;
      case ast::Set::Binary::Op::kDifference: return in_left && !in_right;
    }
    return false;
  }

  // The listed flags that a set contains.
  std::set<std::string> flags_in(const ast::Operand& left, const ast::Set& set) {
    std::set<std::string> result;
    for (const std::string& flag :
         policy_.model_.facts[policy_.facts_.at(left.name.text)].symbols) {
      if (contains(set, Datum(flag), &left)) result.insert(flag);
    }
    return result;
  }

  // ---- Conditions ------------------------------------------------------------

  bool holds(const ast::Condition& condition) {
    return std::visit([this](const auto& node) { return check(node); }, condition.node);
  }

  bool check(const ast::Condition::Constant& c) { return c.value; }
  bool check(const ast::Condition::Bare& c) { return std::get<bool>(*operand(c.operand)); }

  bool check(const ast::Condition::Compare& c) {
    const auto left = operand(c.left);
    if (!left) return c.op == ast::CompareOp::kNe;
    if (const auto* set = std::get_if<ast::SetPtr>(&c.right)) {
      return compare(*left, c.op, Datum(flags_in(c.left, **set)));
    }
    const Datum right = right_side(c.left, *left, std::get<ast::Value>(c.right));
    // Attributes of one name may be symbols in one target and numbers in another.
    if (left->index() != right.index()) return c.op == ast::CompareOp::kNe;
    return compare(*left, c.op, right);
  }

  bool check(const ast::Condition::In& c) {
    const auto left = operand(c.left);
    if (!left) return c.negated;
    const auto* range = std::get_if<ast::Range>(&c.right);
    const bool inside = range != nullptr
                            ? within(*left, *range)
                            : contains(*std::get<ast::SetPtr>(c.right), *left, &c.left);
    return inside != c.negated;
  }

  bool check(const ast::Condition::Modulo& c) {
    const auto left = operand(c.left);
    if (!left) return c.op == ast::CompareOp::kNe;
    const std::int64_t modulus = c.modulus.value;
    const std::int64_t rest = std::get<std::int64_t>(*left) % modulus;
    return compare(Datum(rest < 0 ? rest + modulus : rest), c.op, Datum(c.right.value));
  }

  bool check(const ast::Condition::Has& c) {
    const auto present = std::get<std::set<std::string>>(*operand(c.left));  // a copy
    if (const auto* name = std::get_if<ast::Name>(&c.right)) {
      const bool symbol = name->quoted || is_symbol_of(c.left, name->text);
      return present.count(std::get<std::string>(bound(Datum(name->text), *name, symbol))) != 0;
    }
    const std::set<std::string> asked = flags_in(c.left, *std::get<ast::SetPtr>(c.right));
    const auto has = [&](const std::string& flag) { return present.count(flag) != 0; };
    return c.mode == ast::Condition::Has::Mode::kAny
               ? std::any_of(asked.begin(), asked.end(), has)
               : std::all_of(asked.begin(), asked.end(), has);
  }

  bool check(const ast::Condition::Can& c) { return able(c.target.text, {}); }
  bool check(const ast::Condition::Not& c) { return !holds(*c.operand); }
  bool check(const ast::Condition::And& c) {
    return std::all_of(c.operands.begin(), c.operands.end(),
                       [this](const auto& one) { return holds(*one); });
  }
  bool check(const ast::Condition::Or& c) {
    return std::any_of(c.operands.begin(), c.operands.end(),
                       [this](const auto& one) { return holds(*one); });
  }
  bool check(const ast::Condition::Implies& c) { return !holds(*c.left) || holds(*c.right); }

  const Evaluator& policy_;
  std::span<const std::int64_t> codes_;
  std::map<std::string, std::string> chosen_;  // decision -> target
  std::map<const ast::Let*, bool> lets_;
  const ast::Target* target_ = nullptr;          // whose `requires` is being read
  const Parameters* parameters_ = nullptr;
};

Evaluator::Evaluator(const ast::Policy& policy, const Model& model) : model_(model) {
  Rules own;
  const auto see = [this](const ast::Item& item, Rules& block) {
    if (const auto* target = std::get_if<ast::Target>(&item.node)) {
      targets_[target->name.text] = target;
    } else if (const auto* line = std::get_if<ast::Requires>(&item.node)) {
      requires_[line->target.text].push_back(line);
    } else if (std::holds_alternative<ast::Rule>(item.node)) {
      block.rules.push_back(&item);
    }
  };
  for (const ast::File& file : policy.files) {
    for (const ast::Item& item : file.items) {
      see(item, own);
      if (const auto* let = std::get_if<ast::Let>(&item.node)) lets_[let->name.text] = let;
      if (const auto* set = std::get_if<ast::SetDeclaration>(&item.node)) {
        sets_[set->name.text] = set;
      }
      if (const auto* assume = std::get_if<ast::Assume>(&item.node)) assumptions_.push_back(assume);
      if (const auto* decision = std::get_if<ast::Decision>(&item.node)) {
        blocks_.push_back({decision->name.text, {}});
        for (const ast::Item& inner : decision->items) see(inner, blocks_.back());
      }
    }
  }
  blocks_.push_back(std::move(own));
  for (std::size_t i = 0; i < model.declared_facts; ++i) facts_[model.facts[i].name] = i;
}

std::vector<Evaluation> Evaluator::evaluate(std::span<const std::int64_t> codes) const {
  return Evaluating(*this, codes).run();
}

}  // namespace switchyard
