#pragma once

#include <catch2/catch.hpp>

#include "runtime/bench/check.h"
#include "runtime/bench/machine.h"

namespace switchyard::bench {

// Every kernel of `kernels` that can run the layer: right outputs on batches of two sizes, and
// times that are there. The clock is only asked whether it went on.
inline void check_machine(Machine& machine, std::span<const kernels::Kernel> kernels,
                          kernels::Scheme scheme, const Rounds& rounds) {
  kernels::LayerConfig config;
  config.scheme = scheme;
  config.shape = {64, 96, 4, 2};
  const auto weights = RandomWeights::make(config, 3);
  REQUIRE(weights);
  const auto choices = all_choices(kernels, config);
  REQUIRE(choices);
  REQUIRE(!choices->empty());
  for (const KernelChoice& choice : *choices) {
    CAPTURE(name_of(choice));
    const auto layer = machine.prepare(choice, config, weights->layer);
    if (!layer) FAIL(layer.error().message);
    std::vector<Batch> batches;
    for (const std::int64_t tokens : {5, 2}) {
      batches = make_batches(config.shape, tokens, 2, 3);
      REQUIRE((*layer)->load(batches));
      (*layer)->use_threads(machine.threads().back());
      const auto out = (*layer)->output();
      if (!out) FAIL(out.error().message);
      ReferenceCheck check(config, weights->layer, batches.front());
      CHECK(check.problem_of(*out, choice.kernel->numerics(scheme)) == "");
    }
    const auto seconds = (*layer)->time_layer(rounds);
    if (!seconds) FAIL(seconds.error().message);
    CHECK(seconds->seconds > 0);
    CHECK(seconds->rounds >= rounds.least);
    const auto routing = (*layer)->time_routing(rounds);
    if (!routing) FAIL(routing.error().message);
    CHECK(routing->seconds > 0);
  }
}

}  // namespace switchyard::bench
