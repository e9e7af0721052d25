#include <algorithm>
#include <array>

#include "tests/random/generator.h"

namespace switchyard::testing {

namespace {
// Symbols are shared by all facts, so that two enums often have the same ones; some need quotes.
constexpr std::array<const char*, 8> kSymbols = {
    "red", "green", "\"gfx90a:sramecc+\"", "blue", "auto", "off_", "\"in\"", "x8"};
}  // namespace

std::string Generator::fact_line() {
  MadeFact fact;
  fact.name = fmt::format("f{}", facts_.size());
  static constexpr std::array kKinds = {FactKind::kBool,   FactKind::kEnum,    FactKind::kName,
                                        FactKind::kInt,    FactKind::kVersion, FactKind::kFlags,
                                        FactKind::kSwitch, FactKind::kEnum,    FactKind::kBool};
  fact.kind = kKinds[pick(kKinds.size())];
  const std::size_t values = 2 + pick(std::max<std::size_t>(shape_.values, 2) - 1);
  std::int64_t size = 2;
  if (fact.kind == FactKind::kSwitch) size = 3;
  const bool symbolic =
      fact.kind == FactKind::kEnum || fact.kind == FactKind::kName || fact.kind == FactKind::kFlags;
  if (symbolic) {
    const std::size_t most = fact.kind == FactKind::kFlags ? 3 : kSymbols.size();
    const std::size_t count = std::min(values, most);
    std::vector<std::string> pool(kSymbols.begin(), kSymbols.begin() + static_cast<long>(count));
    for (std::size_t i = count; i > 1; --i) std::swap(pool[i - 1], pool[pick(i)]);
    fact.symbols = pool;
    size = static_cast<std::int64_t>(count);
    if (fact.kind == FactKind::kFlags) size = std::int64_t{1} << count;
    if (fact.kind == FactKind::kName) ++size;
  }
  if (fact.kind == FactKind::kInt) {
    fact.low = static_cast<std::int64_t>(pick(7)) - 3;
    fact.high = fact.low + static_cast<std::int64_t>(values) - 1;
    size = fact.high - fact.low + 1;
  }
  if (fact.kind == FactKind::kVersion) {
    fact.low = static_cast<std::int64_t>(pick(3));
    fact.high = fact.low + static_cast<std::int64_t>(values) - 1;
    size = fact.high - fact.low + 1;
  }
  if (combinations_ > shape_.max_combinations / size) {
    fact = {fact.name, FactKind::kBool, {}, 0, 1};
    size = 2;
  }
  // From the bound on every fact is a bool, so a product past it need not be told apart from it.
  const std::int64_t bound = shape_.max_combinations;
  combinations_ = combinations_ > bound / size ? bound : combinations_ * size;
  std::string type;
  std::string symbols;
  for (const std::string& symbol : fact.symbols) symbols += (symbols.empty() ? "" : ", ") + symbol;
  switch (fact.kind) {
    case FactKind::kBool:
      type = "bool";
      break;
    case FactKind::kEnum:
      type = "enum { " + symbols + " }";
      break;
    case FactKind::kName:
      type = "name { " + symbols + " }";
      break;
    case FactKind::kInt:
      type = fmt::format("int {} .. {}", fact.low, fact.high);
      break;
    case FactKind::kVersion:
      type = fmt::format("version 3.1.{} .. 3.1.{}", fact.low, fact.high);
      break;
    case FactKind::kFlags:
      type = "flags { " + symbols + " }";
      break;
    default:
      type = "switch";
      break;
  }
  std::string line = fmt::format("fact {} : {}", fact.name, type);
  const bool has_default = fact.kind != FactKind::kSwitch && chance(25);
  if (has_default) line += " = " + default_of(fact);
  if (chance(15)) {
    const bool env = fact.kind != FactKind::kFlags && (fact.kind != FactKind::kBool || has_default);
    line += env ? fmt::format(" from env \"SY_{}\"", fact.name) : " from device " + fact.name;
    if (env && chance(30)) line += fmt::format(" replaces env \"OLD_{}\"", fact.name);
  }
  if (chance(20)) line += fmt::format(" \"fact number {}\"", facts_.size());
  facts_.push_back(std::move(fact));
  return line;
}

std::string Generator::default_of(const MadeFact& fact) {
  switch (fact.kind) {
    case FactKind::kBool:
      return chance(50) ? "true" : "false";
    case FactKind::kInt:
      return std::to_string(fact.low);
    case FactKind::kVersion:
      return fmt::format("3.1.{}", fact.high);
    case FactKind::kFlags:
      return "<" + (chance(50) ? any(fact.symbols) : "") + ">";
    case FactKind::kName:
      return chance(30) ? "other" : any(fact.symbols);
    default:
      return any(fact.symbols);
  }
}

std::string Generator::set_line() {
  std::vector<std::size_t> usable;
  for (std::size_t i = 0; i < facts_.size(); ++i) {
    if (facts_[i].kind != FactKind::kBool) usable.push_back(i);
  }
  if (usable.empty()) return "";
  const std::size_t fact = any(usable);
  const std::string name = fmt::format("set{}", sets_.size());
  const std::string text = set_expression(fact, sets_.size(), 2);
  sets_.push_back({name, fact});
  return fmt::format("set {} = {}", name, text);
}

std::string Generator::let_line() {
  Scope scope;
  scope.decisions = static_cast<int>(blocks_.size()) - 1;
  scope.lets = lets_.size();
  scope.can = chance(40);
  if (chance(60)) scope.decisions = 0;
  reads_ = -1;
  asked_can_ = false;
  const std::string text = condition(scope, 1 + pick(shape_.conditions));
  const std::string name = fmt::format("l{}", lets_.size());
  lets_.push_back({name, reads_, asked_can_});
  return fmt::format("let {} = {}", name, text);
}

std::string Generator::target_text(MadeTarget& target, MadeBlock& block) {
  std::string text = "target " + target.name;
  if (chance(40)) {
    target.parameters.push_back({"bm", true});
    if (chance(40)) target.parameters.push_back({"mode", false});
    text += "(bm : int 1 .. 8 = " + std::to_string(1 + pick(8));
    if (target.parameters.size() > 1) text += ", mode : enum { fast, slow } = slow";
    text += ")";
  }
  std::string attributes;
  if (chance(60)) {
    block.families.push_back(chance(50) ? "one" : "two");
    attributes += "family = " + block.families.back();
  }
  if (chance(30)) {
    attributes += fmt::format("{}level = {}", attributes.empty() ? "" : ", ", pick(4));
    block.has_level = true;
  }
  if (!attributes.empty()) text += " { " + attributes + " }";
  if (chance(20)) text += " \"a kernel\"";
  return text;
}

std::string Generator::requires_line(std::size_t target) {
  Scope scope;
  scope.lets = lets_.size();
  scope.can_first = target;
  scope.parameters = targets_[target];
  std::string text =
      fmt::format("{} requires {}", targets_[target]->name, condition(scope, 1 + pick(3)));
  if (chance(50)) text += fmt::format(" because \"needs number {}\"", names_++);
  return text;
}

}  // namespace switchyard::testing
