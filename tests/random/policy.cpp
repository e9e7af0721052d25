#include <algorithm>

#include "tests/random/generator.h"

namespace switchyard::testing {

std::string Generator::entry(const MadeTarget& target) {
  std::string arguments;
  for (const MadeParameter& parameter : target.parameters) {
    if (chance(50)) continue;
    arguments += fmt::format("{}{} = {}", arguments.empty() ? "" : ", ", parameter.name,
                             parameter.is_integer ? std::to_string(1 + pick(8))
                             : chance(50)         ? "fast"
                                                  : "slow");
  }
  return arguments.empty() ? target.name : target.name + "(" + arguments + ")";
}

std::string Generator::rule(const MadeBlock& block, int index) {
  Scope scope;
  scope.decisions = index;
  scope.lets = lets_.size();
  scope.can = true;
  const std::string when =
      chance(3) ? " otherwise" : " when " + condition(scope, 1 + pick(shape_.conditions));
  const std::string because = chance(40) ? fmt::format(" because \"reason {}\"", names_++) : "";
  const auto list = [&] {
    std::string text = entry(any(block.targets));
    const std::size_t more = pick(3);
    for (std::size_t i = 0; i < more; ++i) text += ", " + entry(any(block.targets));
    return text;
  };
  switch (pick(8)) {
    case 0:
      return "refuse" + when + fmt::format(" because \"refused {}\"", names_++);
    case 1:
      return "only " + list() + when + because;
    case 2:
    case 3:
      return "first of " + list() + when + because;
    default:
      return entry(any(block.targets)) + when + because;
  }
}

std::string Generator::outcome_part(const MadeBlock& block, bool own) {
  const std::string base = own ? "target" : block.name;
  const MadeTarget& target = any(block.targets);
  const bool negated = chance(30);
  switch (pick(5)) {
    case 0:
      return negated ? "not refuse" : "refuse";
    case 1:
      return own ? fmt::format("in <{}, {}>", target.name, any(block.targets).name)
                 : fmt::format("{} in <{}, {}>", base, target.name, any(block.targets).name);
    case 2:
      if (!block.families.empty())
        return base + ".family " + equality() + " " + any(block.families);
      [[fallthrough]];
    case 3:
      if (!target.parameters.empty())
        return fmt::format("{}.bm {} {}", base, compare_op(), 1 + pick(8));
      [[fallthrough]];
    default:
      if (own) return (negated ? "not " : "") + target.name;
      return base + (negated ? " != " : " == ") + target.name;
  }
}

std::string Generator::outcome(const MadeBlock& block, bool own) {
  const std::string first = outcome_part(block, own);
  return chance(30) ? first + " or " + outcome_part(block, own) : first;
}

std::string Generator::example() {
  std::string given;
  for (const MadeFact& fact : facts_) {
    if (chance(40)) continue;
    given += given.empty() ? "" : ", ";
    if (fact.kind == FactKind::kBool) {
      given += (chance(50) ? "" : "not ") + fact.name;
    } else if (fact.kind == FactKind::kSwitch) {
      given += fact.name + (chance(50) ? " = on" : " = unset");
    } else {
      given += fact.name + " = " + default_of(fact);
    }
  }
  if (given.empty()) given = facts_[0].kind == FactKind::kBool ? facts_[0].name : "";
  if (given.empty()) return "";
  return "example { " + given + " } -> " + any(blocks_.back().targets).name;
}

std::string Generator::promise() {
  const std::size_t index = pick(blocks_.size());
  const MadeBlock& block = blocks_[index];
  const bool own = index + 1 == blocks_.size();
  Scope scope;
  scope.decisions = static_cast<int>(index);
  scope.lets = lets_.size();
  scope.can = true;
  const auto when = [&] { return condition(scope, 1 + pick(3)); };
  switch (pick(7)) {
    case 0:
      return fmt::format("never {} when {}", any(block.targets).name, when());
    case 1:
      return example();
    case 2:
      return fmt::format("guarantee g{} \"influence\": {} {}{}", names_++, any(facts_).name,
                         chance(50) ? "matters" : "irrelevant",
                         chance(50) ? " when " + when() : "");
    case 3:
      return fmt::format("allow {} when {} because \"known\"",
                         chance(50) ? "slower" : "unsupported", when());
    case 4:
      if (acceptances_ == 10) return example();  // a code once a file
      return fmt::format("allow SY0{} because \"known\"", 320 + acceptances_++);
    default:
      return fmt::format("guarantee g{}: ({}) implies {}", names_++, when(), outcome(block, own));
  }
}

std::string Generator::policy() {
  std::vector<std::string> loose;    // in any order
  std::vector<std::string> ordered;  // assumptions, decisions and rules
  for (std::size_t i = 0; i < shape_.facts; ++i) loose.push_back(fact_line());
  for (std::size_t i = 0; i < shape_.sets; ++i) loose.push_back(set_line());
  const std::size_t decisions = pick(shape_.decisions + 1);
  std::vector<std::vector<std::string>> target_lines(decisions + 1);
  for (std::size_t b = 0; b <= decisions; ++b) {
    MadeBlock block;
    if (b < decisions) block.name = fmt::format("d{}", b);
    const std::size_t count = 1 + pick(shape_.targets);
    for (std::size_t t = 0; t < count; ++t) {
      MadeTarget target{fmt::format("t{}_{}", b, t), {}};
      target_lines[b].push_back(target_text(target, block));
      block.targets.push_back(std::move(target));
    }
    blocks_.push_back(std::move(block));
  }
  for (const MadeBlock& block : blocks_) {
    for (const MadeTarget& target : block.targets) targets_.push_back(&target);
  }
  for (std::size_t i = 0; i < shape_.lets; ++i) loose.push_back(let_line());
  for (const std::string& line : target_lines.back()) loose.push_back(line);
  for (std::size_t t = 0; t < targets_.size(); ++t) {
    const std::size_t lines = pick(3);
    for (std::size_t i = 0; i < lines; ++i) loose.push_back(requires_line(t));
  }
  const std::size_t assumptions = pick(shape_.assumptions + 1);
  for (std::size_t i = 0; i < assumptions; ++i) {
    Scope scope;
    scope.lets = lets_.size();
    ordered.push_back("assume " + condition(scope, 2) + " or " +
                      literal(scope));  // rarely excludes everything
  }
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    const MadeBlock& block = blocks_[b];
    const bool own = b == decisions;
    std::string text = own ? "" : fmt::format("decision {} {{\n", block.name);
    if (!own) {
      for (const std::string& line : target_lines[b]) text += "  " + line + "\n";
    }
    const std::size_t rules = 1 + pick(std::max<std::size_t>(1, 2 * shape_.rules));
    for (std::size_t i = 0; i < rules; ++i) {
      text += (own ? "" : "  ") + rule(block, static_cast<int>(b)) + "\n";
    }
    if (shape_.total || chance(70)) {
      text += (own ? "" : "  ") + entry(any(block.targets)) + " otherwise\n";
    }
    ordered.push_back(own ? text : text + "}");
  }
  if (shape_.promises) {
    if (blocks_.back().targets.size() > 1 && chance(50)) {
      loose.push_back(fmt::format("faster {} over {}", blocks_.back().targets[0].name,
                                  blocks_.back().targets[1].name));
    }
    const std::size_t promises = pick(5);
    for (std::size_t i = 0; i < promises; ++i) loose.push_back(promise());
  }
  for (std::size_t i = loose.size(); i > 1; --i) std::swap(loose[i - 1], loose[pick(i)]);
  std::string text = "policy random\n";
  for (const std::string& line : loose) {
    if (!line.empty()) text += line + "\n";
  }
  for (const std::string& line : ordered) text += line + "\n";
  return text;
}

std::string random_policy(Random& random, const PolicyShape& shape) {
  return Generator(random, shape).policy();
}

PolicyShape large_shape() {
  PolicyShape shape;
  shape.facts = 12;
  shape.values = 2000;
  shape.rules = 20;
  shape.decisions = 2;
  shape.lets = 8;
  shape.sets = 5;
  shape.max_combinations = std::int64_t{1} << 60;
  return shape;
}

}  // namespace switchyard::testing
