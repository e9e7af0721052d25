#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "runtime/checkpoint/model.h"
#include "runtime/facts/model_facts.h"
#include "runtime/moe/collect.h"
#include "runtime/moe/command.h"
#include "runtime/moe/output.h"
#include "runtime/moe/report.h"

namespace switchyard::moe {
namespace {

struct Options {
  std::string model;
  std::string device = "cpu";
  bool json = false;
};

// Layers of a model that a policy is told the same of, but for their index.
struct Group {
  std::vector<std::int64_t> layers;
  std::vector<facts::Provided> facts;  // without `layer`
};

bool same_values(const std::vector<facts::Provided>& a, const std::vector<facts::Provided>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].value != b[i].value || a[i].origin != b[i].origin) return false;
  }
  return true;
}

std::vector<Group> group_layers(const checkpoint::ModelDescription& model) {
  std::vector<Group> groups;
  for (const checkpoint::MoeLayer& layer : model.moe_layers) {
    std::vector<facts::Provided> facts = facts::model_facts(model, layer);
    std::erase_if(facts, [](const facts::Provided& fact) { return fact.key == "layer"; });
    Group* found = nullptr;
    for (Group& group : groups) {
      if (same_values(group.facts, facts)) found = &group;
    }
    if (found == nullptr) found = &groups.emplace_back(Group{{}, std::move(facts)});
    found->layers.push_back(layer.index);
  }
  return groups;
}

// "0 to 3, 5".
std::string ranges(const std::vector<std::int64_t>& layers) {
  std::string text;
  for (std::size_t i = 0; i < layers.size();) {
    std::size_t last = i;
    while (last + 1 < layers.size() && layers[last + 1] == layers[last] + 1) ++last;
    text += fmt::format("{}{}", text.empty() ? "" : ", ", layers[i]);
    if (last > i) text += fmt::format(" to {}", layers[last]);
    i = last + 1;
  }
  return text;
}

void print_facts(const std::vector<facts::Provided>& facts) {
  for (const facts::Provided& fact : facts) {
    write("  {:<13} = {:<24} {}\n", fact.key, facts::to_text(fact.value), fact.origin);
  }
}

Json facts_json(const std::vector<facts::Provided>& facts) {
  Json json = Json::object();
  for (const facts::Provided& fact : facts) {
    Json value;
    std::visit([&](const auto& held) { value = held; }, fact.value);
    json[fact.key] = {{"value", value}, {"from", fact.origin}};
  }
  return json;
}

std::vector<facts::Provided> of_source(const Surroundings& surroundings, facts::Source source) {
  std::vector<facts::Provided> result;
  for (const facts::Provided& fact : surroundings.provided) {
    if (fact.source == source) result.push_back(fact);
  }
  return result;
}

Json device_json(const facts::Device& device) {
  return {{"kind", device.kind},
          {"index", device.index},
          {"arch", device.arch},
          {"supports_mx", device.supports_mx},
          {"name", device.name}};
}

void print_json(const Surroundings& around,
                const std::optional<checkpoint::ModelDescription>& model) {
  Json json;
  json["devices"] = Json::array();
  for (const facts::Device& device : around.devices) {
    json["devices"].push_back(device_json(device));
  }
  json["problems"] = around.problems;
  json["device"] = facts_json(of_source(around, facts::Source::device));
  json["env"] = facts_json(of_source(around, facts::Source::environment));
  if (model) {
    json["layers"] = model->layers;
    json["model"] = Json::array();
    for (const Group& group : group_layers(*model)) {
      json["model"].push_back({{"layers", group.layers}, {"facts", facts_json(group.facts)}});
    }
  }
  print(json);
}

void print_text(const Surroundings& around,
                const std::optional<checkpoint::ModelDescription>& model) {
  write("devices\n");
  for (const facts::Device& device : around.devices) {
    write("  {:<6} {:<8} {}{}\n",
          device.kind == "cpu" ? device.kind : fmt::format("{}:{}", device.kind, device.index),
          device.arch, device.supports_mx ? "MX matrix instructions" : "no MX instructions",
          device.name.empty() ? "" : ", " + device.name);
  }
  for (const std::string& problem : around.problems) write("  note: {}\n", problem);
  write("\nfrom device: --device {} chooses it\n", around.device.kind);
  print_facts(of_source(around, facts::Source::device));
  write("\nfrom env, matched by name; a policy may read any variable\n");
  print_facts(of_source(around, facts::Source::environment));
  if (!model) {
    write("\nfrom model: name one with --model FOLDER\n");
    return;
  }
  write("\n{} has {} layers, {} of them with experts\n", model->where, model->layers,
        model->moe_layers.size());
  for (const Group& group : group_layers(*model)) {
    write("\nfrom model: layer{} {}\n", group.layers.size() == 1 ? "" : "s",
          ranges(group.layers));
    print_facts(group.facts);
  }
}

}  // namespace

int facts_command(Arguments arguments) {
  Options options;
  CLI::App app(
      "Shows what this machine, its environment and a model tell a policy: every fact, its value, "
      "and where it comes from.",
      "moe facts");
  app.add_option("--model", options.model, "a folder with a model's config.json");
  app.add_option("--device", options.device, "the device to tell of: cpu, hip, cuda:1, …")
      ->capture_default_str();
  app.add_flag("--json", options.json, "print JSON");
  describe(app, "  moe facts --model small\n  VLLM_ROCM_USE_AITER=1 moe facts");
  if (const auto status = parse_arguments(app, arguments)) return *status;
  FactOptions fact_options;
  fact_options.device = options.device;
  const Expected<Surroundings> around = look_around(fact_options);
  if (!around) return report_error(around.error());
  std::optional<checkpoint::ModelDescription> model;
  if (!options.model.empty()) {
    Expected<checkpoint::ModelDescription> opened = checkpoint::open_model(options.model);
    if (!opened) return report_error(opened.error());
    model = std::move(*opened);
  }
  if (options.json) {
    print_json(*around, model);
  } else {
    print_text(*around, model);
  }
  return kOk;
}

}  // namespace switchyard::moe
