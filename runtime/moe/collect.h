#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/error.h"
#include "runtime/checkpoint/model.h"
#include "runtime/cli/app.h"
#include "runtime/facts/bind.h"
#include "runtime/facts/device.h"
#include "runtime/facts/environment.h"

namespace switchyard::moe {

// What every command that asks a policy takes.
struct FactOptions {
  std::string device = "cpu";
  std::vector<std::string> overrides;  // NAME=VALUE
};
void add_fact_options(CLI::App& app, FactOptions& options);

// What is known before a layer is chosen.
struct Surroundings {
  std::vector<facts::Device> devices;
  std::vector<std::string> problems;  // of drivers
  facts::Device device;               // the chosen one
  facts::Environment environment;
  std::vector<facts::Provided> provided;  // device and environment
  std::vector<facts::Override> overrides;
};
Expected<Surroundings> look_around(const FactOptions& options);

// The table's facts for one layer and a batch.
Expected<facts::BoundFacts> bind_layer(const Table& table, const Surroundings& surroundings,
                                       const checkpoint::ModelDescription& model,
                                       const checkpoint::MoeLayer& layer, std::int64_t tokens);

// Tells, on standard error, of variables that are set and look like misspelt ones of the policy's.
void warn_of_misspelt_variables(const Table& table);

}  // namespace switchyard::moe
