#pragma once

#include <catch2/catch.hpp>

#include <cstdio>
#include <string>
#include <utility>

#include "compiler/explain/truths.h"
#include "compiler/parse/parse.h"
#include "compiler/region/partition.h"
#include "compiler/sema/resolve.h"
#include "tests/random/random_policy.h"

namespace switchyard::testing {

// A policy's text with the stages up to `partition` run on it.
struct Resolved {
  SourceMap sources;
  ast::Policy policy;
  Model model;
  Partition partition;
};

inline Resolved resolved(const std::string& text) {
  Resolved out;
  DiagnosticSink sink;
  out.policy = parse_policy(out.sources, out.sources.add("p.policy", text), sink);
  auto model = resolve(out.policy, out.sources, sink);
  if (!model) FAIL(sink.diagnostics()[0].message);
  out.model = std::move(*model);
  auto classes = partition(out.model, sink);
  REQUIRE(classes.has_value());
  out.partition = std::move(*classes);
  return out;
}

// Calls `check(policy, random)` for random policies of at most `combinations`, with the seed at hand.
template <typename Check>
void for_random_policies(std::size_t usual, std::int64_t combinations, Check check) {
  const std::uint64_t seed = policy_seed();
  INFO("SWITCHYARD_SEED=" << seed);
  std::printf("tests/explain: SWITCHYARD_SEED=%llu\n", static_cast<unsigned long long>(seed));
  Random random(seed);
  const std::size_t rounds = policy_rounds(usual);
  for (std::size_t round = 0; round < rounds; ++round) {
    PolicyShape shape;
    shape.max_combinations = combinations;
    const std::string text = random_policy(random, shape);
    INFO(text);
    check(resolved(text), random);
  }
}

}  // namespace switchyard::testing
