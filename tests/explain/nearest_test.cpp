#include <algorithm>
#include <map>
#include <set>

#include "compiler/explain/line.h"
#include "compiler/explain/nearest.h"
#include "tests/explain/resolved.h"

namespace switchyard::testing {
namespace {

// What one combination comes to, straight from the meaning (Truths is compared with the oracle).
Ending ending(const Model& model, const std::vector<std::int64_t>& codes) {
  const Truths truths(model, codes);
  if (truths.violated()) return {Ending::Kind::kExcluded, 0};
  if (truths.row() == kUndecided) return {Ending::Kind::kOpen, 0};
  const OutcomeId outcome = model.rows[truths.row()].outcome;
  if (model.outcomes[outcome].refused) return {Ending::Kind::kRefused, 0};
  return {Ending::Kind::kTarget, outcome};
}

// (fact, code) pairs that change, and what they lead to.
using Change1 = std::pair<FactId, std::int64_t>;
using Changes = std::map<std::vector<Change1>, Ending>;

bool wanted(const Model& model, const Ending& now, const Ending& end,
            std::optional<TargetId> target) {
  if (end.kind == Ending::Kind::kExcluded || end == now) return false;
  return !target ||
         (end.kind == Ending::Kind::kTarget && model.outcomes[end.outcome].target == *target);
}

Changes singles_by_force(const Model& model, const std::vector<std::int64_t>& codes,
                         std::optional<TargetId> target) {
  Changes found;
  const Ending now = ending(model, codes);
  for (FactId fact = 0; fact < model.declared_facts; ++fact) {
    for (std::int64_t code = model.facts[fact].low; code <= model.facts[fact].high; ++code) {
      std::vector<std::int64_t> other = codes;
      other[fact] = code;
      const Ending end = ending(model, other);
      if (code != codes[fact] && wanted(model, now, end, target)) found[{{fact, code}}] = end;
    }
  }
  return found;
}

Changes pairs_by_force(const Model& model, const std::vector<std::int64_t>& codes,
                       std::optional<TargetId> target) {
  Changes found;
  const Ending now = ending(model, codes);
  const auto with = [&](FactId a, std::int64_t x, FactId b, std::int64_t y) {
    std::vector<std::int64_t> other = codes;
    other[a] = x;
    other[b] = y;
    return ending(model, other);
  };
  for (FactId a = 0; a < model.declared_facts; ++a) {
    for (FactId b = a + 1; b < model.declared_facts; ++b) {
      for (std::int64_t x = model.facts[a].low; x <= model.facts[a].high; ++x) {
        for (std::int64_t y = model.facts[b].low; y <= model.facts[b].high; ++y) {
          if (x == codes[a] || y == codes[b]) continue;
          const Ending end = with(a, x, b, y);
          if (!wanted(model, now, end, target)) continue;
          if (end == with(a, x, b, codes[b]) || end == with(a, codes[a], b, y)) continue;
          found[{{a, x}, {b, y}}] = end;
        }
      }
    }
  }
  return found;
}

// The boxes code by code. No combination may be in two of them.
Changes spread(const Model& model, const Partition& partition, const std::vector<Change>& changes) {
  Changes found;
  const auto codes = [&](const Box::Side& side) {
    std::vector<std::int64_t> inside;
    const Fact& fact = model.facts[side.fact];
    for (std::int64_t code = fact.low; code <= fact.high; ++code) {
      if (side.classes.contains(partition.axes[side.fact].class_of(code))) inside.push_back(code);
    }
    return inside;
  };
  for (const Change& change : changes) {
    const auto& sides = change.box.sides;
    for (const std::int64_t x : codes(sides[0])) {
      if (sides.size() == 1) {
        REQUIRE(found.emplace(std::vector<Change1>{{sides[0].fact, x}}, change.to).second);
        continue;
      }
      REQUIRE(sides[0].fact < sides[1].fact);
      for (const std::int64_t y : codes(sides[1])) {
        const std::vector<Change1> both = {{sides[0].fact, x}, {sides[1].fact, y}};
        REQUIRE(found.emplace(both, change.to).second);
      }
    }
  }
  return found;
}

}  // namespace

TEST_CASE("nearest changes are those that trying every change finds") {
  std::size_t ones = 0, twos = 0;
  for_random_policies(150, 128, [&](const Resolved& policy, Random& random) {
    const Model& model = policy.model;
    for (int i = 0; i < 3; ++i) {
      const std::vector<std::int64_t> codes = random_codes(model, random);
      const Point point = point_of(model, policy.partition, codes);
      NearestOptions options;
      options.pairs = NearestOptions::Pairs::kAlways;
      const Nearest found = nearest(model, policy.partition, point, options);
      REQUIRE(spread(model, policy.partition, found.one) ==
              singles_by_force(model, codes, std::nullopt));
      REQUIRE(spread(model, policy.partition, found.two) ==
              pairs_by_force(model, codes, std::nullopt));
      CHECK(found.pairs_left == 0);
      ones += found.one.size();
      twos += found.two.size();
      for (const Change& change : found.one) {
        CHECK(change.rows.empty() == (change.to.kind == Ending::Kind::kOpen));
      }
      // Towards a target of the policy's own block.
      const std::vector<TargetId>& targets = model.main().targets;
      options.target = targets[random() % targets.size()];
      const Nearest towards = nearest(model, policy.partition, point, options);
      REQUIRE(spread(model, policy.partition, towards.one) ==
              singles_by_force(model, codes, options.target));
      REQUIRE(spread(model, policy.partition, towards.two) ==
              pairs_by_force(model, codes, options.target));
    }
  });
  // Both must have been met, or the test shows nothing.
  CHECK(ones > policy_rounds(150));
  CHECK(twos > policy_rounds(150) / 10);
}

TEST_CASE("pairs are asked for where no single fact changes anything, and their work has a limit") {
  const Resolved policy = resolved(R"(
fact a : bool
fact b : bool
fact c : bool
target fast
target slow
fast when a and b
fast when a and c
slow otherwise
)");
  const Point point = point_of(policy.model, policy.partition, {0, 0, 0});
  const Nearest found = nearest(policy.model, policy.partition, point, {});
  CHECK(found.one.empty());
  CHECK(found.two_asked);
  CHECK(found.two.size() == 2);
  NearestOptions options;
  options.pair_work = 0;
  const Nearest cut = nearest(policy.model, policy.partition, point, options);
  CHECK(cut.two.empty());
  CHECK(cut.pairs_left == 3);
  options.pairs = NearestOptions::Pairs::kNever;
  CHECK_FALSE(nearest(policy.model, policy.partition, point, options).two_asked);
  const Nearest single =
      nearest(policy.model, policy.partition, point_of(policy.model, policy.partition, {1, 0, 0}), {});
  CHECK(single.one.size() == 2);
  CHECK_FALSE(single.two_asked);
}

TEST_CASE("the fewest changes that lead to a target are as few as trying all finds") {
  std::size_t found_ones = 0, never = 0;
  for_random_policies(150, 128, [&](const Resolved& policy, Random& random) {
    const Model& model = policy.model;
    const auto diagrams = build(model, policy.partition, DiagramBudget{});
    REQUIRE(diagrams.has_value());
    const std::vector<std::int64_t> codes = random_codes(model, random);
    // Some facts are not known.
    std::vector<std::optional<ClassId>> known(model.declared_facts);
    for (FactId fact = 0; fact < model.declared_facts; ++fact) {
      if (random() % 4 != 0) known[fact] = policy.partition.axes[fact].class_of(codes[fact]);
    }
    for (const TargetId target : model.main().targets) {
      std::optional<std::size_t> fewest;
      for_each_assignment(model, [&](const std::vector<std::int64_t>& other) {
        const Ending end = ending(model, other);
        if (end.kind != Ending::Kind::kTarget || model.outcomes[end.outcome].target != target) return;
        std::size_t changed = 0;
        for (FactId fact = 0; fact < model.declared_facts; ++fact) {
          const ClassId own = policy.partition.axes[fact].class_of(other[fact]);
          changed += known[fact] && *known[fact] != own ? 1 : 0;
        }
        fewest = std::min(fewest.value_or(changed), changed);
      });
      const auto found = fewest_changes(model, *diagrams, known, target);
      REQUIRE(found.has_value() == fewest.has_value());
      if (!found) {
        ++never;
        continue;
      }
      ++found_ones;
      REQUIRE(found->size() == *fewest);
      for (const auto& [fact, value] : *found) REQUIRE(known[fact] != value);
      // They do lead there, with some values of the facts that are not known.
      bool leads = false;
      for_each_assignment(model, [&](const std::vector<std::int64_t>& other) {
        for (FactId fact = 0; fact < model.declared_facts && !leads; ++fact) {
          std::optional<ClassId> expected = known[fact];
          for (const auto& [changed, value] : *found) {
            if (changed == fact) expected = value;
          }
          if (expected && policy.partition.axes[fact].class_of(other[fact]) != *expected) return;
        }
        const Ending end = ending(model, other);
        leads = leads || (end.kind == Ending::Kind::kTarget &&
                          model.outcomes[end.outcome].target == target);
      });
      REQUIRE(leads);
    }
  });
  CHECK(found_ones > policy_rounds(150) / 2);
  CHECK(never > policy_rounds(150) / 20);
}

}  // namespace switchyard::testing
