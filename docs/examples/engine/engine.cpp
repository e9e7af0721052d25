// engine FILE ARCH: the same in C++, with a policy that may change while the engine runs. FILE is a
// table, or a policy, which policyc (on the PATH) compiles. Each line of standard input is a batch:
// its number of tokens. Replace FILE between two lines, and the next batch obeys it.
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/decide/decide.h"
#include "runtime/decide/fact_row.h"
#include "runtime/decide/why.h"
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

// One batch through all layers, by the table that is current now.
int run_batch(const switchyard::PolicyVersion& version, const std::string& arch, int tokens) {
  const Table& table = version.table();
  switchyard::FactRow row(table);
  if (const auto set = row.set_text("arch", arch); !set) return fail(set.error());
  if (const auto set = row.set_text("use_aiter", "unset"); !set) return fail(set.error());
  if (const auto set = row.set_int("tokens", tokens); !set) return fail(set.error());
  for (std::size_t layer = 0; layer < kLayers.size(); ++layer) {
    if (const auto set = row.set_text("scheme", kLayers[layer]); !set) return fail(set.error());
    const auto facts = row.finish();
    if (!facts) return fail(facts.error());
    const Decision decision = switchyard::decide(table, *facts);
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
  if (argc != 3) {
    std::cerr << "usage: engine FILE ARCH < batches\n";
    return 2;
  }
  switchyard::PolicyStoreOptions options;
  options.attach = bind_kernels;
  options.log = [](const switchyard::StoreEvent& event) { std::cerr << event.text << "\n"; };
  const auto store = switchyard::PolicyStore::open(argv[1], options);
  if (!store) return fail(store.error());
  switchyard::PolicyReader reader = (*store)->reader();
  int tokens = 0;
  while (std::cin >> tokens) {
    if (const int status = run_batch(reader.read(), argv[2], tokens); status != 0) return status;
  }
  return 0;
}
