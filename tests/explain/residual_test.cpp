#include <map>

#include "compiler/diagram/build.h"
#include "compiler/explain/residual.h"
#include "tests/explain/resolved.h"

namespace switchyard::testing {
namespace {

bool contains(const Box& box, const Partition& partition, const std::vector<std::int64_t>& codes) {
  for (const Box::Side& side : box.sides) {
    if (!side.classes.contains(partition.axes[side.fact].class_of(codes[side.fact]))) return false;
  }
  return true;
}

bool fits(const Known& known, const std::vector<std::int64_t>& codes) {
  for (FactId fact = 0; fact < known.size(); ++fact) {
    if (known[fact] && *known[fact] != codes[fact]) return false;
  }
  return true;
}

// Who decides: the row; for nobody the block that is left undecided, behind all rows; none when
// excluded.
std::optional<std::size_t> decider(const Model& model, const std::vector<std::int64_t>& codes) {
  const Truths truths(model, codes);
  if (truths.violated()) return std::nullopt;
  if (truths.row() != kUndecided) return truths.row();
  return model.rows.size() + truths.ran() - 1;
}

std::size_t key_of(const Model& model, const ResidualRow& row) {
  return row.row != kUndecided ? row.row : model.rows.size() + row.block;
}

Known random_known(const std::vector<std::int64_t>& codes, Random& random) {
  Known known;
  for (const std::int64_t code : codes) {
    known.push_back(random() % 2 == 0 ? std::optional(code) : std::nullopt);
  }
  return known;
}

}  // namespace

TEST_CASE("a residual table says of every combination that is left who decides it") {
  std::size_t rows = 0;
  for_random_policies(300, 256, [&](const Resolved& policy, Random& random) {
    const Model& model = policy.model;
    const Known known = random_known(random_codes(model, random), random);
    ResidualOptions options;
    options.boxes = 1'000;
    const Residual found = residual(model, known, options);
    REQUIRE(found.within_budget);
    std::map<std::size_t, std::size_t> sizes;
    std::size_t admitted = 0;
    for_each_assignment(model, [&](const std::vector<std::int64_t>& codes) {
      if (!fits(known, codes)) return;
      const auto expected = decider(model, codes);
      if (!expected) return;
      ++admitted;
      ++sizes[*expected];
      for (const ResidualRow& row : found.rows) {
        bool inside = false;
        for (const Box& box : row.cover.boxes) {
          inside = inside || contains(box, found.partition, codes);
        }
        REQUIRE(inside == (key_of(model, row) == *expected));
      }
    });
    REQUIRE(found.admitted == Count(admitted));
    REQUIRE(found.rows.size() == sizes.size());
    for (const ResidualRow& row : found.rows) {
      REQUIRE(row.cover.complete);
      REQUIRE(row.cover.exact);
      REQUIRE(row.cover.size == Count(sizes.at(key_of(model, row))));
    }
    rows += found.rows.size();

    // Where one target is chosen, whatever the rule.
    const std::vector<TargetId>& targets = model.main().targets;
    options.target = targets[random() % targets.size()];
    const Residual where = residual(model, known, options);
    REQUIRE(where.rows.size() <= 1);
    for_each_assignment(model, [&](const std::vector<std::int64_t>& codes) {
      const auto expected = decider(model, codes);
      if (!fits(known, codes) || !expected) return;
      const bool chosen = *expected < model.rows.size() &&
                          !model.outcomes[model.rows[*expected].outcome].refused &&
                          model.outcomes[model.rows[*expected].outcome].target == *options.target;
      bool inside = false;
      for (const ResidualRow& row : where.rows) {
        for (const Box& box : row.cover.boxes) {
          inside = inside || contains(box, where.partition, codes);
        }
      }
      REQUIRE(inside == chosen);
    });
  });
  CHECK(rows > policy_rounds(300));
}

TEST_CASE("beyond the budget every row that decides somewhere is still found, with a region") {
  for_random_policies(100, 128, [&](const Resolved& policy, Random& random) {
    const Model& model = policy.model;
    const Known known = random_known(random_codes(model, random), random);
    ResidualOptions options;
    options.budget = {0, 0, 0};
    const Residual found = residual(model, known, options);
    if (found.within_budget) return;  // nothing is left that needs a node
    std::map<std::size_t, std::size_t> sizes;
    for_each_assignment(model, [&](const std::vector<std::int64_t>& codes) {
      if (!fits(known, codes)) return;
      const auto expected = decider(model, codes);
      if (!expected) return;
      ++sizes[*expected];
      for (const ResidualRow& row : found.rows) {
        for (const Box& box : row.cover.boxes) {
          if (contains(box, found.partition, codes)) REQUIRE(key_of(model, row) == *expected);
        }
      }
    });
    REQUIRE(found.rows.size() == sizes.size());
    for (const ResidualRow& row : found.rows) {
      REQUIRE(row.cover.boxes.size() == 1);
      REQUIRE(row.cover.size <= Count(sizes.at(key_of(model, row))));
      REQUIRE(row.cover.size > 0);
    }
  });
}

TEST_CASE("a policy beyond the diagrams' budget has an exact table once most facts are known") {
  Random random(7);
  const Resolved policy = resolved(conjunctive_policy(random, 300));
  REQUIRE_FALSE(build(policy.model, policy.partition, DiagramBudget{}).has_value());
  Known known;
  for (const std::int64_t code : random_codes(policy.model, random)) known.push_back(code);
  known[0] = known[20] = known[35] = std::nullopt;
  const Residual found = residual(policy.model, known, {});
  CHECK(found.within_budget);
  CHECK(found.admitted == Count(2 * 8 * 4096));
  CHECK_FALSE(found.rows.empty());
}

}  // namespace switchyard::testing
