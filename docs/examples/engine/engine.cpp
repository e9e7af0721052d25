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

#include "runtime/decide/fact_row.h"
#include "runtime/decide/residual.h"
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

// What the engine makes of each table before it is served, so that a table which it cannot run, by
// a kernel that is not here or a variable that means nothing, is refused and the last good one
// stays.
struct Prepared {
  explicit Prepared(const Table& of) : table(of) {}
  const Table table;            // `probed` points at it
  std::vector<Kernel> kernels;  // by outcome, null for the refusal
  std::optional<switchyard::facts::ProbedFacts> probed;
  std::optional<switchyard::ResidualTable> residual;  // over what `probed` leaves open
};

Expected<void> bind_kernels(Prepared& prepared) {
  for (const OutcomeInfo& outcome : prepared.table.outcomes()) {
    if (outcome.refused) {
      prepared.kernels.push_back(nullptr);
      continue;
    }
    const std::string& name = prepared.table.targets()[outcome.target].name;
    const auto kernel = kKernels.find(name);
    if (kernel == kKernels.end()) {
      return switchyard::fail("the table names the kernel `" + name +
                              "`, which this engine does not have");
    }
    prepared.kernels.push_back(kernel->second);
  }
  return {};
}

Expected<std::shared_ptr<const void>> prepare(const std::string& arch, const Table& table) {
  auto prepared = std::make_shared<Prepared>(table);
  if (const auto bound = bind_kernels(*prepared); !bound) return tl::unexpected(bound.error());
  switchyard::facts::Surroundings around;  // the environment, and:
  around.providers.push_back(
      {switchyard::facts::Source::device, "this engine", [&](const std::string& key) {
         using Found = std::optional<switchyard::facts::Value>;
         return key == "arch" ? Found(arch) : Found();
       }});
  auto probed = switchyard::facts::probe_facts(prepared->table, around);
  if (!probed) return tl::unexpected(probed.error());
  auto residual = switchyard::ResidualTable::bind(prepared->table, probed->row);
  if (!residual) return tl::unexpected(residual.error());
  prepared->probed = std::move(*probed);
  prepared->residual = std::move(*residual);
  return prepared;
}

int fail(const switchyard::Error& error) {
  std::cerr << "engine: " << error.message << "\n";
  return 1;
}

// One batch through all layers, by the table that is current now. The first one says what each
// layer takes, and why.
int run_batch(const switchyard::PolicyVersion& version, int tokens, bool is_first,
              switchyard::DecisionLog* log) {
  const Prepared& prepared = *version.attachment<Prepared>();
  const Table& table = prepared.table;
  switchyard::FactRow row = prepared.probed->row;
  if (const auto set = row.set_int("tokens", tokens); !set) return fail(set.error());
  for (std::size_t layer = 0; layer < kLayers.size(); ++layer) {
    if (const auto set = row.set_text("scheme", kLayers[layer]); !set) return fail(set.error());
    const auto facts = row.finish();
    if (!facts) return fail(facts.error());
    const Decision decision = prepared.residual->decide(*facts);
    if (log != nullptr) {
      log->record(table, version.generation(), *facts, decision,
                  {switchyard::LogContext::kNoLatency, static_cast<std::int32_t>(layer)});
    }
    if (is_first) {
      std::cerr << switchyard::layer_line(std::to_string(layer), table, *facts) << "\n";
    }
    const switchyard::Why why = switchyard::describe(table, decision, *facts);
    std::cout << "generation " << version.generation() << ", layer " << layer << ": ";
    if (decision.kind != Decision::Kind::kTarget) {
      std::cout << "not run: " << why.message << std::endl;
      continue;
    }
    const Kernel run = prepared.kernels[decision.index];
    std::cout << run(tokens, table.outcomes()[decision.index].parameters) << "  " << why.because
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
  std::unique_ptr<switchyard::DecisionLog> log;
  if (argc == 4) {
    switchyard::LogConfig config;
    config.path = argv[3];
    config.sample_every = 1;  // by default one of 1,000, and each new kind of input
    config.on_slow_path = [](const switchyard::SlowPath& slow) {
      std::cerr << to_text(slow) + "\n";  // from another thread: in one piece
    };
    auto opened = switchyard::DecisionLog::open(std::move(config));
    if (!opened) return fail(opened.error());
    log = std::move(*opened);
  }
  switchyard::PolicyStoreOptions options;
  options.attach = [arch = std::string(argv[2])](const Table& table) {
    return prepare(arch, table);
  };
  options.log = [](const switchyard::StoreEvent& event) { std::cerr << event.text + "\n"; };
  const auto store = switchyard::PolicyStore::open(argv[1], options);
  if (!store) return fail(store.error());
  switchyard::PolicyReader reader = (*store)->reader();
  std::cerr << to_text(*reader.read().attachment<Prepared>()->probed);
  bool is_first = true;
  for (int tokens = 0; std::cin >> tokens; is_first = false) {
    const int status = run_batch(reader.read(), tokens, is_first, log.get());
    if (status != 0) return status;
  }
  if (!std::cin.eof()) {
    std::cerr << "engine: a batch is a line with its number of tokens\n";
    return 1;
  }
  if (log != nullptr) {
    log->flush();
    switchyard::Metrics metrics = log->metrics();
    const switchyard::StoreStatus status = (*store)->status();
    metrics.reloads.push_back({status.policy, status.accepted, status.rejected});
    std::cerr << to_prometheus(metrics);
  }
  return 0;
}
