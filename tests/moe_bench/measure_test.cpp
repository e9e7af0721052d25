#include "runtime/bench/measure.h"

#include <array>
#include <catch2/catch.hpp>

#include "runtime/bench/check.h"
#include "tests/engine/policy_table.h"

using namespace switchyard;
using namespace switchyard::bench;

namespace {

// A machine whose layers are the CPU's, whose times are made up, and which may be wrong.
struct PretendMachine final : Machine {
  std::vector<int> counts = {1};  // of threads
  std::string fails_to_prepare;   // a kernel's name
  std::string is_wrong;
  std::unique_ptr<Machine> real = cpu_machine(std::array{1});  // owns the pool of its layers

  struct Layer final : MeasuredLayer {
    std::unique_ptr<MeasuredLayer> real;
    bool wrong = false;
    double seconds = 0;
    kernels::Expected<void> load(std::span<const Batch> batches) override {
      seconds = static_cast<double>(batches.front().routing.tokens);
      return real->load(batches);
    }
    int threads = 0;
    void use_threads(int count) override { threads = count; }
    kernels::Expected<std::vector<kernels::Bf16>> output() override {
      auto out = real->output();
      if (wrong && out) out->back().bits ^= 0x8000;
      return out;
    }
    kernels::Expected<Timing> time_layer(const Rounds&) override {
      return Timing{seconds / threads, 7};
    }
    kernels::Expected<Timing> time_routing(const Rounds&) override {
      return Timing{seconds + 0.5, 1};
    }
    kernels::Expected<DispatchCost> time_dispatch(Dispatcher& dispatcher,
                                                  std::uint32_t outcome) override {
      const auto asked = dispatcher.ask(static_cast<std::int64_t>(seconds));
      if (!asked || *asked != outcome) return kernels::fail("another outcome");
      return DispatchCost{1e-9, 2e-9, 4e-9};
    }
  };

  kernels::Expected<std::unique_ptr<MeasuredLayer>> prepare(
      const KernelChoice& choice, const kernels::LayerConfig& config,
      const kernels::LayerWeights& weights) override {
    if (choice.kernel->name == fails_to_prepare) return kernels::fail("it is out of memory");
    auto layer = std::make_unique<Layer>();
    layer->real = std::move(*real->prepare(choice, config, weights));
    layer->wrong = choice.kernel->name == is_wrong;
    return layer;
  }
  std::vector<int> threads() const override { return counts; }
  kernels::Expected<MeasuredRate> measure_bandwidth(int) override { return MeasuredRate{}; }
  std::vector<ProductRate> measure_products(int) override { return {}; }
  std::string method() const override { return {}; }
};

Plan small_plan() {
  Plan plan;
  plan.config.shape = {64, 64, 4, 2};
  plan.tokens = {1, 3};
  plan.batches = 2;
  plan.routing = true;
  return plan;
}

KernelChoice choice(std::string_view text) { return *parse_choice(text, kernels::cpu_kernels()); }

Results measured(PretendMachine& machine, Plan& plan) {
  Results results;
  for (const int threads : machine.counts) {
    results.ceilings.emplace_back().threads = threads;
  }
  REQUIRE(measure(
      machine, plan, [](const std::string&) {}, results));
  return results;
}

}  // namespace

TEST_CASE("jobs: given kernels on all sizes, the policy's on its own, none twice", "[measure]") {
  const Table table = table_of("policy p\ntarget native\nnative otherwise\n");
  const auto answer = [&](std::int64_t tokens, const char* kernel) {
    return PolicyAnswer{{tokens, "", "", {}},
                        0,
                        kernel == nullptr ? KernelChoice{} : choice(kernel),
                        Dispatcher(table, FactRow(table), std::nullopt)};
  };
  const std::vector<PolicyAnswer> policy = {answer(1, "packed"), answer(3, "native"),
                                            answer(5, nullptr)};
  const std::vector<KernelChoice> given = {choice("packed"), choice("packed(block_m=64)")};
  const std::vector<std::int64_t> tokens = {1, 3, 5};
  const std::vector<Job> jobs = jobs_of(given, tokens, policy);
  REQUIRE(jobs.size() == 2);
  CHECK(name_of(jobs[0].choice) == "packed(block_m = 64)");
  CHECK(jobs[0].tokens == tokens);
  CHECK(name_of(jobs[1].choice) == "native");
  CHECK(jobs[1].tokens == std::vector<std::int64_t>{3});
}

TEST_CASE("every job is a measurement, also those that fail or are wrong", "[measure]") {
  PretendMachine machine;
  machine.fails_to_prepare = "emulated";
  machine.is_wrong = "native";
  Plan plan = small_plan();
  const std::vector<KernelChoice> given = {choice("packed"), choice("emulated"), choice("native")};
  plan.jobs = jobs_of(given, plan.tokens, {});
  const Results results = measured(machine, plan);
  REQUIRE(results.sizes.size() == 2);
  CHECK(results.sizes[0].experts_hit == 2);
  REQUIRE(results.measurements.size() == 6);
  const std::vector<Measurement>& all = results.measurements;
  CHECK(all[1].kernel == "packed(block_m = 64)");
  CHECK(all[1].tokens == 3);
  CHECK(all[1].seconds == 3);
  CHECK(all[1].rounds == 7);
  CHECK(all[1].threads == 1);
  CHECK(all[1].routing_seconds == 3.5);
  CHECK(all[1].problem.empty());
  CHECK(all[2].problem == "it is out of memory");
  CHECK(all[2].seconds == 0);
  CHECK(!all[2].wrong);
  CHECK(all[5].wrong);
  CHECK(all[5].seconds == 0);
  CHECK_THAT(all[5].problem, Catch::Contains("compared values are beyond their bound: ") &&
                                 Catch::Contains("token 2"));
}

TEST_CASE("a policy's choices are marked, and asked again with the size's tokens", "[measure]") {
  const Table table = table_of(
      "policy p\nfact tokens : int 0 .. 100\ntarget packed\ntarget native\n"
      "refuse when tokens == 2 because \"odd\"\nnative when tokens > 2\npacked otherwise\n");
  PretendMachine machine;
  Plan plan = small_plan();
  for (const std::int64_t tokens : plan.tokens) {
    FactRow row(table);
    REQUIRE(row.set_int("tokens", 2));  // the dispatcher sets its own
    Dispatcher dispatcher(table, row, 0);
    CHECK(!dispatcher.ask(2));
    CHECK(!dispatcher.ask(101));
    const auto outcome = dispatcher.ask(tokens);
    REQUIRE(outcome);
    const std::string name = table.targets()[table.outcomes()[*outcome].target].name;
    CHECK(name == (tokens == 1 ? "packed" : "native"));
    plan.policy.push_back({{tokens, name, "", {}}, *outcome, choice(name), std::move(dispatcher)});
  }
  plan.jobs = jobs_of({}, plan.tokens, plan.policy);
  const Results results = measured(machine, plan);
  REQUIRE(results.measurements.size() == 2);
  for (const Measurement& measurement : results.measurements) {
    CHECK(measurement.decided);
    CHECK(measurement.problem == "");
  }
  REQUIRE(results.decided.size() == 2);
  CHECK(results.decided[1].cost.through_table == 4e-9);
}

TEST_CASE("each number of threads is a measurement of its own", "[measure]") {
  PretendMachine machine;
  machine.counts = {1, 2};
  Plan plan = small_plan();
  const std::vector<KernelChoice> given = {choice("native")};
  plan.jobs = jobs_of(given, plan.tokens, {});
  const Results results = measured(machine, plan);
  REQUIRE(results.measurements.size() == 4);
  CHECK(results.measurements[2].seconds == 3);
  CHECK(results.measurements[3].seconds == 1.5);
  CHECK(results.measurements[3].threads == 2);
  CHECK(find(results, "native", 3, 2) == &results.measurements[3]);
  CHECK(find(results, "native", 3, 4) == nullptr);
}

TEST_CASE("a layer that is slow is timed by the run that was compared", "[measure]") {
  PretendMachine machine;
  Plan plan = small_plan();
  plan.rounds.slow_seconds = 0;
  const std::vector<KernelChoice> given = {choice("native")};
  plan.jobs = jobs_of(given, plan.tokens, {});
  const Results results = measured(machine, plan);
  CHECK(results.measurements[1].rounds == 1);
  CHECK(results.measurements[1].seconds > 0);
  CHECK(results.measurements[1].seconds != 3);
}

TEST_CASE("the median of rounds, at least and at most so many", "[measure]") {
  int calls = 0;
  const auto round = [&]() -> kernels::Expected<void> {
    return ++calls, kernels::Expected<void>();
  };
  CHECK(median_seconds({3, 20, 1e9, 0}, round));
  CHECK(calls == 21);  // the first is for warming up
  calls = 0;
  CHECK(median_seconds({3, 20, 0, 0}, round));
  CHECK(calls == 4);
  calls = 0;
  const auto slow = median_seconds({3, 20, 1e9, 1, 0}, round);
  CHECK(calls == 1);
  CHECK(slow->rounds == 1);
  CHECK(median_seconds({3, 20, 0, 0},
                       []() -> kernels::Expected<void> { return kernels::fail("lost"); })
            .error()
            .message == "lost");
  std::vector<double> values = {5, 1, 4, 2, 3};
  CHECK(median_of(values) == 3);
}
