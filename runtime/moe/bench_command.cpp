#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "kernels/gpu/layer.h"
#include "runtime/bench/matrix_rate.h"
#include "runtime/bench/measure.h"
#include "runtime/moe/bench_policy.h"
#include "runtime/moe/collect.h"
#include "runtime/moe/command.h"
#include "runtime/moe/device_kernels.h"
#include "runtime/moe/open_policy.h"
#include "runtime/moe/output.h"
#include "runtime/moe/scheme_named.h"

namespace switchyard::moe {
namespace {

constexpr int kMostRounds = 10'000;

struct Options {
  FactOptions facts;
  std::string shape, scheme = "w_mxfp4", activation, policy, json, svg;
  std::vector<std::int64_t> tokens;
  std::vector<std::string> kernels;
  bool routing = false;
  double bandwidth = 0;    // TB/s; 0: measured
  double matrix_rate = 0;  // TFLOP/s; 0: known of the device
  std::vector<int> threads;
  bench::Rounds rounds;
  std::uint64_t seed = 1;
  std::int64_t check_rows = 0;
};

// What is opened once and used throughout.
struct Opened {
  Surroundings around;
  DeviceKernels there;
  std::unique_ptr<bench::Machine> machine;
  std::optional<BoundTable> table;  // --policy
};

Expected<Opened> open(const Options& options) {
  Opened result;
  Expected<Surroundings> around = look_around(options.facts);
  if (!around) return tl::unexpected(around.error());
  result.around = std::move(*around);
  Expected<DeviceKernels> there = open_kernels(result.around.device);
  if (!there) return tl::unexpected(there.error());
  result.there = std::move(*there);
  if (options.policy.empty()) return result;
  const Expected<Table> table = open_policy(options.policy);
  if (!table) return tl::unexpected(table.error());
  Expected<BoundTable> bound = BoundTable::bind(*table, result.there.kernels,
                                                result.around.device.kind, result.there.listed);
  if (!bound) return tl::unexpected(bound.error());
  result.table = std::move(*bound);
  return result;
}

template <typename T>
void sort_each_once(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

void make_machine(const Options& options, Opened& opened) {
  if (opened.there.device != nullptr) {
    opened.machine = bench::gpu_machine(*opened.there.device);
    return;
  }
  std::vector<int> threads = options.threads;
  if (threads.empty()) threads = {0};
  for (int& count : threads) {
    if (count == 0) count = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  }
  sort_each_once(threads);
  opened.machine = bench::cpu_machine(threads);
}

// Sorted, each once; without any, a few that suit the device.
std::vector<std::int64_t> tokens_of(const Options& options, bool gpu) {
  std::vector<std::int64_t> tokens = options.tokens;
  if (tokens.empty()) tokens = {1, 16, 64};
  if (options.tokens.empty() && gpu) tokens.insert(tokens.end(), {256, 1024, 4096});
  sort_each_once(tokens);
  return tokens;
}

// What is to be measured, and `results` with what is known of it before.
Expected<bench::Plan> plan_of(const Options& options, const Opened& opened,
                              bench::Results& results) {
  Expected<bench::NamedShape> shape = bench::find_shape(options.shape);
  if (!shape) return tl::unexpected(shape.error());
  if (!options.activation.empty()) {
    shape->activation =
        options.activation == "silu" ? kernels::Activation::silu : kernels::Activation::swigluoai;
  }
  const Expected<kernels::Scheme> scheme = scheme_named(options.scheme);
  if (!scheme) return tl::unexpected(scheme.error());
  bench::Plan plan;
  plan.config = {*scheme, shape->shape, shape->activation, shape->router};
  plan.tokens = tokens_of(options, opened.there.device != nullptr);
  plan.routing = options.routing;
  plan.rounds = options.rounds;
  plan.rounds.least = std::min(plan.rounds.least, plan.rounds.most);
  plan.seed = options.seed;
  plan.check_rows = options.check_rows;
  std::vector<bench::KernelChoice> choices;
  for (const std::string& text : options.kernels) {
    const auto choice = bench::parse_choice(text, opened.there.kernels);
    if (!choice) return tl::unexpected(choice.error());
    const kernels::Kernel& kernel = *choice->kernel;
    if (auto ok = kernels::satisfied(kernel.capability, kernels::facts_of(plan.config)); !ok) {
      return fail(
          fmt::format("kernel `{}` on {}: {}", kernel.name, kernel.device, ok.error().message));
    }
    choices.push_back(*choice);
  }
  if (opened.table) {
    auto answers = ask_policy(*opened.table, opened.around, *shape, *scheme, plan.tokens);
    if (!answers) return tl::unexpected(answers.error());
    plan.policy = std::move(*answers);
    results.policy = fmt::format("{} ({})", opened.table->table().policy(), options.policy);
  } else if (choices.empty()) {
    auto all = bench::all_choices(opened.there.kernels, plan.config);
    if (!all) return tl::unexpected(all.error());
    choices = std::move(*all);
    if (choices.empty()) {
      return fail(fmt::format("no kernel on {} can run this layer with {}",
                              opened.around.device.kind, options.scheme));
    }
  }
  plan.jobs = bench::jobs_of(choices, plan.tokens, plan.policy);
  results.shape = std::move(*shape);
  results.scheme = *scheme;
  results.routing = plan.routing;
  return plan;
}

// What the machine can do at most with so many threads: measured, unless options say it.
Expected<bench::Ceilings> ceilings_of(const Options& options, const Opened& opened, int threads,
                                      kernels::Scheme scheme) {
  bench::Ceilings ceilings;
  ceilings.threads = threads;
  ceilings.bandwidth = options.bandwidth * 1e12;
  ceilings.bandwidth_source = "--bandwidth";
  if (options.bandwidth <= 0) {
    const auto measured = opened.machine->measure_bandwidth(threads);
    if (!measured) {
      return fail(fmt::format("the bandwidth cannot be measured: {}; --bandwidth gives it",
                              measured.error().message));
    }
    ceilings.bandwidth = measured->rate;
    ceilings.bandwidth_source = measured->source;
  }
  bench::MatrixRate rate{options.matrix_rate * 1e12, "--matrix-rate"};
  if (options.matrix_rate <= 0) {
    ceilings.products = opened.machine->measure_products(threads);
    rate = ceilings.products.empty() ? bench::matrix_rate_of(opened.around.device.arch, scheme)
                                     : bench::matrix_rate_of(ceilings.products, scheme);
  }
  ceilings.matrix_rate = rate.flops;
  ceilings.matrix_source = rate.source;
  return ceilings;
}

Expected<void> describe_machine(const Options& options, const Opened& opened,
                                bench::Results& results) {
  const facts::Device& device = opened.around.device;
  results.method = opened.machine->method();
  results.device = device.kind;
  if (opened.there.device != nullptr) {
    const kernels::gpu::DeviceInfo& info = opened.there.device->info();
    results.device = fmt::format("{}:{}", device.kind, device.index);
    results.device_name = fmt::format("{}, {}, {} multiprocessors", info.name, info.architecture,
                                      info.multiprocessors);
  } else {
    const std::vector<int> threads = opened.machine->threads();
    results.device_name = fmt::format("{}, {} thread{}", device.arch, fmt::join(threads, " and "),
                                      threads == std::vector{1} ? "" : "s");
  }
  for (const int threads : opened.machine->threads()) {
    auto ceilings = ceilings_of(options, opened, threads, results.scheme);
    if (!ceilings) return tl::unexpected(ceilings.error());
    results.ceilings.push_back(std::move(*ceilings));
  }
  return {};
}

// Also says on standard error that there is something to be read.
int status_of_all(const bench::Results& results, const bench::Plan& plan) {
  int status = kOk;
  std::size_t problems = 0;
  for (const bench::Measurement& measurement : results.measurements) {
    if (measurement.problem.empty()) continue;
    ++problems;
    status = std::max(status, measurement.wrong ? kRefused : kBadInput);
  }
  if (problems > 0) {
    write(stderr, "moe: {} of {} measurements have no time; the results say why\n", problems,
          results.measurements.size());
  }
  for (const bench::PolicyAnswer& answer : plan.policy) {
    if (answer.choice.kernel == nullptr) status = std::max(status, kRefused);
  }
  return status;
}

int run(const Options& options) {
  if (options.json == "-" && options.svg == "-") {
    return report_error({"--json and --svg are both `-`: name a file for one of them"});
  }
  // Before anything is measured, since that may take minutes.
  for (const std::string* path : {&options.json, &options.svg}) {
    if (path->empty() || *path == "-") continue;
    if (const auto ok = check_writable(*path); !ok) return report_error(ok.error());
  }
  Expected<Opened> opened = open(options);
  if (!opened) return report_error(opened.error());
  bench::Results results;
  Expected<bench::Plan> plan = plan_of(options, *opened, results);
  if (!plan) return report_error(plan.error());
  make_machine(options, *opened);
  if (const auto ok = describe_machine(options, *opened, results); !ok) {
    return report_error(ok.error());
  }
  const auto progress = [](const std::string& what) {
    if (::isatty(STDERR_FILENO) == 1) write(stderr, "moe: {}\n", what);
  };
  const Expected<void> measured = bench::measure(*opened->machine, *plan, progress, results);
  if (!measured) return report_error(measured.error());
  int status = status_of_all(results, *plan);
  write("{}", options.json == "-"  ? bench::to_json(results)
              : options.svg == "-" ? bench::to_svg(results)
                                   : bench::to_text(results));
  const auto save = [&](const std::string& path, std::string (*text)(const bench::Results&)) {
    if (path.empty() || path == "-") return;
    if (const auto ok = write_file(path, text(results)); !ok) status = report_error(ok.error());
  };
  save(options.json, bench::to_json);
  save(options.svg, bench::to_svg);
  return status;
}

void add_options(CLI::App& app, Options& options) {
  app.add_option("--shape", options.shape,
                 "gpt-oss-120b, qwen3-235b, deepseek-v3, or HxIxExK: hidden, intermediate, "
                 "experts, experts a token")
      ->required();
  app.add_option("--scheme", options.scheme, "w_mxfp4, w_mxfp4_a_fp8, … one of 11")
      ->capture_default_str();
  app.add_option("--activation", options.activation, "instead of the model's own")
      ->check(CLI::IsMember({"silu", "swigluoai"}));
  app.add_option(
         "--tokens", options.tokens,
         "sizes of the batch, 1,16,64,256,1024,4096 where none is given; on the CPU up to 64")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::Range(std::int64_t{1}, kernels::gpu::kMostTokens));
  app.add_option(
         "--kernel", options.kernels,
         "packed, packed(block_m=16,split_k=4), …; may be given again. Where none is given: "
         "what --policy picks, else every kernel with every power of two that its "
         "parameters take")
      ->allow_extra_args(false);
  app.add_option("--policy", options.policy,
                 "a policy (`-`: standard input) or a table: also measure what it picks for each "
                 "size, and what deciding costs the host");
  add_fact_options(app, options.facts);
  app.add_flag("--routing", options.routing,
               "also time the router, on a GPU with the sort by expert");
  app.add_option("--bandwidth", options.bandwidth,
                 "TB/s of the floor, where it is not to be measured")
      ->check(CLI::PositiveNumber);
  app.add_option("--matrix-rate", options.matrix_rate, "TFLOP/s of the floor")
      ->check(CLI::PositiveNumber);
  app.add_option("--threads", options.threads,
                 "of the CPU, 1,2 measures both; 0 or none given: one a processor")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::Range(0, 1024));
  app.add_option("--rounds", options.rounds.most,
                 "through all batches, at most; fewer where three take two seconds, one where it "
                 "takes five")
      ->check(CLI::Range(1, kMostRounds))
      ->capture_default_str();
  app.add_option("--seed", options.seed, "of weights and batches")->capture_default_str();
  app.add_option("--check-rows", options.check_rows,
                 "tokens of a batch whose output is compared with the reference, on all processors where "
                 "it is more than 8; where it is not given, as many as that takes a second for")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 18));
  app.add_option("--json", options.json, "a file for the results; `-`: print them instead");
  app.add_option("--svg", options.svg,
                 "a file for a picture: each kernel under the roofline; `-`: print it instead");
}

}  // namespace

int bench_command(Arguments arguments) {
  Options options;
  CLI::App app(
      "Measures one layer with random weights, kernel by kernel and size by size, beside the "
      "floor: "
      "the bytes of the experts that are hit over the memory's bandwidth, or the products over the "
      "matrix rate. Every output is compared with the reference before it is timed.",
      "moe bench");
  add_options(app, options);
  describe(
      app,
      "  moe bench --shape 256x128x8x2 --tokens 1,16 --svg roofline.svg\n"
      "  moe bench --device cuda --shape gpt-oss-120b --kernel 'packed(block_m=16)' --routing\n"
      "  moe bench --shape 256x128x8x2 --tokens 8 --policy policies/switchyard.policy");
  if (const auto status = parse_arguments(app, arguments)) return *status;
  try {
    return run(options);
  } catch (const std::bad_alloc&) {
    return report_error({"this machine has no memory left for the batches of " + options.shape +
                         "; choose a smaller --shape or fewer --tokens"});
  }
}

}  // namespace switchyard::moe
