#include <benchmark/benchmark.h>

#include <random>

#include "bench/compile_text.h"
#include "bench/random_rules.h"
#include "runtime/decide/decide.h"

int if_chain_of_random_rules(const std::int32_t* facts);  // generated

namespace switchyard::bench {
namespace {

constexpr std::size_t kInputs = 1'000'000;

// ---- The three-fact policy of the brief ----------------------------------------------------------

constexpr const char* kBrief = R"(
policy brief
fact supports_mx : bool
fact scheme : enum { w_mxfp4, w_mxfp4_a_mxfp4, w_mxfp4_a_mxfp6_e3m2, w_mxfp4_a_mxfp6_e2m3,
                     w_mxfp4_a_fp8, w_mxfp6_e3m2, w_mxfp6_e3m2_a_mxfp6_e3m2, w_mxfp6_e3m2_a_fp8,
                     w_mxfp6_e2m3, w_mxfp6_e2m3_a_mxfp6_e2m3, w_mxfp6_e2m3_a_fp8 }
fact aiter : bool
target native
target packed
target emulated
native when supports_mx and scheme in <w_mxfp4, w_mxfp4_a_mxfp4> and aiter
packed when supports_mx and scheme in <w_mxfp4, w_mxfp4_a_mxfp4, w_mxfp4_a_fp8>
emulated otherwise
)";

struct BriefFacts {
  std::int32_t supports_mx, scheme, aiter;
};

enum Scheme { kMxfp4 = 0, kMxfp4Mxfp4 = 1, kMxfp4Fp8 = 4 };

// What somebody would write without Switchyard.
int brief_chain(const BriefFacts& facts) {
  if (facts.supports_mx && (facts.scheme == kMxfp4 || facts.scheme == kMxfp4Mxfp4) && facts.aiter) {
    return 0;
  }
  if (facts.supports_mx && (facts.scheme == kMxfp4 || facts.scheme == kMxfp4Mxfp4 ||
                            facts.scheme == kMxfp4Fp8)) {
    return 1;
  }
  return 2;
}

const std::vector<BriefFacts>& brief_inputs() {
  static const std::vector<BriefFacts> inputs = [] {
    std::mt19937_64 random(1);
    std::vector<BriefFacts> out(kInputs);
    for (BriefFacts& facts : out) {
      facts = {static_cast<std::int32_t>(random() % 2), static_cast<std::int32_t>(random() % 11),
               static_cast<std::int32_t>(random() % 2)};
    }
    return out;
  }();
  return inputs;
}

// Runs `one` on every input, and reports the time of one.
template <typename Inputs, typename One>
void measure(benchmark::State& state, const Inputs& inputs, One one) {
  for (auto _ : state) {
    std::uint32_t sum = 0;
    for (const auto& facts : inputs) sum += one(facts);
    benchmark::DoNotOptimize(sum);
  }
  state.counters["each"] =
      benchmark::Counter(static_cast<double>(inputs.size()),
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void brief_table(benchmark::State& state) {
  const Table table = open_text(kBrief);
  measure(state, brief_inputs(), [&](const BriefFacts& facts) { return decide(table, &facts).index; });
}
BENCHMARK(brief_table)->Unit(benchmark::kMillisecond);

void brief_if_chain(benchmark::State& state) {
  measure(state, brief_inputs(),
          [](const BriefFacts& facts) { return static_cast<std::uint32_t>(brief_chain(facts)); });
}
BENCHMARK(brief_if_chain)->Unit(benchmark::kMillisecond);

// ---- 1,000 random rules over 40 facts ------------------------------------------------------------

struct RandomFacts {
  std::int32_t codes[kFacts];
};

const std::vector<RandomFacts>& random_inputs() {
  static const std::vector<RandomFacts> inputs = [] {
    std::mt19937_64 random(2);
    std::vector<RandomFacts> out(kInputs);
    for (RandomFacts& facts : out) {
      for (int f = 0; f < kFacts; ++f) {
        facts.codes[f] = static_cast<std::int32_t>(random() % static_cast<unsigned>(fact_high(f) + 1));
      }
    }
    return out;
  }();
  return inputs;
}

const Table& random_table() {
  static const Table table = open_text(policy_text(random_rules(kRandomRules, kRandomSeed)));
  return table;
}

void random_best(benchmark::State& state) {
  measure(state, random_inputs(),
          [&](const RandomFacts& facts) { return decide(random_table(), &facts).index; });
}
BENCHMARK(random_best)->Unit(benchmark::kMillisecond);

void random_unit(benchmark::State& state, VectorUnit unit) {
  if (unit > best_vector_unit()) {
    state.SkipWithError("this machine has no such unit");
    return;
  }
  measure(state, random_inputs(), [&](const RandomFacts& facts) {
    return decide_general(random_table(), &facts, unit).index;
  });
}
BENCHMARK_CAPTURE(random_unit, avx512, VectorUnit::kAvx512)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(random_unit, avx2, VectorUnit::kAvx2)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(random_unit, portable, VectorUnit::kPortable)->Unit(benchmark::kMillisecond);

void random_if_chain(benchmark::State& state) {
  measure(state, random_inputs(), [](const RandomFacts& facts) {
    return static_cast<std::uint32_t>(if_chain_of_random_rules(facts.codes));
  });
}
BENCHMARK(random_if_chain)->Unit(benchmark::kMillisecond);

// The chain and the table must agree, or the comparison means nothing.
bool agree() {
  const Table& table = random_table();
  for (const RandomFacts& facts : random_inputs()) {
    const Decision decision = decide(table, &facts);
    const TargetInfo& target = table.targets()[table.outcomes()[decision.index].target];
    if (target.name != "t" + std::to_string(if_chain_of_random_rules(facts.codes))) return false;
  }
  const Table brief = open_text(kBrief);
  for (const BriefFacts& facts : brief_inputs()) {
    const Decision decision = decide(brief, &facts);
    if (brief.outcomes()[decision.index].target != static_cast<std::uint32_t>(brief_chain(facts))) {
      return false;
    }
  }
  return true;
}

}  // namespace
}  // namespace switchyard::bench

int main(int argc, char** argv) {
  if (!switchyard::bench::agree()) {
    std::fprintf(stderr, "the table and the chain of ifs decide differently\n");
    return 1;
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
