#include <catch2/catch.hpp>

#include <cstdio>

#include "compiler/parse/parse.h"
#include "compiler/sema/evaluate.h"
#include "compiler/sema/resolve.h"
#include "runtime/decide/decide.h"
#include "tests/emit/random_tables.h"
#include "tests/random/random_policy.h"

namespace switchyard::testing {
namespace {

// Text to model; every random policy resolves.
struct Resolved {
  SourceMap sources;
  ast::Policy policy;
  Model model;
};

Resolved resolve_text(const std::string& text) {
  Resolved out;
  DiagnosticSink sink;
  out.policy = parse_policy(out.sources, out.sources.add("random.policy", text), sink);
  auto model = resolve(out.policy, out.sources, sink);
  if (!model) FAIL(sink.diagnostics()[0].message);
  out.model = std::move(*model);
  return out;
}

void check_answer(const Table& table, const Resolved& from, const Decision& decision,
                  const Evaluation& expected) {
  switch (expected.kind) {
    case Evaluation::Kind::kUndecided:
      REQUIRE(decision.kind == Decision::Kind::kUndecided);
      return;
    case Evaluation::Kind::kExcluded:
      REQUIRE(decision.kind == Decision::Kind::kExcluded);
      REQUIRE(decision.index == expected.assumption);
      return;
    case Evaluation::Kind::kRefused:
      REQUIRE(decision.kind == Decision::Kind::kRefused);
      break;
    case Evaluation::Kind::kTarget: {
      REQUIRE(decision.kind == Decision::Kind::kTarget);
      const OutcomeInfo& outcome = table.outcomes()[decision.index];
      REQUIRE(table.targets()[outcome.target].name == expected.target);
      REQUIRE(outcome.parameters == expected.parameters);
    }
  }
  REQUIRE(table.rules()[decision.rule].location == from.sources.location(expected.rule->span));
  REQUIRE(from.model.rows[decision.leaf].entry == expected.entry);
}

// Every engine on one table each, every block, on every assignment or on `samples` of them.
void check_policy(const Resolved& from, Random& random, std::int64_t samples) {
  DiagnosticSink sink;
  const auto classes = partition(from.model, sink);
  REQUIRE(classes.has_value());
  const auto diagrams = build(from.model, *classes, DiagramBudget{});
  std::vector<Table> tables;
  for (const DeciderChoice decider : kDeciders) {
    const bool by_diagram = decider == DeciderChoice::kDense || decider == DeciderChoice::kWalk;
    if (by_diagram && !diagrams) continue;
    EmitOptions options;
    options.decider = decider;
    const auto bytes = emit(from.model, *classes, diagrams, from.sources, options);
    // A product of classes may be too large for a dense array, and a policy need too many boxes.
    if (!bytes && (decider == DeciderChoice::kDense || decider == DeciderChoice::kBits)) continue;
    REQUIRE(bytes.has_value());
    const auto proof = prove(*bytes, from.model, *classes, diagrams, from.sources);
    if (!proof) FAIL(proof.error().message);
    auto table = Table::from_bytes(*bytes);
    REQUIRE(table.has_value());
    tables.push_back(std::move(*table));
  }
  REQUIRE(tables.size() >= 2);

  const Evaluator oracle(from.policy, from.model);
  Struct facts(tables.front());
  const auto compare = [&](const std::vector<std::int64_t>& codes) {
    const std::vector<Evaluation> expected = oracle.evaluate(codes);
    for (FactId f = 0; f < from.model.declared_facts; ++f) facts.set(f, codes[f]);
    for (const Table& table : tables) {
      for (BlockId b = 0; b < from.model.blocks.size(); ++b) {
        check_answer(table, from, decide_block(table, b, facts.data()), expected[b]);
      }
      check_answer(table, from, decide(table, facts.data()), expected.back());
    }
  };
  if (assignment_count(from.model) <= samples) {
    for_each_assignment(from.model, compare);
  } else {
    for (std::int64_t i = 0; i < samples; ++i) compare(random_codes(from.model, random));
  }
}

}  // namespace

TEST_CASE("oracle, diagram, bit vectors, program and mapped table agree on random policies") {
  const std::uint64_t seed = policy_seed();
  std::printf("tests/emit: SWITCHYARD_SEED=%llu\n", static_cast<unsigned long long>(seed));
  Random random(seed);
  const std::size_t rounds = policy_rounds();
  for (std::size_t i = 0; i < rounds; ++i) {
    PolicyShape shape;
    shape.facts = 1 + i % 6;
    shape.decisions = i % 3;
    shape.max_combinations = i % 20 == 0 ? 2'000 : 100;
    const std::string text = random_policy(random, shape);
    INFO("SWITCHYARD_SEED=" << seed << " policy " << i << "\n" << text);
    check_policy(resolve_text(text), random, 2'000);
  }
}

TEST_CASE("and on divisors that have no small common multiple") {
  const Resolved from = resolve_text(R"(policy divisors
fact tokens : int -100 .. 4095
fact fast : bool
target a
target b
a when tokens % 256 == 0 or tokens % 257 == 3 and fast
refuse when tokens % 4001 == 4000 and not fast because "odd one out"
b when tokens % 70_000 == 69_999 or tokens in 5 .. 600 or fast
a otherwise
)");
  Random random(policy_seed());
  check_policy(from, random, 10'000);
}

TEST_CASE("and on policies that are too large to enumerate") {
  const std::uint64_t seed = policy_seed();
  Random random(seed);
  for (std::size_t i = 0; i < 10; ++i) {
    const std::string text = random_policy(random, large_shape());
    INFO("SWITCHYARD_SEED=" << seed << " policy " << i << "\n" << text);
    check_policy(resolve_text(text), random, 300);
  }
}

TEST_CASE("and on conjunctive rules, which no diagram holds") {
  Random random(20261123);
  const Resolved policy = resolve_text(conjunctive_policy(random, 200));
  check_policy(policy, random, 300);
}

}  // namespace switchyard::testing
