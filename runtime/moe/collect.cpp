#include "runtime/moe/collect.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>

#include "kernels/gpu/devices.h"
#include "runtime/facts/aiter_switches.h"
#include "runtime/facts/model_facts.h"
#include "runtime/facts/variables.h"
#include "runtime/moe/output.h"

namespace switchyard::moe {
namespace {

// `error`, and where a GPU was asked for and there is none of its kind, why not.
tl::unexpected<Error> no_device(const Error& error, const std::string& wanted,
                                const std::vector<facts::Device>& devices) {
  const std::string kind = wanted.substr(0, wanted.find(':'));
  const bool gpu = kind == "cuda" || kind == "hip";
  if (!gpu || std::any_of(devices.begin(), devices.end(),
                          [&](const facts::Device& device) { return device.kind == kind; })) {
    return tl::unexpected(error);
  }
  const auto opened = kernels::gpu::open_device(wanted);
  if (opened) return tl::unexpected(error);
  return fail(fmt::format("{}: {}", error.message, opened.error().message));
}

}  // namespace

void add_fact_options(CLI::App& app, FactOptions& options) {
  app.add_option("--device", options.device,
                 "where the layer would run: cpu, hip, cuda:1, …; `moe facts` lists them")
      ->capture_default_str();
  app.add_option("--fact", options.overrides,
                 "NAME=VALUE: a fact of the policy, instead of what is found here")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
}

Expected<Surroundings> look_around(const FactOptions& options) {
  Surroundings result;
  for (const std::string& text : options.overrides) {
    const Expected<facts::Override> parsed = facts::parse_override(text);
    if (!parsed) return fail("--fact " + parsed.error().message);
    result.overrides.push_back(*parsed);
  }
  result.devices = facts::find_devices(result.problems);
  const Expected<facts::Device> device = facts::choose_device(result.devices, options.device);
  if (!device) return no_device(device.error(), options.device, result.devices);
  result.device = *device;
  result.environment = facts::process_environment();
  result.provided = facts::device_facts(result.device, result.devices);
  Expected<std::vector<facts::Provided>> environment = facts::environment_facts(result.environment);
  if (!environment) return tl::unexpected(environment.error());
  result.provided.insert(result.provided.end(), environment->begin(), environment->end());
  return result;
}

Expected<facts::BoundFacts> bind_layer(const Table& table, const Surroundings& surroundings,
                                       const checkpoint::ModelDescription& model,
                                       const checkpoint::MoeLayer& layer, std::int64_t tokens) {
  std::vector<facts::Provided> provided = surroundings.provided;
  for (facts::Provided& fact : facts::model_facts(model, layer)) {
    provided.push_back(std::move(fact));
  }
  for (facts::Provided& fact : facts::launch_facts(tokens)) provided.push_back(std::move(fact));
  return facts::bind_facts(table, provided, surroundings.environment, surroundings.overrides);
}

void warn_of_misspelt_variables(const Table& table) {
  // What a fact without `from` may be matched with.
  const std::vector<std::string> others = {"VLLM_ROCM_USE_AITER", "VLLM_ROCM_USE_AITER_MOE"};
  for (const facts::UnreadVariable& unread :
       facts::unread_variables(table, facts::process_variables(), others)) {
    // A renamed one is an error of bind_facts.
    if (unread.kind != facts::UnreadVariable::Kind::kMisspelt) continue;
    write(stderr, "warning: {}\n", unread.message);
  }
}

}  // namespace switchyard::moe
