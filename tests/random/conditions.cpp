#include <algorithm>
#include <array>

#include "tests/random/generator.h"

namespace switchyard::testing {

std::string Generator::condition(const Scope& scope, std::size_t parts) {
  if (parts <= 1) return literal(scope);
  const std::size_t left = 1 + pick(parts - 1);
  const auto part = [&](std::size_t count, bool parentheses) {
    const std::string text = condition(scope, count);
    return count > 1 && parentheses ? "(" + text + ")" : text;
  };
  switch (pick(8)) {
    case 0:
      return "not (" + condition(scope, parts - 1) + ")";
    case 1:
      return part(left, true) + " implies " + part(parts - left, true);
    case 2:
    case 3:  // mixed without parentheses at times, which is a warning
      return part(left, chance(90)) + " or " + part(parts - left, chance(90));
    default:
      return part(left, true) + " and " + part(parts - left, true);
  }
}

std::string Generator::literal(const Scope& scope) {
  const std::size_t what = pick(20);
  if (what == 0) return chance(50) ? "true" : "false";
  if (what <= 2 && scope.decisions > 0) {
    const int block = static_cast<int>(pick(static_cast<std::size_t>(scope.decisions)));
    reads_ = std::max(reads_, block);
    return about_decision(blocks_[static_cast<std::size_t>(block)]);
  }
  if (what <= 4) {
    const std::size_t most = scope.can ? targets_.size() : scope.can_first;
    if (most > 0) {
      asked_can_ = true;
      return (chance(70) ? "can " : "not can ") + targets_[pick(most)]->name;
    }
  }
  if (what <= 7 && scope.lets > 0) {
    const MadeLet& let = lets_[pick(scope.lets)];
    const bool readable = let.reads < scope.decisions && (scope.can || !let.asks_can);
    if (readable) {
      reads_ = std::max(reads_, let.reads);
      asked_can_ = asked_can_ || let.asks_can;
      if (chance(20)) return let.name + (chance(50) ? " == true" : " != true");
      return (chance(70) ? "" : "not ") + let.name;
    }
  }
  if (what <= 10 && scope.parameters != nullptr && !scope.parameters->parameters.empty()) {
    return about_parameter(*scope.parameters);
  }
  const std::size_t index = pick(facts_.size());
  const MadeFact& fact = facts_[index];
  return fact.kind == FactKind::kBool ? about_bool(fact, scope) : about_fact(fact, index);
}

std::string Generator::compare_op() {
  static constexpr std::array<const char*, 6> kOps = {"==", "!=", "<", "<=", ">", ">="};
  return kOps[pick(kOps.size())];
}

// A number of the fact's domain, or at times just outside.
std::string Generator::number(const MadeFact& fact) {
  std::int64_t value = fact.low + static_cast<std::int64_t>(
                                      pick(static_cast<std::size_t>(fact.high - fact.low + 1)));
  if (chance(4)) value = fact.high + 1;
  if (fact.kind == FactKind::kInt) return std::to_string(value);
  if (chance(10)) return chance(50) ? "3" : "4";
  return fmt::format("3.1.{}", value);
}

std::string Generator::set_literal(const MadeFact& fact) {
  std::string text;
  const std::size_t count = pick(4);
  for (std::size_t i = 0; i < count; ++i) {
    std::string one;
    if (fact.kind == FactKind::kInt || fact.kind == FactKind::kVersion) {
      const auto a = fact.low + static_cast<std::int64_t>(
                                    pick(static_cast<std::size_t>(fact.high - fact.low + 1)));
      const auto b = std::min(fact.high, a + static_cast<std::int64_t>(pick(3)));
      const std::string prefix = fact.kind == FactKind::kVersion ? "3.1." : "";
      one = chance(40) ? fmt::format("{0}{1} .. {0}{2}", prefix, a, b) : number(fact);
    } else if (fact.kind == FactKind::kSwitch) {
      static const std::vector<std::string> kStates = {"unset", "off", "on"};
      one = any(kStates);
    } else if (fact.kind == FactKind::kName && chance(20)) {
      one = "other";
    } else {
      one = any(fact.symbols);
    }
    text += (text.empty() ? "" : ", ") + one;
  }
  return "<" + text + ">";
}

std::string Generator::set_expression(std::size_t fact, std::size_t named, int depth) {
  if (depth > 0 && chance(35)) {
    static const std::vector<std::string> kOps = {" | ", " & ", " - "};
    const std::string left = set_expression(fact, named, depth - 1);
    const std::string op = any(kOps);
    const std::string right = set_expression(fact, named, depth - 1);
    return chance(50) ? "(" + left + op + right + ")" : left + op + right;
  }
  std::vector<std::string> names;
  for (std::size_t i = 0; i < named; ++i) {
    if (sets_[i].fact == fact) names.push_back(sets_[i].name);
  }
  if (!names.empty() && chance(50)) return any(names);
  return set_literal(facts_[fact]);
}

std::string Generator::about_bool(const MadeFact& fact, const Scope& scope) {
  const std::size_t what = pick(10);
  if (what == 0) return fact.name + " " + equality() + (chance(50) ? " true" : " false");
  if (what <= 2) {
    std::vector<std::string> others;
    for (const MadeFact& other : facts_) {
      if (other.kind == FactKind::kBool) others.push_back(other.name);
    }
    for (std::size_t i = 0; i < scope.lets; ++i) {
      if (lets_[i].reads < 0 && !lets_[i].asks_can) others.push_back(lets_[i].name);
    }
    return fact.name + " " + equality() + " " + any(others);
  }
  return (what <= 6 ? "" : "not ") + fact.name;
}

std::string Generator::about_fact(const MadeFact& fact, std::size_t index) {
  const std::string in = chance(70) ? " in " : " not in ";
  switch (fact.kind) {
    case FactKind::kInt:
      if (chance(25)) {
        const std::size_t modulus = 1 + pick(4);
        return fmt::format("{} % {} {} {}", fact.name, modulus, compare_op(), pick(modulus));
      }
      [[fallthrough]];
    case FactKind::kVersion:
      if (chance(60)) return fact.name + " " + compare_op() + " " + number(fact);
      if (chance(40)) {
        const std::string prefix = fact.kind == FactKind::kVersion ? "3.1." : "";
        const auto a = fact.low + static_cast<std::int64_t>(
                                      pick(static_cast<std::size_t>(fact.high - fact.low + 1)));
        return fmt::format("{0}{1}{2}{3} .. {2}{4}", fact.name, in, prefix, a, fact.high);
      }
      return fact.name + in + set_expression(index, sets_.size(), 1);
    case FactKind::kFlags:
      switch (pick(4)) {
        case 0:
          return fact.name + " has " + any(fact.symbols);
        case 1:
          return fact.name + " has any " + set_expression(index, sets_.size(), 1);
        case 2:
          return fact.name + " has all " + set_expression(index, sets_.size(), 1);
        default:
          return fact.name + " " + equality() + " " + set_literal(fact);
      }
    case FactKind::kSwitch:
      if (chance(60)) {
        static const std::vector<std::string> kStates = {"unset", "off", "on"};
        return fact.name + " " + equality() + " " + any(kStates);
      }
      return fact.name + in + set_expression(index, sets_.size(), 1);
    default:
      break;
  }
  if (fact.kind == FactKind::kEnum && chance(25)) {
    std::vector<std::string> same;  // the same symbols, perhaps in another order
    for (const MadeFact& other : facts_) {
      if (other.kind == FactKind::kEnum && other.symbols.size() == fact.symbols.size()) {
        same.push_back(other.name);
      }
    }
    return fact.name + " " + equality() + " " + any(same);
  }
  if (chance(60)) {
    const bool other = fact.kind == FactKind::kName && chance(15);
    return fact.name + " " + equality() + " " + (other ? "other" : any(fact.symbols));
  }
  return fact.name + in + set_expression(index, sets_.size(), 1);
}

std::string Generator::about_decision(const MadeBlock& block) {
  if (!block.families.empty() && chance(35)) {
    if (chance(25)) return block.name + ".family in <" + any(block.families) + ">";
    return block.name + ".family " + equality() + " " + any(block.families);
  }
  if (block.has_level && chance(35)) {
    return fmt::format("{}.level {} {}", block.name, compare_op(), pick(5));
  }
  if (chance(50)) return block.name + " " + equality() + " " + any(block.targets).name;
  return fmt::format("{} {} <{}, {}>", block.name, chance(70) ? "in" : "not in",
                     any(block.targets).name, any(block.targets).name);
}

std::string Generator::about_parameter(const MadeTarget& target) {
  const MadeParameter& parameter = any(target.parameters);
  if (!parameter.is_integer) return "mode " + equality() + (chance(50) ? " fast" : " slow");
  std::vector<std::string> ints;
  for (const MadeFact& fact : facts_) {
    if (fact.kind == FactKind::kInt) ints.push_back(fact.name);
  }
  switch (pick(ints.empty() ? 3 : 6)) {
    case 0:
      return fmt::format("bm {} {}", compare_op(), 1 + pick(8));
    case 1:
      return fmt::format("bm in <1, {} .. 8>", 1 + pick(8));
    case 2:
      return fmt::format("bm % 2 == {}", pick(2));
    case 3:
      return any(ints) + " " + compare_op() + " bm";
    case 4:
      return any(ints) + " in <bm, 0 .. 1>";
    default:
      return "bm " + compare_op() + " " + any(ints);
  }
}

}  // namespace switchyard::testing
