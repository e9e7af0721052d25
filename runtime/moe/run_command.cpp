#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "kernels/cpu/isa.h"
#include "runtime/checkpoint/tensor_store.h"
#include "runtime/decide/decide.h"
#include "runtime/moe/collect.h"
#include "runtime/moe/command.h"
#include "runtime/moe/device_kernels.h"
#include "runtime/moe/open_policy.h"
#include "runtime/moe/output.h"
#include "runtime/moe/report.h"
#include "runtime/moe/run_layer.h"

namespace switchyard::moe {
namespace {

struct Options {
  std::string policy;
  std::string model;
  std::int64_t layer = 0;
  RunRequest request;
  FactOptions facts;
  bool show_facts = false;
  bool json = false;
};

// "portable, avx2, …": all that kernels are written for.
std::string isa_names() {
  std::string names;
  for (const kernels::cpu::Isa isa : kernels::cpu::kIsas) {
    if (!names.empty()) names += ", ";
    names += kernels::cpu::name_of(isa);
  }
  return names;
}

std::string duration(double seconds) {
  if (seconds < 1e-3) return fmt::format("{:.1f} us", seconds * 1e6);
  if (seconds < 1) return fmt::format("{:.2f} ms", seconds * 1e3);
  return fmt::format("{:.2f} s", seconds);
}

// The facts of a device that were given by --fact, "device = cuda, …": the layer still runs on the
// device of --device.
std::string told_of_device(const Table& table, const facts::BoundFacts& bound) {
  std::string told;
  for (std::size_t i = 0; i < bound.facts.size(); ++i) {
    const facts::BoundFact& fact = bound.facts[i];
    const bool of_device = table.facts()[i].source == FactInfo::Source::kDevice;
    if (!of_device || fact.origin != "--fact") continue;
    told += fmt::format("{}{} = {}", told.empty() ? "" : ", ", fact.name, fact.value);
  }
  return told;
}

void print_decision(const Options& options, const Table& table,
                    const checkpoint::LoadedLayer& layer, const facts::BoundFacts& bound,
                    const facts::Device& device, const Why& why) {
  const kernels::Shape& shape = layer.config.shape;
  write("layer     {} of {}: hidden {}, intermediate {}, {} experts, {} a token, {}, {}\n",
        options.layer, options.model, shape.hidden, shape.intermediate, shape.experts, shape.top_k,
        name_of(layer.config.activation), info(layer.config.scheme).name);
  write("policy    {} ({}), for {} token{}\n", table.policy(), options.policy,
        options.request.tokens, options.request.tokens == 1 ? "" : "s");
  write("decision  {}: {}\n", outcome_text(why), reason_text(why));
  if (const std::string told = told_of_device(table, bound); !told.empty()) {
    write("          the policy was told {} (--fact); the layer runs on {}, as --device says\n",
          told, device.kind);
  }
  write("{}", skipped_text(why, "          "));
  if (options.show_facts) write("{}", to_text(bound.facts));
}

void print_cache(const CacheUse& cache) {
  const char* const what = cache.outcome == CacheUse::Outcome::read      ? "read from"
                           : cache.outcome == CacheUse::Outcome::written ? "written to"
                                                                         : "not kept in";
  write("cache     {} {}", what, cache.path);
  if (cache.seconds > 0) write(" in {}", duration(cache.seconds));
  write(", its key in {}\n", duration(cache.hash_seconds));
}

void print_result(const Options& options, const facts::Device& device,
                  const checkpoint::LoadedLayer& layer, const RunResult& result) {
  write("weights   {:.2f} MB, prepared in {}\n", static_cast<double>(layer.bytes) / 1e6,
        duration(result.prepare_seconds));
  if (result.cache) print_cache(*result.cache);
  write("time      {} at best of {} runs, {} the first, ", duration(result.best_seconds),
        result.runs, duration(result.first_seconds));
  if (device.kind == "cpu") {
    write("{} thread{}", result.threads, result.threads == 1 ? "" : "s");
  } else {
    write("copies included, on {}:{} ({})", device.kind, device.index, device.name);
  }
  if (result.flops > 0) write(", {:.2f} GFLOP/s", result.flops / result.best_seconds / 1e9);
  write("\n");
  if (result.not_finite > 0) {
    write(
        "output    {} of {} values are not finite: the layer's weights or scales hold a NaN, or "
        "its sums overflow\n",
        result.not_finite, options.request.tokens * layer.config.shape.hidden);
  }
  if (!result.check) {
    write("check     not asked for; --check compares with the reference\n");
    return;
  }
  const kernels::reference::Comparison& output = result.check->output;
  write("check     {} of {} tokens against the reference in double precision: {}\n",
        result.check->tokens, options.request.tokens,
        result.check->passed() ? "within the bound" : "FAILED");
  if (output.elements > 0) {
    write(
        "          largest error {:.2e}, {:.0f}% of its bound ({:.2e} at most), relative to "
        "the size of the sums\n",
        output.error, 100 * output.worst_ratio, output.bound);
  }
  if (result.check->incomparable > 0) {
    write("          {} of {} values cannot be compared: output or reference is not finite there\n",
          result.check->incomparable, output.elements);
  }
  if (!result.check->routing.empty()) write("          {}\n", result.check->routing);
  if (!output.first_failure.empty()) write("          {}\n", output.first_failure);
}

Json cache_json(const CacheUse& cache) {
  const char* const outcome = cache.outcome == CacheUse::Outcome::read      ? "read"
                              : cache.outcome == CacheUse::Outcome::written ? "written"
                                                                            : "none";
  Json json = {{"outcome", outcome}, {"path", cache.path}, {"hash_s", cache.hash_seconds}};
  if (cache.seconds > 0) json["s"] = cache.seconds;
  if (!cache.problem.empty()) json["problem"] = cache.problem;
  return json;
}

Json result_json(const checkpoint::LoadedLayer& layer, const RunResult& result) {
  Json json = {{"weight_bytes", layer.bytes},
               {"threads", result.threads},
               {"prepare_s", result.prepare_seconds},
               {"first_s", result.first_seconds},
               {"best_s", result.best_seconds},
               {"runs", result.runs},
               {"flops", result.flops},
               {"not_finite", result.not_finite}};
  if (result.cache) json["cache"] = cache_json(*result.cache);
  if (result.check) {
    json["check"] = {{"passed", result.check->passed()},
                     {"tokens", result.check->tokens},
                     {"error", result.check->output.error},
                     {"bound", result.check->output.bound},
                     {"worst_ratio", result.check->output.worst_ratio},
                     {"failures", result.check->output.failures},
                     {"incomparable", result.check->incomparable},
                     {"first_failure", result.check->output.first_failure},
                     {"routing", result.check->routing}};
  }
  return json;
}

Json head_json(const Options& options, const Table& table, const checkpoint::LoadedLayer& layer,
               const facts::BoundFacts& bound, const Why& why) {
  Json json = {{"model", options.model},
               {"layer", options.layer},
               {"scheme", std::string(info(layer.config.scheme).name)},
               {"policy", table.policy()},
               {"tokens", options.request.tokens},
               {"decision", to_json(why)}};
  if (options.show_facts) json["facts"] = to_json(bound.facts);
  return json;
}

int run(Options& options) {
  options.request.prepare.what = fmt::format("layer {}", options.layer);
  const Expected<Surroundings> around = look_around(options.facts);
  if (!around) return report_error(around.error());
  if (!options.request.prepare.isa.empty() && around->device.kind != "cpu") {
    return report_error({fmt::format(
        "--isa is of the CPU, and the layer runs on {}; leave it out, or say --device cpu",
        around->device.kind)});
  }
  const Expected<checkpoint::ModelDescription> model = checkpoint::open_model(options.model);
  if (!model) return report_error(model.error());
  Expected<checkpoint::TensorStore> store = checkpoint::TensorStore::open(options.model);
  if (!store) return report_error(store.error());
  const Expected<checkpoint::LoadedLayer> layer = checkpoint::load_layer(
      *model, std::make_shared<checkpoint::TensorStore>(std::move(*store)), options.layer);
  if (!layer) return report_error(layer.error());
  const Expected<Table> table = open_policy(options.policy);
  if (!table) return report_error(table.error());
  warn_of_misspelt_variables(*table);
  const Expected<facts::BoundFacts> bound = bind_layer(
      *table, *around, *model, *model->find_layer(options.layer), options.request.tokens);
  if (!bound) return report_error(bound.error());
  const Decision decision = decide(*table, bound->row.data());
  const Why reason = why(*table, bound->row.data());
  Json json;
  if (options.json) {
    json = head_json(options, *table, *layer, *bound, reason);
  } else {
    print_decision(options, *table, *layer, *bound, around->device, reason);
  }
  if (decision.kind != Decision::Kind::kTarget) {
    if (options.json) print(json);
    return status_of(decision);
  }
  const Expected<DeviceKernels> there = open_kernels(around->device);
  if (!there) return report_error(there.error());
  const Expected<BoundTable> kernels =
      BoundTable::bind(*table, there->kernels, around->device.kind, there->listed);
  if (!kernels) return report_error(kernels.error());
  const Expected<RunResult> result = run_layer(*kernels, *layer, decision, options.request);
  if (!result) return report_error(result.error());
  if (result->cache && !result->cache->problem.empty()) {
    write(stderr, "moe: {}; the weights are prepared from the checkpoint\n",
          result->cache->problem);
  }
  if (options.json) {
    json.update(result_json(*layer, *result));
    print(json);
  } else {
    print_result(options, around->device, *layer, *result);
  }
  return result->check && !result->check->passed() ? kRefused : kOk;
}

}  // namespace

int run_command(Arguments arguments) {
  Options options;
  CLI::App app(
      "Runs one layer: loads its experts and its router, asks the policy, runs the kernel that it "
      "names on random activations, and prints decision and time.",
      "moe run");
  app.add_option("--policy", options.policy,
                 "a policy (`-`: standard input), or a table compiled from one")
      ->required();
  app.add_option("--model", options.model, "a folder with config.json and safetensors")->required();
  app.add_option("--layer", options.layer, "which layer, from 0")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 20))
      ->required();
  app.add_option("--tokens", options.request.tokens, "tokens in the batch")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 20))
      ->capture_default_str();
  add_fact_options(app, options.facts);
  app.add_flag("--check", options.request.check,
               "compare with the reference in double precision; exit status 1 if it is off");
  app.add_option("--threads", options.request.threads, "0: one a processor")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  app.add_option("--isa", options.request.prepare.isa,
                 "the CPU's instruction set: " + isa_names() + "; the widest where none is given");
  app.add_option(
      "--cache", options.request.prepare.cache,
      "keep the prepared weights in this file, or in a file in this folder, and read them "
      "from there another time; without it nothing is kept");
  app.add_option("--seed", options.request.seed, "of the activations")->capture_default_str();
  app.add_flag("--facts", options.show_facts, "also print every fact and where it comes from");
  app.add_flag("--json", options.json, "print JSON");
  describe(app,
           "  moe run --policy policies/switchyard.policy --model small --layer 1 --tokens 16 "
           "--check");
  if (const auto status = parse_arguments(app, arguments)) return *status;
  return run(options);
}

}  // namespace switchyard::moe
