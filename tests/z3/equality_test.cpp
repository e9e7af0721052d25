// Equality of two policies too large for brute force, and what differs between them, as Z3 sees them.
#include <algorithm>
#include <cstdio>
#include <map>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "compiler/diff/engines.h"
#include "tests/diff/compared.h"
#include "tests/diff/edits.h"
#include "tests/diff/rewrites.h"
#include "tests/z3/z3_policy.h"

namespace switchyard::testing {
namespace {

// Both policies in one context, over the facts of the pair.
class Z3Pair {
 public:
  explicit Z3Pair(const Compared& both)
      : both_(both), facts_(context_, both.pair.old_model),
        old_(context_, facts_, both.pair.old_model, "old"),
        new_(context_, facts_, both.pair.new_model, "new"), solver_(context_) {
    solver_.add(facts_.in_range() && old_.definitions() && new_.definitions());
    // They differ where one ends in a way and the other does not.
    const std::map<std::string, z3::expr> before = ends(both.pair.old_model, old_);
    const std::map<std::string, z3::expr> after = ends(both.pair.new_model, new_);
    z3::expr_vector ways(context_);
    for (const auto& [way, holds] : before) {
      const auto same = after.find(way);
      ways.push_back(same == after.end() ? holds : holds != same->second);
    }
    for (const auto& [way, holds] : after) {
      if (before.count(way) == 0) ways.push_back(holds);
    }
    const z3::expr differ = context_.bool_const("differ");
    solver_.add(differ == z3::mk_or(ways));
    differ_.push_back(differ);
  }

  bool equal() { return !possible(differ_[0]); }

  // The witness and every box are as the change says, and with `complete` nothing else differs.
  void check(const diff::Difference& found) {
    z3::expr elsewhere = differ_[0];
    for (const diff::Change& change : found.changes) {
      const z3::expr from = end(both_.pair.old_model, old_, change.from);
      const z3::expr to = end(both_.pair.new_model, new_, change.to);
      z3::expr there = context_.bool_val(true);
      for (FactId fact = 0; fact < change.witness.size(); ++fact) {
        there = there && of(fact, both_.partition.axes[fact].representative[change.witness[fact]]);
      }
      REQUIRE(possible(there && from && to && differ_[0]));
      for (const Box& box : change.boxes) {
        const z3::expr inside = within(box);
        REQUIRE_FALSE(possible(inside && (old_.admitted() || new_.admitted()) && !(from && to)));
        elsewhere = elsewhere && !inside;
      }
    }
    if (found.complete) REQUIRE_FALSE(possible(elsewhere));
  }

 private:
  bool possible(const z3::expr& claim) {
    z3::expr_vector assumed(context_);
    assumed.push_back(claim);
    const z3::check_result result = solver_.check(assumed);
    REQUIRE(result != z3::unknown);
    return result == z3::sat;
  }

  static std::string way(const Model& model, OutcomeId id) {
    const Outcome& outcome = model.outcomes[id];
    if (outcome.refused) return "refused";
    const Target& target = model.targets[outcome.target];
    std::string text = "target " + target.name;
    for (std::size_t i = 0; i < outcome.parameters.size(); ++i) {
      const Parameter& parameter = target.parameters[i];
      const std::int64_t value = outcome.parameters[i];
      text += fmt::format(" {}={}", parameter.name,
                          parameter.is_integer
                              ? std::to_string(value)
                              : parameter.symbols[static_cast<std::size_t>(value)]);
    }
    return text;
  }
  std::map<std::string, z3::expr> ends(const Model& model, Z3Policy& policy) {
    std::map<std::string, z3::expr> result;
    result.emplace("excluded", !policy.admitted());
    z3::expr_vector open(context_);
    for (BlockId block = 0; block < model.blocks.size(); ++block) {
      open.push_back(policy.undecided(block));
    }
    result.emplace("undecided", policy.admitted() && z3::mk_or(open));
    for (OutcomeId id = 0; id < model.outcomes.size(); ++id) {
      const z3::expr holds = policy.admitted() && policy.ends_with(id);
      const auto [at, fresh] = result.emplace(way(model, id), holds);
      if (!fresh) at->second = at->second || holds;
    }
    return result;
  }
  z3::expr end(const Model& model, Z3Policy& policy, const diff::End& end) {
    z3::expr_vector parts(context_);
    switch (end.kind) {
      case diff::End::Kind::kTarget:
      case diff::End::Kind::kRefused:
        for (const RowId row : end.rows) parts.push_back(policy.decides(row));
        return policy.admitted() && z3::mk_or(parts);
      case diff::End::Kind::kUndecided:
        for (BlockId block = 0; block < model.blocks.size(); ++block) {
          parts.push_back(policy.undecided(block));
        }
        return policy.admitted() && z3::mk_or(parts);
      case diff::End::Kind::kExcluded: break;
    }
    z3::expr before = context_.bool_val(true);
    for (std::uint32_t i = 0; i < model.assumptions.size(); ++i) {
      const z3::expr holds = policy.formula(model.assumptions[i].condition.formula);
      if (std::count(end.assumptions.begin(), end.assumptions.end(), i) > 0) {
        parts.push_back(before && !holds);
      }
      before = before && holds;
    }
    return z3::mk_or(parts);
  }

  z3::expr of(FactId fact, std::int64_t code) {
    const z3::expr& x = facts_.of(fact);
    return x == value(x, code);
  }
  // A class is an interval of codes, some of their remainders, or single codes.
  z3::expr in_class(FactId fact, ClassId wanted) {
    const Axis& axis = both_.partition.axes[fact];
    const z3::expr& x = facts_.of(fact);
    z3::expr_vector parts(context_);
    for (std::size_t i = 0; i < axis.intervals.size(); ++i) {
      for (std::uint32_t residue = 0; residue < axis.residue_classes; ++residue) {
        if (axis.class_of_cell[i * axis.residue_classes + residue] != wanted) continue;
        const Interval& interval = axis.intervals[i];
        z3::expr_vector remainders(context_);
        for (std::int64_t r = 0; axis.residue_classes > 1 && r < axis.modulus; ++r) {
          if (axis.residue_class[static_cast<std::size_t>(r)] != residue) continue;
          remainders.push_back(z3::mod(x, context_.int_val(axis.modulus)) == context_.int_val(r));
        }
        const z3::expr range =
            x.is_bv() ? z3::uge(x, value(x, interval.low)) && z3::ule(x, value(x, interval.high))
                      : x >= value(x, interval.low) && x <= value(x, interval.high);
        parts.push_back(remainders.empty() ? range : range && z3::mk_or(remainders));
      }
    }
    return z3::mk_or(parts);
  }
  z3::expr value(const z3::expr& x, std::int64_t code) {
    return x.is_bv() ? context_.bv_val(static_cast<std::uint64_t>(code), x.get_sort().bv_size())
                     : context_.int_val(code);
  }
  z3::expr within(const Box& box) {
    z3::expr result = context_.bool_val(true);
    for (const Box::Side& side : box.sides) {
      z3::expr_vector classes(context_);
      for (ClassId c = 0; c < side.classes.size(); ++c) {
        if (side.classes.contains(c)) classes.push_back(in_class(side.fact, c));
      }
      result = result && z3::mk_or(classes);
    }
    return result;
  }

  const Compared& both_;
  z3::context context_;
  Z3Facts facts_;
  Z3Policy old_, new_;
  z3::solver solver_;
  std::vector<z3::expr> differ_;  // one; an expression has no empty state
};

std::string rewritten_often(Random& random, const std::string& before, std::size_t times) {
  std::string after = before;
  for (std::size_t i = 0; i < times; ++i) {
    const std::string next = rewritten(random, after);
    if (resolves(next)) after = next;
  }
  return after;
}

// Whether they are equal, by both engines and Z3.
bool judged_equal(const std::string& before, const std::string& after) {
  INFO("old:\n" << before << "new:\n" << after);
  const auto both = compared(before, after);
  Z3Pair judge(*both);
  const bool equal = judge.equal();
  const diff::Difference by_solver = diff::compare_solver(both->pair, both->partition, {});
  REQUIRE(by_solver.equal == equal);
  judge.check(by_solver);
  if (const auto by_diagrams = diff::compare_diagrams(both->pair, both->partition, {})) {
    REQUIRE(by_diagrams->equal == equal);
    judge.check(*by_diagrams);
  }
  return equal;
}

TEST_CASE("Z3 agrees on equality of large policies, edited and rewritten") {
  const std::uint64_t seed = policy_seed();
  std::printf("z3 equality: seed %llu\n", static_cast<unsigned long long>(seed));
  INFO("SWITCHYARD_SEED=" << seed);
  Random random(seed);
  std::size_t equal = 0, different = 0;
  const std::size_t rounds = std::min<std::size_t>(policy_rounds(30), 30);
  for (std::size_t round = 0; round < rounds; ++round) {
    INFO("round " << round);
    PolicyShape shape = large_shape();
    shape.facts = 8;
    shape.rules = 12;
    shape.promises = false;
    const std::string before = random_policy(random, shape);
    const std::string same = rewritten_often(random, before, 30);
    CHECK(same != before);
    const bool is_equal = judged_equal(before, same);
    CHECK(is_equal);
    ++equal;
    if (!judged_equal(before, edited_often(random, same, 3 + random() % 4))) ++different;
  }
  std::printf("z3 equality: %zu pairs equal, %zu of %zu edited ones different\n", equal, different,
              rounds);
  CHECK(different > rounds / 8);
}

TEST_CASE("Z3 agrees on equality of 200 random rules over 40 facts, rewritten and edited") {
  const std::uint64_t seed = policy_seed();
  std::printf("z3 rules: seed %llu\n", static_cast<unsigned long long>(seed));
  INFO("SWITCHYARD_SEED=" << seed);
  Random random(seed);
  const std::string before = conjunctive_policy(random, 200);
  const std::string same = rewritten_often(random, before, 100);
  CHECK(judged_equal(before, same));
  CHECK_FALSE(judged_equal(before, rewritten_often(random, retargeted(random, before, 8), 40)));
}

}  // namespace
}  // namespace switchyard::testing
