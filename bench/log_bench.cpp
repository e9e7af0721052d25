#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "bench/compile_text.h"
#include "bench/random_rules.h"
#include "runtime/decide/decide.h"
#include "runtime/log/decision_log.h"

// What recording adds to deciding. One burst is kBurst decisions on random inputs, which a ring of
// the default size holds, so that full logging is measured without dropped lines; the writer
// catches up between bursts, untimed. The column CPU is that of a burst in a thread, in ns: with
// two threads it stays the same where they share nothing. Compare rows of one run only.
namespace switchyard::bench {
namespace {

constexpr std::size_t kBurst = 1'000;
constexpr std::size_t kInputs = 64 * kBurst;
constexpr std::size_t kDistinct = 2'000;  // so that first occurrences by box stay in use

// Three facts: the inline dense engine.
constexpr const char* kSmall = R"(
policy small
fact supports_mx : bool
fact scheme : enum { a, b, c, d, e, f, g, h, i, j, k }
fact tokens : int 1 .. 4096
target native
target packed
target emulated
native when supports_mx and scheme in <a, b> and tokens > 16
packed when supports_mx and scheme in <a, b, e>
emulated otherwise
)";

struct Subject {
  Table table;
  std::vector<std::int32_t> inputs;  // kInputs structs
  std::size_t facts;
};

Subject subject_of(const std::string& text, std::uint64_t seed) {
  Subject out{open_text(text), {}, 0};
  out.facts = out.table.facts().size();
  std::mt19937_64 random(seed);
  for (std::size_t i = 0; i < kDistinct; ++i) {
    for (const FactInfo& fact : out.table.facts()) {
      const auto span = static_cast<std::uint64_t>(fact.high - fact.low) + 1;
      out.inputs.push_back(
          static_cast<std::int32_t>(fact.low + static_cast<std::int64_t>(random() % span)));
    }
  }
  while (out.inputs.size() < kInputs * out.facts) {
    const std::size_t other = random() % kDistinct * out.facts;
    for (std::size_t f = 0; f < out.facts; ++f) out.inputs.push_back(out.inputs[other + f]);
  }
  return out;
}

const Subject& small() {
  static const Subject subject = subject_of(kSmall, 1);
  return subject;
}
const Subject& large() {
  static const Subject subject =
      subject_of(policy_text(random_rules(kRandomRules, kRandomSeed)), 2);
  return subject;
}

// A log of the whole program for each mode; /dev/shm, so that no disk is measured.
std::string log_path(const char* mode) {
  return "/dev/shm/switchyard_log_bench." + std::to_string(::getpid()) + "." + mode;
}

struct Mode {
  const char* name;
  bool on;
  std::uint64_t sample_every;
  LogConfig::First first;
};

DecisionLog& log_of(const Mode& mode) {
  LogConfig config;
  config.path = log_path(mode.name);
  config.sample_every = mode.sample_every;
  config.first = mode.first;
  config.keep_files = 1;
  auto log = DecisionLog::open(config);
  if (!log) {
    std::fprintf(stderr, "%s\n", log.error().message.c_str());
    std::exit(1);
  }
  static std::vector<std::unique_ptr<DecisionLog>> logs;
  return *logs.emplace_back(std::move(*log));
}

template <const Subject& (*kSubject)()>
void decide_with(benchmark::State& state, const Mode& mode, DecisionLog* log) {
  const Subject& subject = kSubject();
  const std::size_t start = static_cast<std::size_t>(state.thread_index()) * 7 * kBurst;
  std::size_t burst = start / kBurst;
  for (auto _ : state) {
    const std::int32_t* facts = subject.inputs.data() + burst++ * kBurst % kInputs * subject.facts;
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < kBurst; ++i, facts += subject.facts) {
      const Decision decision = decide(subject.table, facts);
      if (mode.on) log->record(subject.table, 1, facts, decision);
      sum += decision.index;
    }
    benchmark::DoNotOptimize(sum);
    if (mode.on && mode.sample_every == 1) {
      state.PauseTiming();
      log->flush();
      state.ResumeTiming();
    }
  }
}

// A line from record() to the file, the writer's work: what it can keep up with.
template <const Subject& (*kSubject)()>
void write_lines(benchmark::State& state, DecisionLog* log) {
  const Subject& subject = kSubject();
  const Decision decision = decide(subject.table, subject.inputs.data());
  for (auto _ : state) {
    for (std::size_t i = 0; i < kBurst; ++i) {
      log->record(subject.table, 1, subject.inputs.data(), decision);
    }
    log->flush();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBurst));
}

void add(const Mode& mode) {
  DecisionLog* log = mode.on ? &log_of(mode) : nullptr;
  for (const int threads : {1, 2}) {
    const auto name = [&](const char* subject) { return std::string(subject) + "/" + mode.name; };
    benchmark::RegisterBenchmark(name("3_facts").c_str(), decide_with<small>, mode, log)
        ->Threads(threads)
        ->UseRealTime();
    benchmark::RegisterBenchmark(name("40_facts").c_str(), decide_with<large>, mode, log)
        ->Threads(threads)
        ->UseRealTime();
  }
  if (mode.sample_every != 1) return;
  benchmark::RegisterBenchmark("3_facts/written", write_lines<small>, log)->UseRealTime();
  benchmark::RegisterBenchmark("40_facts/written", write_lines<large>, log)->UseRealTime();
}

}  // namespace
}  // namespace switchyard::bench

int main(int count, char** arguments) {
  using switchyard::LogConfig;
  using switchyard::bench::Mode;
  constexpr Mode kModes[] = {
      {"off", false, 0, LogConfig::First::kNone},
      {"counters", true, 0, LogConfig::First::kNone},
      {"sampled_first_rule", true, 1'000, LogConfig::First::kRule},
      {"sampled_first_box", true, 1'000, LogConfig::First::kBox},
      {"full", true, 1, LogConfig::First::kNone},
  };
  benchmark::Initialize(&count, arguments);
  for (const Mode& mode : kModes) switchyard::bench::add(mode);
  benchmark::RunSpecifiedBenchmarks();
  for (const Mode& mode : kModes) {
    for (const char* suffix : {"", ".1"}) {
      std::remove((switchyard::bench::log_path(mode.name) + suffix).c_str());
    }
  }
  return 0;
}
