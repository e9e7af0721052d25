#include "tests/diff/brute_force.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include <fmt/format.h>

#include "compiler/sema/evaluate.h"
#include "compiler/sema/resolve.h"

namespace switchyard::testing {
namespace {

// One policy as the oracle sees it.
struct Side {
  const Model& model;
  const Evaluator oracle;
  const diff::Options& options;
  // By own fact: its place in the pair, and the own codes of the pair's codes met so far.
  std::vector<FactId> in_pair;
  std::vector<std::map<std::int64_t, std::optional<std::int64_t>>> known;

  Side(const ast::Policy& policy, const Model& own, const diff::Options& chosen)
      : model(own), oracle(policy, own), options(chosen), in_pair(own.declared_facts),
        known(own.declared_facts) {}

  // The own code of a value of the united fact; none when the own domain lacks it.
  static std::optional<std::int64_t> own_code(const Fact& own, const Fact& united,
                                              std::int64_t code) {
    switch (own.kind) {
      case FactKind::kEnum:
      case FactKind::kName: {
        const std::string value = spell(united, code);
        for (std::size_t i = 0; i < own.symbols.size(); ++i) {
          if (spell(own, static_cast<std::int64_t>(i)) == value) return i;
        }
        if (own.kind == FactKind::kEnum) return std::nullopt;
        return own.high;
      }
      case FactKind::kFlags: {
        std::int64_t result = 0;
        for (std::size_t bit = 0; bit < united.symbols.size(); ++bit) {
          if (((code >> bit) & 1) == 0) continue;
          const auto found =
              std::find(own.symbols.begin(), own.symbols.end(), united.symbols[bit]);
          if (found == own.symbols.end()) return std::nullopt;
          result |= std::int64_t{1} << (found - own.symbols.begin());
        }
        return result;
      }
      default:
        if (code < own.low || code > own.high) return std::nullopt;
        return code;
    }
  }

  std::string outcome(const std::string& target, const std::vector<std::int64_t>& values) const {
    const auto found = std::find_if(model.targets.begin(), model.targets.end(),
                                    [&](const Target& t) { return t.name == target; });
    if (options.compare == diff::Options::Compare::kAttribute) {
      for (const Attribute& attribute : found->attributes) {
        if (attribute.name == options.attribute) return "value " + attribute.value;
      }
      return "no value";
    }
    std::string text = "target " + target;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const Parameter& parameter = found->parameters[i];
      text += fmt::format(" {}={}", parameter.name,
                          parameter.is_integer
                              ? std::to_string(values[i])
                              : parameter.symbols[static_cast<std::size_t>(values[i])]);
    }
    return text;
  }

  std::string end(const std::string& outcome, const std::string& who) const {
    return options.compare == diff::Options::Compare::kAttribute ? outcome : outcome + " by " + who;
  }

  // The code of one own fact; none outside its own domain.
  std::optional<std::int64_t> own_code_of(const Model& pair, FactId fact,
                                          const std::vector<std::int64_t>& codes) {
    FactId& place = in_pair[fact];
    if (known[fact].empty()) {
      place = 0;
      while (pair.facts[place].name != model.facts[fact].name) ++place;
    }
    const auto [at, fresh] = known[fact].try_emplace(codes[place]);
    if (fresh) at->second = own_code(model.facts[fact], pair.facts[place], codes[place]);
    return at->second;
  }

  // Outcome and end.
  std::pair<std::string, std::string> look(const Model& pair,
                                           const std::vector<std::int64_t>& codes) {
    std::vector<std::int64_t> own(model.declared_facts);
    std::string outside;
    for (FactId fact = 0; fact < model.declared_facts; ++fact) {
      const auto code = own_code_of(pair, fact, codes);
      if (!code && outside.empty()) outside = model.facts[fact].name;
      own[fact] = code.value_or(0);
    }
    if (!outside.empty()) return {"excluded", end("excluded", "the domain of " + outside)};
    const Evaluation found = oracle.evaluate(own).back();
    const auto rule = [&] { return fmt::format("rule at {}", found.rule->span.begin); };
    switch (found.kind) {
      case Evaluation::Kind::kTarget: {
        const std::string text = outcome(found.target, found.parameters);
        return {text, end(text, rule())};
      }
      case Evaluation::Kind::kRefused: return {"refused", end("refused", rule())};
      case Evaluation::Kind::kExcluded:
        return {"excluded", end("excluded", fmt::format("assumption {}", found.assumption))};
      case Evaluation::Kind::kUndecided: break;
    }
    return {"undecided", end("undecided", "nothing")};
  }

  std::string name_of(const Model& pair, const std::vector<FactId>& outside,
                      const diff::End& e) const {
    switch (e.kind) {
      case diff::End::Kind::kExcluded: {
        const std::uint32_t a = e.assumptions.front();
        return end("excluded", a < outside.size()
                                   ? "the domain of " + pair.facts[outside[a]].name
                                   : fmt::format("assumption {}", a - outside.size()));
      }
      case diff::End::Kind::kUndecided: return end("undecided", "nothing");
      case diff::End::Kind::kTarget:
      case diff::End::Kind::kRefused: break;
    }
    const Row& row = model.rows[e.rows.front()];
    const Outcome& o = model.outcomes[row.outcome];
    return end(o.refused ? "refused" : outcome(model.targets[o.target].name, o.parameters),
               fmt::format("rule at {}", model.rules[row.rule].span.begin));
  }
};

struct Looking {
  const Model& pair;
  const Partition& partition;
  Side old_side, new_side;
  std::vector<Sight> sights;

  Looking(const Compared& both, const diff::Options& options)
      : pair(both.pair.old_model), partition(both.partition), old_side(both.old_policy, both.old_model, options),
        new_side(both.new_policy, both.new_model, options) {}

  void at(std::vector<std::int64_t> codes, Count weight) {
    Sight sight;
    for (FactId fact = 0; fact < codes.size(); ++fact) {
      sight.classes.push_back(partition.axes[fact].class_of(codes[fact]));
    }
    sight.weight = std::move(weight);
    std::tie(sight.old_outcome, sight.old_end) = old_side.look(pair, codes);
    std::tie(sight.new_outcome, sight.new_end) = new_side.look(pair, codes);
    sight.differs = sight.old_outcome != sight.new_outcome;
    sight.excluded_by_both = sight.old_outcome == "excluded" && sight.new_outcome == "excluded";
    sight.codes = std::move(codes);
    sights.push_back(std::move(sight));
  }
};

}  // namespace

std::vector<Sight> look_at_all(const Compared& both, const diff::Options& options) {
  Looking looking(both, options);
  const Model& pair = both.pair.old_model;
  std::vector<std::int64_t> codes;
  for (FactId fact = 0; fact < pair.declared_facts; ++fact) codes.push_back(pair.facts[fact].low);
  while (true) {
    looking.at(codes, 1);
    std::size_t fact = 0;
    while (fact < codes.size() && codes[fact] == pair.facts[fact].high) {
      codes[fact] = pair.facts[fact].low;
      ++fact;
    }
    if (fact == codes.size()) return std::move(looking.sights);
    ++codes[fact];
  }
}

std::vector<Sight> look_at_classes(const Compared& both, const diff::Options& options) {
  Looking looking(both, options);
  std::vector<ClassId> classes(both.pair.old_model.declared_facts, 0);
  while (true) {
    std::vector<std::int64_t> codes;
    Count weight = 1;
    for (FactId fact = 0; fact < classes.size(); ++fact) {
      const Axis& axis = both.partition.axes[fact];
      codes.push_back(axis.representative[classes[fact]]);
      weight *= axis.more[classes[fact]] + 1;
    }
    looking.at(std::move(codes), std::move(weight));
    std::size_t fact = 0;
    while (fact < classes.size() &&
           classes[fact] + 1 == both.partition.axes[fact].class_count()) {
      classes[fact++] = 0;
    }
    if (fact == classes.size()) return std::move(looking.sights);
    ++classes[fact];
  }
}

std::vector<Sight> look_at(const Compared& both, const diff::Options& options,
                           const std::vector<std::vector<std::int64_t>>& combinations) {
  Looking looking(both, options);
  for (const std::vector<std::int64_t>& codes : combinations) looking.at(codes, 1);
  return std::move(looking.sights);
}

std::pair<std::string, std::string> ends_of(const Compared& both, const diff::Change& change,
                                            const diff::Options& options) {
  const Side old_side(both.old_policy, both.old_model, options);
  const Side new_side(both.new_policy, both.new_model, options);
  const Model& pair = both.pair.old_model;
  return {old_side.name_of(pair, both.pair.old_outside, change.from),
          new_side.name_of(pair, both.pair.new_outside, change.to)};
}

}  // namespace switchyard::testing
