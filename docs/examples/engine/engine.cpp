// engine FILE ARCH [LOG]: the same in C++, with a policy that may change while the engine runs.
// FILE is a table, or a policy, which policyc (on the PATH) compiles. Each line of standard input
// is a batch: its number of tokens. Replace FILE between two lines, and the next batch obeys it.
// What was decided goes to LOG, for `policyc audit`, and counters to standard error at the end.
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/decide/decide.h"
#include "runtime/decide/fact_row.h"
#include "runtime/decide/why.h"
#include "runtime/facts/probe.h"
#include "runtime/log/decision_log.h"
#include "runtime/log/layer_line.h"
#include "runtime/log/slow_path.h"
#include "runtime/store/policy_store.h"

namespace {

using switchyard::Decision;
using switchyard::Expected;
using switchyard::OutcomeInfo;
using switchyard::Table;

using Kernel = std::string (*)(int tokens, const std::vector<std::int64_t>& parameters);

const std::map<std::string, Kernel> kKernels = {
    {"native",
     [](int tokens, const auto&) { return "native<<<" + std::to_string(tokens) + ">>>"; }},
    {"packed",
     [](int tokens, const auto& parameters) {
       const auto block_m = parameters.at(0);
       return "packed<<<" + std::to_string((tokens + block_m - 1) / block_m) + ">>>";
     }},
    {"emulated",
     [](int tokens, const auto&) { return "emulated<<<" + std::to_string(tokens) + ">>>"; }},
};
const std::vector<std::string> kLayers = {"w_mxfp4", "w_mxfp4_a_mxfp4", "w_mxfp6_e3m2"};

// By outcome, null for the refusal: made by the store for every table before it is served, so that
// a table that names a kernel which is not here is refused, and the last good one stays.
using BoundKernels = std::vector<Kernel>;

Expected<std::shared_ptr<const void>> bind_kernels(const Table& table) {
  auto bound = std::make_shared<BoundKernels>();
  for (const OutcomeInfo& outcome : table.outcomes()) {
    if (outcome.refused) {
      bound->push_back(nullptr);
      continue;
    }
    const std::string& name = table.targets()[outcome.target].name;
    const auto kernel = kKernels.find(name);
    if (kernel == kKernels.end()) {
      return switchyard::fail("the table names the kernel `" + name +
                              "`, which this engine does not have");
    }
    bound->push_back(kernel->second);
  }
  return bound;
}

int fail(const switchyard::Error& error) {
  std::cerr << "engine: " << error.message << "\n";
  return 1;
}

// What stays the same between batches.
struct Engine {
  std::string arch;
  std::unique_ptr<switchyard::DecisionLog> log;
  // What device and environment say, asked once a table.
  std::optional<switchyard::facts::ProbedFacts> probed;
  std::uint64_t generation = 0;  // of that table

  Expected<void> probe(const switchyard::PolicyVersion& version) {
    if (version.generation() == generation) return {};
    switchyard::facts::Surroundings around;
    around.providers.push_back(
        {switchyard::facts::Source::device, "this engine",
         [this](const std::string& key) -> std::optional<switchyard::facts::Value> {
           if (key == "arch") return arch;
           return std::nullopt;
         }});
    auto found = switchyard::facts::probe_facts(version.table(), around);
    if (!found) return tl::unexpected(found.error());
    if (generation == 0) std::cerr << to_text(*found);
    probed = std::move(*found);
    generation = version.generation();
    return {};
  }
};

// One batch through all layers, by the table that is current now.
int run_batch(Engine& engine, const switchyard::PolicyVersion& version, int tokens) {
  const Table& table = version.table();
  const bool first = engine.generation == 0;
  if (const auto known = engine.probe(version); !known) return fail(known.error());
  switchyard::FactRow row = engine.probed->row;
  if (const auto set = row.set_int("tokens", tokens); !set) return fail(set.error());
  for (std::size_t layer = 0; layer < kLayers.size(); ++layer) {
    if (const auto set = row.set_text("scheme", kLayers[layer]); !set) return fail(set.error());
    const auto facts = row.finish();
    if (!facts) return fail(facts.error());
    const Decision decision = switchyard::decide(table, *facts);
    if (engine.log != nullptr) {
      engine.log->record(table, version.generation(), *facts, decision,
                         {switchyard::LogContext::kNoLatency, static_cast<std::int32_t>(layer)});
    }
    if (first) {
      std::cerr << switchyard::layer_line(std::to_string(layer), table, *facts) << "\n";
    }
    const switchyard::Why why = switchyard::describe(table, decision, *facts);
    if (decision.kind != Decision::Kind::kTarget) {
      std::cout << "layer " << layer << ": not run: " << why.message << std::endl;
      continue;
    }
    const Kernel run = (*version.attachment<BoundKernels>())[decision.index];
    std::cout << "generation " << version.generation() << ", layer " << layer << ": "
              << run(tokens, table.outcomes()[decision.index].parameters) << "  " << why.because
              << " (" << why.rule << ")" << std::endl;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 && argc != 4) {
    std::cerr << "usage: engine FILE ARCH [LOG] < batches\n";
    return 2;
  }
  Engine engine;
  engine.arch = argv[2];
  if (argc == 4) {
    switchyard::LogConfig config;
    config.path = argv[3];
    config.sample_every = 1;  // by default one of 1,000, and each new kind of input
    config.on_slow_path = [](const switchyard::SlowPath& slow) {
      std::cerr << to_text(slow) << "\n";
    };
    auto log = switchyard::DecisionLog::open(std::move(config));
    if (!log) return fail(log.error());
    engine.log = std::move(*log);
  }
  switchyard::PolicyStoreOptions options;
  options.attach = bind_kernels;
  options.log = [](const switchyard::StoreEvent& event) { std::cerr << event.text << "\n"; };
  const auto store = switchyard::PolicyStore::open(argv[1], options);
  if (!store) return fail(store.error());
  switchyard::PolicyReader reader = (*store)->reader();
  int tokens = 0;
  while (std::cin >> tokens) {
    if (const int status = run_batch(engine, reader.read(), tokens); status != 0) return status;
  }
  if (engine.log != nullptr) {
    engine.log->flush();
    switchyard::Metrics metrics = engine.log->metrics();
    const switchyard::StoreStatus status = (*store)->status();
    metrics.reloads.push_back({status.policy, status.accepted, status.rejected});
    std::cerr << to_prometheus(metrics);
  }
  return 0;
}
