#include "compiler/sema/formula.h"

#include <catch2/catch.hpp>
#include <limits>

#include "compiler/sema/intervals.h"

namespace switchyard::testing {
namespace {

constexpr auto kLow = std::numeric_limits<std::int64_t>::min();
constexpr auto kHigh = std::numeric_limits<std::int64_t>::max();

TEST_CASE("equal formulas have equal ids") {
  Formulas f;
  const FormulaId a = f.atom({Atom::Kind::kIn, 0, 0, {{1, 1}}}, 0, 1);
  const FormulaId b = f.atom({Atom::Kind::kIn, 1, 0, {{1, 1}}}, 0, 1);
  CHECK(f.atom({Atom::Kind::kIn, 0, 0, {{1, 5}}}, 0, 1) == a);  // clipped to the domain
  CHECK(f.atom({Atom::Kind::kIn, 0, 0, {{0, 1}}}, 0, 1) == kTrue);
  CHECK(f.atom({Atom::Kind::kIn, 0, 0, {{2, 3}}}, 0, 1) == kFalse);
  CHECK(f.all(a, b) == f.all(b, a));
  CHECK(f.all(a, a) == a);
  CHECK(f.all(a, f.negate(a)) == kFalse);
  CHECK(f.any(a, f.negate(a)) == kTrue);
  CHECK(f.any(a, kFalse) == a);
  CHECK(f.negate(f.negate(a)) == a);
  CHECK(f.implies(a, kTrue) == kTrue);
}

TEST_CASE("interval sets at the ends of 64 bits") {
  using sema::Intervals;
  CHECK(sema::unite({{kLow, 3}}, {{4, kHigh}}) == Intervals{{kLow, kHigh}});
  CHECK(sema::subtract({{kLow, kHigh}}, {{0, 0}}) == Intervals{{kLow, -1}, {1, kHigh}});
  CHECK(sema::subtract({{kLow, kHigh}}, {{kLow, kHigh}}).empty());
  CHECK(sema::subtract({{1, 5}}, {}) == Intervals{{1, 5}});
  CHECK(sema::intersect({{1, 5}, {8, 9}}, {{4, 8}}) == Intervals{{4, 5}, {8, 8}});
  CHECK(sema::normalized({{5, 6}, {1, 2}, {3, 3}}) == Intervals{{1, 3}, {5, 6}});
  CHECK(sema::contains({{1, 3}, {5, 6}}, 6));
  CHECK_FALSE(sema::contains({{1, 3}, {5, 6}}, 4));
}

}  // namespace
}  // namespace switchyard::testing
