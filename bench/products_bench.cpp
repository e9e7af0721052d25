// Our kernels beside plain products of the dequantised weights by other libraries, whole layer, in
// one run: the same weights, batches, check and clock (runtime/bench). See README.md.

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "bench/comparators/comparators.h"
#include "runtime/bench/matrix_rate.h"
#include "runtime/bench/measure.h"

namespace switchyard::bench {
namespace {

struct Options {
  std::string shape = "gpt-oss-120b", json;
  std::vector<std::int64_t> tokens = {1, 4, 32, 512, 4096};
  std::vector<int> threads = {1, 2};
  std::vector<std::string> kernels;
  int rounds = 20;
};

int report(const std::string& message) {
  fmt::print(stderr, "bench_products: {}\n", message);
  return 2;
}

// How much longer each of ours takes than each of the others: below 1 it is faster.
std::string ratios(const Results& results, const std::vector<std::string>& ours,
                   const std::vector<std::string>& theirs) {
  std::string text = "\nours / theirs, by time\n";
  for (const BatchSize& size : results.sizes) {
    for (const Ceilings& ceilings : results.ceilings) {
      for (const std::string& kernel : ours) {
        const Measurement* const own = find(results, kernel, size.tokens, ceilings.threads);
        if (own == nullptr) continue;
        text +=
            fmt::format("{:>6}  {:>9}  {}:", size.tokens, threads_text(ceilings.threads), kernel);
        for (const std::string& other : theirs) {
          const Measurement* const their = find(results, other, size.tokens, ceilings.threads);
          if (their == nullptr) continue;
          text += fmt::format("  {:.2f} {}", own->seconds / their->seconds, other);
        }
        text += "\n";
      }
    }
  }
  return text;
}

int run(const Options& options) {
  const std::vector<kernels::Kernel> others = comparators();
  if (others.empty()) {
    return report(
        "this build has neither oneDNN nor OpenBLAS: install libdnnl-dev or "
        "libopenblas-dev and configure again");
  }
  const auto shape = find_shape(options.shape);
  if (!shape) return report(shape.error().message);
  Results results;
  results.device = "cpu";
  results.device_name = fmt::format("{} threads", fmt::join(options.threads, " and "));
  results.shape = *shape;
  Plan plan;
  plan.config = {results.scheme, shape->shape, shape->activation, shape->router};
  plan.tokens = options.tokens;
  plan.rounds.most = options.rounds;
  plan.rounds.least = std::min(plan.rounds.least, options.rounds);
  std::vector<KernelChoice> choices;
  std::vector<std::string> ours, theirs;
  for (const std::string& text : options.kernels) {
    const auto choice = parse_choice(text, kernels::cpu_kernels());
    if (!choice) return report(choice.error().message);
    ours.push_back(name_of(*choice));
    choices.push_back(*choice);
  }
  for (const kernels::Kernel& other : others) {
    for (const std::int64_t ready : {0, 1}) {
      const std::array given = {kernels::ParameterValue{"ready", ready}};
      choices.push_back(*complete(other, given));
      theirs.push_back(name_of(choices.back()));
    }
  }
  plan.jobs = jobs_of(choices, plan.tokens, {});
  const auto machine = cpu_machine(options.threads);
  results.method = machine->method();
  for (const int threads : options.threads) {
    const auto bandwidth = machine->measure_bandwidth(threads);
    if (!bandwidth) return report(bandwidth.error().message);
    auto products = machine->measure_products(threads);
    const MatrixRate rate = matrix_rate_of(products, results.scheme);
    results.ceilings.push_back({threads, bandwidth->rate, rate.flops, bandwidth->source,
                                rate.source, std::move(products)});
  }
  const auto progress = [](const std::string& what) {
    if (::isatty(STDERR_FILENO) == 1) fmt::print(stderr, "bench_products: {}\n", what);
  };
  if (auto ok = measure(*machine, plan, progress, results); !ok) return report(ok.error().message);
  fmt::print("{}{}\n", to_text(results), ratios(results, ours, theirs));
  for (const std::string& line : describe_comparators()) fmt::print("{}\n", line);
  if (options.json.empty()) return 0;
  std::FILE* const file = std::fopen(options.json.c_str(), "w");
  if (file == nullptr) return report("cannot write " + options.json);
  const std::string json = to_json(results);
  const bool written = std::fwrite(json.data(), 1, json.size(), file) == json.size();
  return std::fclose(file) == 0 && written ? 0 : report("cannot write " + options.json);
}

}  // namespace
}  // namespace switchyard::bench

int main(int count, char** arguments) {
  // OpenMP's threads would spin after a product, where ours dequantise; it asks the environment
  // before main.
  if (std::getenv("OMP_WAIT_POLICY") == nullptr) {
    ::setenv("OMP_WAIT_POLICY", "passive", 1);
    ::execv("/proc/self/exe", arguments);
  }
  switchyard::bench::Options options;
  CLI::App app("Our kernels beside plain products of dequantised weights.", "bench_products");
  app.add_option("--shape", options.shape)->capture_default_str();
  app.add_option("--tokens", options.tokens)->delimiter(',')->check(CLI::Range(1, 1 << 18));
  app.add_option("--threads", options.threads)->delimiter(',')->check(CLI::Range(1, 1024));
  app.add_option("--kernel", options.kernels, "ours; emulated where none is given");
  app.add_option("--rounds", options.rounds)->check(CLI::Range(1, 10'000));
  app.add_option("--json", options.json, "a file for the results");
  CLI11_PARSE(app, count, arguments);
  if (options.kernels.empty()) options.kernels = {"emulated"};
  return switchyard::bench::run(options);
}
