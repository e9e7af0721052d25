#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "runtime/moe/collect.h"
#include "runtime/moe/command.h"
#include "runtime/moe/open_policy.h"
#include "runtime/moe/output.h"
#include "runtime/moe/report.h"

namespace switchyard::moe {
namespace {

struct Options {
  std::string policy;
  std::string model;
  FactOptions facts;
  std::int64_t tokens = 1;
  bool show_facts = false;
  bool json = false;
};

// One layer's answer; or none, since it is not quantised.
struct Routed {
  const checkpoint::MoeLayer* layer = nullptr;
  bool quantised = true;
  std::vector<facts::BoundFact> facts;
  Why why;
};

Expected<std::vector<Routed>> route(const Table& table, const Surroundings& around,
                                    const checkpoint::ModelDescription& model,
                                    std::int64_t tokens) {
  std::vector<Routed> result;
  for (const checkpoint::MoeLayer& layer : model.moe_layers) {
    Routed routed;
    routed.layer = &layer;
    routed.quantised = layer.quantisation.scheme.has_value();
    if (routed.quantised) {
      Expected<facts::BoundFacts> bound = bind_layer(table, around, model, layer, tokens);
      if (!bound) return tl::unexpected(bound.error());
      routed.why = why(table, bound->row.data());
      routed.facts = std::move(bound->facts);
    }
    result.push_back(std::move(routed));
  }
  return result;
}

int status_of_all(const std::vector<Routed>& layers) {
  int status = kOk;
  for (const Routed& routed : layers) {
    if (routed.quantised) status = std::max(status, status_of(routed.why.decision));
  }
  return status;
}

// Outcomes and how many layers have each, in the order of their first layer.
std::vector<std::pair<std::string, int>> count_outcomes(const std::vector<Routed>& layers) {
  std::vector<std::pair<std::string, int>> counts;
  for (const Routed& routed : layers) {
    const std::string text = routed.quantised ? outcome_text(routed.why) : "not quantised";
    const auto found = std::find_if(counts.begin(), counts.end(),
                                    [&](const auto& entry) { return entry.first == text; });
    if (found == counts.end()) {
      counts.emplace_back(text, 1);
    } else {
      ++found->second;
    }
  }
  return counts;
}

void print_text(const Options& options, const Table& table,
                const checkpoint::ModelDescription& model, const std::vector<Routed>& layers) {
  write("model   {} ({}): {} layers, {} with experts\n", options.model,
        model.architecture->model_type, model.layers, layers.size());
  write("policy  {} ({}), for {} token{}\n\n", table.policy(), options.policy, options.tokens,
        options.tokens == 1 ? "" : "s");
  for (const Routed& routed : layers) {
    const checkpoint::ModuleQuantisation& quantisation = routed.layer->quantisation;
    if (!routed.quantised) {
      const std::string by = quantisation.decided_by == "$"
                                 ? "config.json has no quantization_config"
                                 : "by " + quantisation.decided_by;
      write("layer {:>3}  not quantised, {}: no policy is asked\n", routed.layer->index, by);
      continue;
    }
    write("layer {:>3}  {:<26} {:<24} {}\n", routed.layer->index,
          info(*quantisation.scheme).name, outcome_text(routed.why), reason_text(routed.why));
    write("{}", skipped_text(routed.why, "             "));
    if (options.show_facts) write("{}", to_text(routed.facts));
  }
  std::string summary;
  for (const auto& [outcome, count] : count_outcomes(layers)) {
    summary += fmt::format("{}{} {}", summary.empty() ? "" : ", ", count, outcome);
  }
  write("{}summary: {}\n", layers.empty() ? "" : "\n",
        summary.empty() ? "no layer has experts" : summary);
}

void print_json(const Options& options, const Table& table,
                const checkpoint::ModelDescription& model, const std::vector<Routed>& layers) {
  Json json = {{"model", options.model},
               {"model_type", std::string(model.architecture->model_type)},
               {"policy", table.policy()},
               {"tokens", options.tokens},
               {"layers", Json::array()},
               {"summary", Json::object()}};
  for (const Routed& routed : layers) {
    Json layer = {{"layer", routed.layer->index}};
    if (routed.quantised) {
      layer["scheme"] = std::string(info(*routed.layer->quantisation.scheme).name);
      layer.update(to_json(routed.why));
      if (options.show_facts) layer["facts"] = to_json(routed.facts);
    } else {
      layer["scheme"] = nullptr;
    }
    json["layers"].push_back(std::move(layer));
  }
  for (const auto& [outcome, count] : count_outcomes(layers)) json["summary"][outcome] = count;
  print(json);
}

}  // namespace

int route_command(Arguments arguments) {
  Options options;
  CLI::App app(
      "Shows which kernel every mixture-of-experts layer of a model gets from a policy, and why. "
      "Reads the model's config.json only, no weights.",
      "moe route");
  app.add_option("--policy", options.policy,
                 "a policy (`-`: standard input), or a table compiled from one")
      ->required();
  app.add_option("--model", options.model, "a folder with a model's config.json")->required();
  app.add_option("--tokens", options.tokens, "tokens in the batch")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 40))
      ->capture_default_str();
  add_fact_options(app, options.facts);
  app.add_flag("--facts", options.show_facts, "also print every fact and where it comes from");
  app.add_flag("--json", options.json, "print JSON");
  describe(app,
           "  moe route --policy policies/switchyard.policy --model small\n"
           "  moe route --policy policies/vllm/quark_moe_41175.policy --model small \\\n"
           "    --fact gfx=gfx950 --fact aiter_installed=true --fact moe_backend=auto \\\n"
           "    --fact parallel=tp --fact triton_kernels=false");
  if (const auto status = parse_arguments(app, arguments)) return *status;
  const Expected<Surroundings> around = look_around(options.facts);
  if (!around) return report_error(around.error());
  const Expected<checkpoint::ModelDescription> model = checkpoint::open_model(options.model);
  if (!model) return report_error(model.error());
  const Expected<Table> table = open_policy(options.policy);
  if (!table) return report_error(table.error());
  warn_of_misspelt_variables(*table);
  const Expected<std::vector<Routed>> layers = route(*table, *around, *model, options.tokens);
  if (!layers) return report_error(layers.error());
  if (options.json) {
    print_json(options, *table, *model, *layers);
  } else {
    print_text(options, *table, *model, *layers);
  }
  return status_of_all(*layers);
}

}  // namespace switchyard::moe
