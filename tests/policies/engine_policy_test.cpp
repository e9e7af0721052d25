#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "kernels/gpu/kernels.h"
#include "kernels/registry.h"
#include "runtime/decide/fact_row.h"
#include "runtime/decide/why.h"
#include "runtime/engine/bound_table.h"
#include "runtime/facts/device.h"
#include "tests/kernels/random_layer.h"
#include "tests/policies/compiled.h"
#if SWITCHYARD_HAS_DEVICE_CODE
#include "kernels/device/host/host_device.h"
#endif

// policies/switchyard.policy on the machines that it decides for: what it picks must be there and
// take the parameters that it is given.
namespace switchyard::testing {
namespace {

using kernels::Kernel;
using Facts = std::vector<std::pair<std::string, std::string>>;

const Table& engine_table() {
  static const std::unique_ptr<const Compiled> policy = compile("policies/switchyard.policy");
  INFO(policy->findings());
  REQUIRE(policy->table.has_value());
  return *policy->table;
}

FactRow row_of(const Table& table, const Facts& facts) {
  FactRow row(table);
  for (const auto& [name, value] : facts) {
    const Expected<void> set = row.set_text(name, value);
    INFO((set ? std::string() : set.error().message));
    REQUIRE(set.has_value());
  }
  const Expected<const void*> filled = row.finish();
  INFO((filled ? std::string() : filled.error().message));
  REQUIRE(filled.has_value());
  return row;
}

Why ask(const Facts& facts) {
  const FactRow row = row_of(engine_table(), facts);
  return why(engine_table(), row.data());
}

// A machine as `moe` sees it. Its kernels; native is gfx950's alone of the GPUs.
struct Machine {
  std::string kind, arch;
  std::vector<Kernel> kernels;

  bool supports_mx() const { return facts::has_mx_instructions(kind, arch); }
  const Kernel* find(std::string_view name) const {
    for (const Kernel& kernel : kernels) {
      if (kernel.name == name) return &kernel;
    }
    return nullptr;
  }
};

std::vector<Machine> machines() {
  std::vector<Machine> result = {{"cpu", "x86_64", {}},
                                 {"cuda", "sm_90", {}},
                                 {"cuda", "sm_100", {}},
                                 {"hip", "gfx942", {}},
                                 {"hip", "gfx950", {}}};
  for (Machine& machine : result) {
    machine.kernels = machine.kind == "cpu" ? kernels::cpu_kernels()
                                            : kernels::gpu::gpu_kernels(machine.kind);
    if (machine.arch != "gfx942") continue;
    std::erase_if(machine.kernels, [](const Kernel& kernel) { return kernel.name == "native"; });
  }
  return result;
}

// Those of every kind of device, as a build lists them.
std::vector<Kernel> all_kernels() {
  std::vector<Kernel> all = kernels::cpu_kernels();
  for (const char* kind : {"cuda", "hip"}) {
    for (Kernel& kernel : kernels::gpu::gpu_kernels(kind)) all.push_back(std::move(kernel));
  }
  return all;
}

constexpr kernels::Shape kShape{64, 32, 4, 2};

// Prepares layers with the parameters of a launch, each combination once. A GPU's kernels prepare
// on the host that stands for it; without device code they cannot, and nothing is said of their
// values beyond what BoundTable says.
class Preparation {
 public:
  explicit Preparation(const Machine& machine) {
    if (machine.kind == "cpu") kernels_ = kernels::cpu_kernels();
#if SWITCHYARD_HAS_DEVICE_CODE
    using kernels::device::host::Model;
    if (machine.kind == "cpu") return;
    const Model model = machine.kind == "cuda"      ? Model::sm_90a
                        : machine.arch == "gfx950" ? Model::gfx950
                                                   : Model::gfx942;
    device_ = kernels::device::host::make_host_device({model, {}, {}});
    kernels_ = kernels::gpu::gpu_kernels(*device_);
#endif
  }

  // What is wrong with it; empty if nothing.
  std::string problem(const Launch& launch, kernels::Scheme scheme) {
    std::string key = launch.kernel->name + " " + std::string(info(scheme).name);
    for (const kernels::ParameterValue& each : launch.parameters) {
      key += " " + each.name + "=" + std::to_string(each.value);
    }
    const auto [known, fresh] = problems_.emplace(std::move(key), "");
    if (fresh) known->second = prepare(launch, scheme);
    return known->second;
  }

 private:
  std::string prepare(const Launch& launch, kernels::Scheme scheme) const {
    if (kernels_.empty()) return "";
    const auto kernel = std::find_if(kernels_.begin(), kernels_.end(), [&](const Kernel& each) {
      return each.name == launch.kernel->name;
    });
    if (kernel == kernels_.end()) return "no kernel " + launch.kernel->name;
    std::mt19937 random(91);
    const kernels::RandomLayer layer =
        kernels::random_layer({scheme, kShape, kernels::Activation::silu, {}}, random);
    const auto prepared =
        kernels::prepare(*kernel, layer.config, layer.weights, launch.parameters);
    return prepared ? "" : prepared.error().message;
  }

#if SWITCHYARD_HAS_DEVICE_CODE
  std::unique_ptr<kernels::gpu::Device> device_;
#endif
  std::vector<Kernel> kernels_;
  std::map<std::string, std::string> problems_;
};

constexpr std::int64_t kBatches[] = {0,   1,    16,   64,   65,     255,      256,
                                     257, 1023, 1024, 1025, 65'536, 1'048'576};

Facts facts_on(const Machine& machine, const std::string& requested, std::string_view scheme,
               std::int64_t tokens) {
  return {{"device", machine.kind},
          {"supports_mx", machine.supports_mx() ? "true" : "false"},
          {"requested", requested},
          {"scheme", std::string(scheme)},
          {"activation", "silu"},
          {"hidden", "2880"},
          {"intermediate", "2880"},
          {"experts", "128"},
          {"tokens", std::to_string(tokens)}};
}

Machine machine_of(const std::string& arch) {
  for (Machine& machine : machines()) {
    if (machine.arch == arch) return machine;
  }
  FAIL("no machine " << arch);
  return {};
}

std::string picked(const std::string& arch, std::string_view scheme, std::int64_t tokens,
                   const std::string& requested = "auto") {
  const Why why = ask(facts_on(machine_of(arch), requested, scheme, tokens));
  std::string text = why.target;
  for (const auto& [name, value] : why.parameters) text += " " + name + "=" + value;
  return text;
}

}  // namespace

TEST_CASE("every machine has what the engine's policy picks there, and can prepare it") {
  for (const Machine& machine : machines()) {
    const auto bound =
        BoundTable::bind(engine_table(), machine.kernels, machine.kind, all_kernels());
    INFO(machine.arch << ": " << (bound ? "" : bound.error().message));
    REQUIRE(bound.has_value());
    Preparation preparation(machine);
    int launches = 0;
    for (const std::string requested : {"auto", "native", "packed", "emulated"}) {
      for (const kernels::SchemeInfo& scheme : kernels::kSchemes) {
        for (const std::int64_t tokens : kBatches) {
          const FactRow row =
              row_of(engine_table(), facts_on(machine, requested, scheme.name, tokens));
          const Why because = why(engine_table(), row.data());
          INFO(requested << " " << scheme.name << " " << tokens << ": " << because.target);
          if (because.decision.kind != Decision::Kind::kTarget) {
            CHECK(because.decision.kind == Decision::Kind::kRefused);
            continue;
          }
          CHECK(bound->missing(because.decision) == "");
          const Launch* launch = bound->launch(because.decision);
          REQUIRE(launch != nullptr);
          CHECK(launch->kernel->device == machine.kind);
          CHECK(preparation.problem(*launch, scheme.scheme) == "");
          ++launches;
        }
      }
    }
    CHECK(launches > 0);
  }
}

TEST_CASE("the engine's policy picks a kernel exactly where one can run") {
  for (const Machine& machine : machines()) {
    for (const std::string requested : {"auto", "native", "packed", "emulated"}) {
      for (const kernels::SchemeInfo& scheme : kernels::kSchemes) {
        for (int i = 0; i < 16; ++i) {
          const std::string activation = (i & 1) != 0 ? "gelu" : "swigluoai";
          const std::int64_t hidden = (i & 2) != 0 ? 48 : 2880;
          const std::int64_t intermediate = (i & 4) != 0 ? 48 : 2880;
          const std::int64_t experts = (i & 8) != 0 ? 1025 : 1024;
          const std::vector<kernels::FactValue> facts = {{"device", machine.kind},
                                                         {"supports_mx", machine.supports_mx()},
                                                         {"scheme", scheme.name},
                                                         {"activation", activation},
                                                         {"hidden", hidden},
                                                         {"intermediate", intermediate},
                                                         {"experts", experts}};
          const auto can = [&](std::string_view name) {
            const Kernel* kernel = machine.find(name);
            return kernel != nullptr && kernels::satisfied(kernel->capability, facts).has_value();
          };
          Facts told = facts_on(machine, requested, scheme.name, 1);
          told.insert(told.end(), {{"activation", activation},
                                   {"hidden", std::to_string(hidden)},
                                   {"intermediate", std::to_string(intermediate)},
                                   {"experts", std::to_string(experts)}});
          const Why why = ask(told);
          INFO(machine.arch << " " << requested << " " << scheme.name << " " << i);
          if (requested != "auto") {
            CHECK((why.target == requested) == can(requested));
          } else if (why.decision.kind == Decision::Kind::kTarget) {
            CHECK(can(why.target));
          } else {
            CHECK_FALSE((can("native") || can("packed") || can("emulated")));
          }
          if (!why.target.empty()) continue;
          CHECK(why.decision.kind == Decision::Kind::kRefused);
        }
      }
    }
  }
}

TEST_CASE("the engine's policy on the CPU: larger blocks for a large batch") {
  CHECK(picked("x86_64", "w_mxfp4", 1) == "packed block_m=64 split_k=1");
  CHECK(picked("x86_64", "w_mxfp4", 64) == "packed block_m=64 split_k=1");
  CHECK(picked("x86_64", "w_mxfp4", 65) == "packed block_m=256 split_k=1");
  CHECK(picked("x86_64", "w_mxfp4", 65'536, "packed") == "packed block_m=64 split_k=1");
}

TEST_CASE("the engine's policy on a GPU: the tile follows the batch, in three regimes") {
  const std::pair<std::int64_t, const char*> regimes[] = {
      {1, "16"}, {256, "16"}, {257, "32"}, {1024, "32"}, {1025, "64"}, {65'536, "64"}};
  for (const auto& [tokens, rows] : regimes) {
    INFO(tokens);
    const auto packed_of = [rows = std::string(rows)](const std::string& arch) {
      const bool cuda = arch.starts_with("sm_");  // whose kernel has 48 and 128 as well
      const std::string here = cuda && rows == "32" ? "48" : cuda && rows == "64" ? "128" : rows;
      return "packed block_m=" + here + " split_k=1";
    };
    const std::string native = std::string("native block_m=") + rows;
    for (const char* arch : {"sm_90", "sm_100", "gfx942"}) {
      const std::string packed = packed_of(arch);
      CHECK(picked(arch, "w_mxfp4_a_mxfp4", tokens) == packed);
      CHECK(picked(arch, "w_mxfp6_e3m2", tokens, "packed") == packed);
      CHECK(picked(arch, "w_mxfp4", tokens, "native") == "");
      CHECK(picked(arch, "w_mxfp4", tokens, "emulated") == "emulated");
    }
    CHECK(picked("gfx950", "w_mxfp4_a_mxfp4", tokens) == native);
    CHECK(picked("gfx950", "w_mxfp4_a_mxfp4", tokens, "native") == native);
    CHECK(picked("gfx950", "w_mxfp4_a_mxfp4", tokens, "packed") == packed_of("gfx950"));
    CHECK(picked("gfx950", "w_mxfp4", tokens) == native);
    CHECK(picked("gfx950", "w_mxfp4_a_mxfp4", tokens, "emulated") == "emulated");
  }
}

TEST_CASE("the engine's policy uses MX hardware wherever there is a kernel for it") {
  const Machine machine = machine_of("gfx950");
  int native = 0;
  for (const kernels::SchemeInfo& scheme : kernels::kSchemes) {
    const kernels::FactValue facts[] = {{"scheme", scheme.name}};
    const bool can = kernels::satisfied(machine.find("native")->capability, facts).has_value();
    CHECK(ask(facts_on(machine, "auto", scheme.name, 1)).target == (can ? "native" : "packed"));
    native += can ? 1 : 0;
  }
  CHECK(native > 0);
}

TEST_CASE("the parameters in the engine's policy are those that some kernel takes") {
  const std::vector<Kernel> all = all_kernels();
  for (const TargetInfo& target : engine_table().targets()) {
    for (const ParameterInfo& parameter : target.parameters) {
      INFO(target.name << " " << parameter.name);
      bool low = false, high = false;
      for (const Kernel& kernel : all) {
        if (kernel.name != target.name) continue;
        for (const kernels::Parameter& same : kernel.parameters) {
          if (same.name != parameter.name) continue;
          // A rule that says nothing runs the kernel as the kernel's own default would.
          CHECK(same.default_value == parameter.default_value);
          low = low || (same.low <= parameter.low && parameter.low <= same.high);
          high = high || (same.low <= parameter.high && parameter.high <= same.high);
        }
      }
      CHECK(low);
      CHECK(high);
    }
  }
}

}  // namespace switchyard::testing
