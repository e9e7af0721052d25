#include "runtime/bench/measure.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/bench/check.h"

namespace switchyard::bench {
namespace {

constexpr std::size_t kMostBatches = 64;

// As many batches as let every expert take its turn, where a batch hits few.
std::size_t batches_of(const Plan& plan, std::int64_t tokens) {
  const kernels::Shape& shape = plan.config.shape;
  const std::int64_t pairs = tokens * shape.top_k;
  const auto turns = static_cast<std::size_t>((shape.experts + pairs - 1) / pairs);
  return std::max(plan.batches, std::min(turns, kMostBatches));
}

// The batches of one size, and the right output of the first.
struct Size {
  Size(const Plan& plan, const kernels::LayerWeights& weights, std::int64_t tokens)
      : batches(make_batches(plan.config.shape, tokens, batches_of(plan, tokens), plan.seed)),
        check(plan.config, weights, batches.front(), plan.check_rows) {}

  std::vector<Batch> batches;
  ReferenceCheck check;
};

class Run {
 public:
  Run(Machine& machine, Plan& plan, const kernels::LayerWeights& weights, Results& results)
      : machine_(machine), plan_(plan), weights_(weights), results_(results) {
    sizes_.reserve(plan.tokens.size());  // each check views its own batches
    for (const std::int64_t tokens : plan.tokens) {
      const std::vector<Batch>& batches = sizes_.emplace_back(plan, weights, tokens).batches;
      double hit = 0;
      for (const Batch& batch : batches) hit += static_cast<double>(batch.experts_hit);
      results.sizes.push_back({tokens, hit / static_cast<double>(batches.size()), batches.size()});
    }
    for (const PolicyAnswer& answer : plan.policy) results.decided.push_back(answer.size);
  }

  void job(const Job& job, const std::function<void(const std::string&)>& progress) {
    progress(fmt::format("preparing {}", name_of(job.choice)));
    const auto layer = machine_.prepare(job.choice, plan_.config, weights_);
    for (const std::int64_t tokens : job.tokens) {
      const std::size_t at = index_of(tokens);
      auto ready = layer ? (*layer)->load(sizes_[at].batches)
                         : kernels::Expected<void>(tl::unexpected(layer.error()));
      for (const Ceilings& ceilings : results_.ceilings) {
        Measurement measurement;
        measurement.kernel = name_of(job.choice);
        measurement.tokens = tokens;
        measurement.threads = ceilings.threads;
        progress(fmt::format("{} at {} tokens{}{}", measurement.kernel, tokens,
                             ceilings.threads > 0 ? ", " : "", threads_text(ceilings.threads)));
        PolicyAnswer* const answer = answer_of(at, measurement.kernel);
        measurement.decided = answer != nullptr;
        const auto ok = ready ? time(**layer, job, at, answer, measurement) : ready;
        if (!ok) {
          measurement.seconds = measurement.routing_seconds = 0;
          measurement.problem = ok.error().message;
        }
        results_.measurements.push_back(std::move(measurement));
      }
    }
  }

 private:
  std::size_t index_of(std::int64_t tokens) const {
    const auto found = std::find(plan_.tokens.begin(), plan_.tokens.end(), tokens);
    return static_cast<std::size_t>(found - plan_.tokens.begin());
  }

  PolicyAnswer* answer_of(std::size_t size, const std::string& kernel) {
    if (plan_.policy.empty()) return nullptr;
    PolicyAnswer& answer = plan_.policy[size];
    const bool picked = answer.choice.kernel != nullptr && name_of(answer.choice) == kernel;
    return picked ? &answer : nullptr;
  }

  kernels::Expected<void> time(MeasuredLayer& layer, const Job& job, std::size_t at,
                               PolicyAnswer* answer, Measurement& to) {
    layer.use_threads(to.threads);
    const Clock::time_point start = Clock::now();
    const auto out = layer.output();
    const Timing first{seconds_since(start), 1};
    if (!out) return tl::unexpected(out.error());
    to.problem =
        sizes_[at].check.problem_of(*out, job.choice.kernel->numerics(plan_.config.scheme));
    to.wrong = !to.problem.empty();
    if (to.wrong) return {};
    // A layer that takes so long is not run once more.
    const auto timing = first.seconds < plan_.rounds.slow_seconds
                            ? layer.time_layer(plan_.rounds)
                            : kernels::Expected<Timing>(first);
    if (!timing) return tl::unexpected(timing.error());
    to.seconds = timing->seconds;
    to.rounds = timing->rounds;
    if (plan_.routing) {
      const auto routing = layer.time_routing(plan_.rounds);
      if (!routing) return tl::unexpected(routing.error());
      to.routing_seconds = routing->seconds;
    }
    if (answer == nullptr) return {};
    const auto cost = layer.time_dispatch(answer->dispatcher, answer->outcome);
    if (!cost) return tl::unexpected(cost.error());
    results_.decided[at].cost = *cost;
    return {};
  }

  Machine& machine_;
  Plan& plan_;
  const kernels::LayerWeights& weights_;
  Results& results_;
  std::vector<Size> sizes_;
};

}  // namespace

std::vector<Job> jobs_of(std::span<const KernelChoice> choices,
                         std::span<const std::int64_t> tokens,
                         std::span<const PolicyAnswer> policy) {
  std::vector<Job> jobs;
  const auto job_of = [&](const KernelChoice& choice) -> Job& {
    for (Job& job : jobs) {
      if (name_of(job.choice) == name_of(choice)) return job;
    }
    return jobs.emplace_back(Job{choice, {}});
  };
  const auto add = [](Job& job, std::int64_t count) {
    if (std::find(job.tokens.begin(), job.tokens.end(), count) == job.tokens.end()) {
      job.tokens.push_back(count);
    }
  };
  for (const KernelChoice& choice : choices) {
    Job& job = job_of(choice);
    for (const std::int64_t count : tokens) add(job, count);
  }
  for (const PolicyAnswer& answer : policy) {
    if (answer.choice.kernel != nullptr) add(job_of(answer.choice), answer.size.tokens);
  }
  return jobs;
}

Expected<void> measure(Machine& machine, Plan& plan,
                       const std::function<void(const std::string&)>& progress, Results& results) {
  progress("making weights and batches");
  Expected<RandomWeights> weights;
  if (!plan.jobs.empty()) weights = RandomWeights::make(plan.config, plan.seed);
  if (!weights) return tl::unexpected(weights.error());
  Run run(machine, plan, weights->layer, results);
  for (const Job& job : plan.jobs) run.job(job, progress);
  return {};
}

}  // namespace switchyard::bench
