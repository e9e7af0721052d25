// Every finding on random policies is right and none is missing, by looking at every combination;
// both engines report the same codes at the same places.
#include <algorithm>
#include <functional>
#include <set>

#include <catch2/catch.hpp>

#include "compiler/sema/resolve.h"
#include "compiler/verify/verify.h"
#include "tests/region/random_model.h"
#include "tests/verify/brute_force.h"

namespace switchyard {
namespace {

using testing::Codes;
using testing::decide;
using testing::Expected;
using testing::holds;
using testing::World;

std::vector<Expected> expected_of(const World& world) {
  const Model& model = world.model;
  std::vector<Expected> result;
  if (world.admitted.empty()) {
    result.push_back({"SY0301", 0, {}});  // the place: checked apart
    return result;
  }
  const auto any = [&](const Expected& e) {
    return std::any_of(world.admitted.begin(), world.admitted.end(),
                       [&](const auto& at) { return e.shows(at.first, at.second); });
  };
  const auto expect = [&](Expected e) {
    if (any(e)) result.push_back(std::move(e));
  };
  for (BlockId b = 0; b < model.blocks.size(); ++b) {
    const Block& block = model.blocks[b];
    const Span span = block.name.empty()
                          ? model.rules[model.rows[block.first_row + block.row_count - 1].rule].span
                          : block.span;
    expect({"SY0302", span.begin, [&world, b](const Codes&, const auto& decided) {
              return world.undecided(b, decided);
            }});
  }
  std::set<RowId> reached;
  for (const auto& [codes, decided] : world.admitted) {
    for (const std::uint32_t leaf : decided) {
      if (world.leaves.is_row(leaf)) reached.insert(leaf);
    }
  }
  for (RuleId r = 0; r < model.rules.size(); ++r) {
    const Rule& rule = model.rules[r];
    std::vector<RowId> rows;
    for (RowId row = 0; row < model.rows.size(); ++row) {
      if (model.rows[row].rule == r) rows.push_back(row);
    }
    const bool used = std::any_of(rows.begin(), rows.end(), [&](RowId x) { return reached.count(x); });
    if (!used) {
      result.push_back({"SY0303", rule.span.begin, {}});
    } else if (rule.kind == Rule::Kind::kFirstOf || rule.kind == Rule::Kind::kOnly) {
      for (const RowId row : rows) {
        const std::uint32_t entry = model.rows[row].entry;
        if (entry == Row::kNoEntry || reached.count(row)) continue;
        result.push_back({"SY0304", rule.entries[entry].span.begin, {}});
      }
    }
    if (rule.kind != Rule::Kind::kTarget) continue;
    const RowId row = rows[0];
    expect({"SY0305", rule.entries[0].span.begin,
            [&model, &rule, row](const Codes& codes, const auto& decided) {
              if (decided[rule.block] != row || holds(model, rule.entries[0].able, codes)) return false;
              return std::none_of(
                  model.allowances.begin(), model.allowances.end(), [&](const Allowance& a) {
                    return !a.slower && holds(model, a.when, codes);
                  });
            }});
  }
  for (const Promise& promise : model.promises) {
    const char* codes_by_kind[] = {"SY0306", "SY0307", "SY0308"};
    const bool fits = std::any_of(world.admitted.begin(), world.admitted.end(), [&](const auto& at) {
      return holds(model, promise.condition, at.first);
    });
    if (promise.kind == Promise::Kind::kExample && !fits) {
      result.push_back({"SY0309", promise.span.begin, {}});
      continue;
    }
    expect({codes_by_kind[static_cast<int>(promise.kind)], promise.span.begin,
            [&model, &promise, &world](const Codes& codes, const auto& decided) {
              const std::uint32_t leaf = decided[promise.block];
              return world.leaves.is_row(leaf) && holds(model, promise.condition, codes) &&
                     !holds(model, promise.holds[model.rows[leaf].outcome], codes);
            }});
  }
  for (const Influence& influence : model.influences) {
    bool matters = false;
    for (const auto& [codes, decided] : world.admitted) {
      if (!holds(model, influence.when, codes) || !world.leaves.is_row(decided.back())) continue;
      for (const auto& [others, other_decided] : world.admitted) {
        if (!world.leaves.is_row(other_decided.back()) || !holds(model, influence.when, others)) {
          continue;
        }
        bool same = true;
        for (FactId f = 0; same && f < model.declared_facts; ++f) {
          same = f == influence.fact || codes[f] == others[f];
        }
        if (same && model.rows[decided.back()].outcome != model.rows[other_decided.back()].outcome) {
          matters = true;
        }
      }
      if (matters) break;
    }
    if (influence.matters != matters) {
      result.push_back({influence.matters ? "SY0310" : "SY0311", influence.span.begin, {}});
    }
  }
  testing::expect_warnings(world, result);
  return result;
}

std::vector<std::pair<std::string, std::uint32_t>> places(const std::vector<Expected>& expected) {
  std::vector<std::pair<std::string, std::uint32_t>> result;
  for (const Expected& e : expected) result.emplace_back(e.code, e.place);
  std::sort(result.begin(), result.end());
  return result;
}

std::vector<std::pair<std::string, std::uint32_t>> places(const DiagnosticSink& sink) {
  std::vector<std::pair<std::string, std::uint32_t>> result;
  for (const Diagnostic& d : sink.diagnostics()) {
    result.emplace_back(std::string(d.info->code), d.info->code == "SY0301" ? 0 : d.span.begin);
  }
  std::sort(result.begin(), result.end());
  return result;
}

// A cube: by fact, a class, or none where it is free.
using Fixed = std::vector<std::optional<ClassId>>;

bool within(const Fixed& fixed, const Partition& p, const Codes& codes) {
  for (FactId f = 0; f < fixed.size(); ++f) {
    if (fixed[f] && p.axes[f].class_of(codes[f]) != *fixed[f]) return false;
  }
  return true;
}

// Every admitted combination in the cube shows the finding, and there is one.
bool shown_by(const World& world, const Partition& p, const Expected& e, const Fixed& fixed) {
  bool some = false;
  for (const auto& [codes, decided] : world.admitted) {
    if (!within(fixed, p, codes)) continue;
    some = true;
    if (!e.shows(codes, decided)) return false;
  }
  return some;
}

Fixed cube_of(const Model& model, const Partition& p, const Diagnostic& d) {
  Fixed fixed(model.declared_facts);
  for (const Binding& binding : d.witness) {
    for (FactId f = 0; f < model.declared_facts; ++f) {
      const Fact& fact = model.facts[f];
      if (fact.name != binding.fact) continue;
      for (std::int64_t c = fact.low; c <= fact.high && !fixed[f]; ++c) {
        if (spell(fact, c) == binding.value) fixed[f] = p.axes[f].class_of(c);
      }
      REQUIRE(fixed[f]);
    }
  }
  return fixed;
}

// The best cube by trying all: fewest facts, then first facts, then first classes.
std::optional<Fixed> best_cube(const World& world, const Partition& p, const Expected& e,
                               std::size_t most) {
  const std::size_t facts = world.model.declared_facts;
  for (std::size_t size = 0; size <= most; ++size) {
    std::vector<bool> chosen(facts);
    std::fill(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(size), true);
    do {
      Fixed fixed(facts);
      std::optional<Fixed> found;
      const std::function<void(std::size_t)> step = [&](std::size_t f) {
        if (found) return;
        if (f == facts) {
          if (shown_by(world, p, e, fixed)) found = fixed;
          return;
        }
        if (!chosen[f]) return step(f + 1);
        for (ClassId c = 0; c < p.axes[f].class_count() && !found; ++c) {
          fixed[f] = c;
          step(f + 1);
        }
        fixed[f].reset();
      };
      step(0);
      if (found) return found;
    } while (std::prev_permutation(chosen.begin(), chosen.end()));
  }
  return std::nullopt;
}

void check_witnesses(const World& world, const Partition& p, const std::vector<Expected>& expected,
                     const DiagnosticSink& sink, bool smallest) {
  for (const Diagnostic& d : sink.diagnostics()) {
    const auto e = std::find_if(expected.begin(), expected.end(), [&](const Expected& x) {
      return x.code == d.info->code && x.place == d.span.begin;
    });
    if (e == expected.end() || !e->shows) continue;
    // An entry may be slower than several targets, each its own finding.
    const auto same = std::count_if(expected.begin(), expected.end(), [&](const Expected& x) {
      return x.code == e->code && x.place == e->place;
    });
    if (same > 1) continue;
    INFO(d.info->code << " " << d.message);
    const Fixed fixed = cube_of(world.model, p, d);
    REQUIRE(shown_by(world, p, *e, fixed));
    if (smallest) REQUIRE(best_cube(world, p, *e, d.witness.size()) == fixed);
  }
}

std::string described(const DiagnosticSink& sink) {
  std::string text;
  for (const Diagnostic& d : sink.diagnostics()) {
    text += std::string(d.info->code) + "@" + std::to_string(d.span.begin) + " " + d.message + "; ";
  }
  return text;
}

TEST_CASE("findings on random policies are right and complete, with both engines") {
  const std::uint64_t seed = testing::random_seed();
  INFO("SWITCHYARD_SEED=" << seed);
  std::mt19937_64 random(seed);
  testing::ModelShape shape;
  shape.decisions = 2;
  shape.rows = 6;
  shape.promises = true;
  shape.max_combinations = 250;
  const SourceMap sources;
  std::set<std::string> seen;
  for (std::size_t round = 0; round < testing::random_rounds(400); ++round) {
    INFO("round " << round);
    const Model model = testing::random_model(random, shape);
    DiagnosticSink none;
    const Partition p = *partition(model, none);
    const World world(model);
    const std::vector<Expected> expected = expected_of(world);
    const auto diagrams = build(model, p, {});
    REQUIRE(diagrams);
    DiagnosticSink by_diagrams, by_solver;
    VerifyOptions options;
    options.warnings = true;
    options.engine = VerifyOptions::Engine::kDiagrams;
    verify(model, p, diagrams, sources, by_diagrams, options);
    options.engine = VerifyOptions::Engine::kSolver;
    verify(model, p, std::nullopt, sources, by_solver, options);
    {
      INFO("diagrams: " << described(by_diagrams));
      REQUIRE(places(by_diagrams) == places(expected));
    }
    {
      INFO("solver: " << described(by_solver));
      REQUIRE(places(by_solver) == places(expected));
    }
    // A budget that ends somewhere on the way: the solver starts over, nothing is lost or said twice.
    DiagnosticSink by_both;
    VerifyOptions tight;
    tight.warnings = true;
    tight.budget.steps = 20 + random() % 2000;
    verify(model, p, diagrams, sources, by_both, tight);
    REQUIRE(places(by_both) == places(expected));
    check_witnesses(world, p, expected, by_diagrams, true);
    check_witnesses(world, p, expected, by_solver, false);
    for (const Diagnostic& d : by_diagrams.diagnostics()) seen.insert(std::string(d.info->code));
  }
  if (testing::random_rounds(400) >= 400) CHECK(seen.size() == 17);
}

TEST_CASE("both engines agree on facts of many classes") {
  const std::uint64_t seed = testing::random_seed();
  INFO("SWITCHYARD_SEED=" << seed);
  std::mt19937_64 random(seed);
  testing::ModelShape shape;
  shape.facts = 5;
  shape.decisions = 1;
  shape.rows = 40;
  shape.promises = true;
  shape.wide = true;
  const SourceMap sources;
  std::size_t most_classes = 0;
  for (std::size_t round = 0; round < testing::random_rounds(400) / 8 + 1; ++round) {
    INFO("round " << round);
    const Model model = testing::random_model(random, shape);
    DiagnosticSink none;
    const Partition p = *partition(model, none);
    for (const Axis& axis : p.axes) most_classes = std::max(most_classes, axis.class_count());
    DiagramBudget budget;
    budget.nodes = 30'000;
    const auto diagrams = build(model, p, budget);
    if (!diagrams) continue;
    DiagnosticSink by_diagrams, by_solver;
    verify(model, p, diagrams, sources, by_diagrams);
    verify(model, p, std::nullopt, sources, by_solver);
    INFO("diagrams: " << described(by_diagrams));
    INFO("solver: " << described(by_solver));
    REQUIRE(places(by_diagrams) == places(by_solver));
  }
  CHECK(most_classes > 64);
}

TEST_CASE("1,000 rules over 40 facts, beyond the diagrams' budget") {
  Model model = testing::large_random_model(1000);
  // A rule that the one before it shadows, and then everything.
  const Row row = model.rows.back();
  model.rules.push_back(model.rules.back());
  model.rules.back().span = {0, 5000, 5001};
  model.rows.push_back({row.formula, 0, 1000, 0});
  model.blocks[0].row_count = 1001;
  DiagnosticSink none;
  const Partition p = *partition(model, none);
  DiagnosticSink sink;
  VerifyOptions all;
  all.findings = 10'000;
  verify(model, p, std::nullopt, SourceMap(), sink, all);
  INFO(described(sink));
  REQUIRE(sink.diagnostics().size() > 100);
  const Diagnostic& undecided = sink.diagnostics().front();
  CHECK(undecided.info->code == "SY0302");
  REQUIRE(undecided.region);
  CHECK_FALSE(undecided.region->exact);
  const Diagnostic& shadowed = sink.diagnostics().back();
  CHECK(shadowed.info->code == "SY0303");
  CHECK(shadowed.span.begin == 5000);
  REQUIRE(shadowed.notes.size() == 2);
  CHECK(shadowed.notes[0].span->begin == 999);

  DiagnosticSink some;
  verify(model, p, std::nullopt, SourceMap(), some);
  REQUIRE(some.diagnostics().size() == 101);  // one is of another kind
  for (std::size_t i = 0; i < 101; ++i) {
    CHECK(some.diagnostics()[i].span.begin == sink.diagnostics()[i].span.begin);
  }
  CHECK(some.diagnostics().back().notes.back().text ==
        "100 findings of this kind: the rules after this one were not looked at for more");
}

}  // namespace
}  // namespace switchyard
