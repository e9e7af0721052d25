#include <cstdio>
#include <functional>
#include <string>

#include <fmt/format.h>

#include "bench/median.h"
#include "bench/random_oracles.h"
#include "bench/random_rules.h"
#include "compiler/diagram/build.h"
#include "compiler/parse/parse.h"
#include "compiler/region/partition.h"
#include "compiler/sema/resolve.h"
#include "compiler/verify/verify.h"
#include "runtime/base/check.h"

// Times of `policyc verify`, warnings included, from the text to the findings: vLLM's policies, random
// rules, and policies shaped like vLLM's oracles.
namespace switchyard::bench {
namespace {

// Verifies what `add` puts into a SourceMap.
void verify_source(const std::string& what, const std::function<FileId(SourceMap&)>& add) {
  std::size_t rules = 0, facts = 0, findings = 0;
  const Median time = median([&] {
    SourceMap sources;
    DiagnosticSink sink;
    const ast::Policy policy = parse_policy(sources, add(sources), sink);
    const std::optional<Model> model = resolve(policy, sources, sink);
    SWITCHYARD_CHECK(model);
    const auto classes = partition(*model, sink);
    SWITCHYARD_CHECK(classes);
    const auto diagrams = build(*model, *classes, DiagramBudget{});
    VerifyOptions options;
    options.warnings = true;
    verify(*model, *classes, diagrams, sources, sink, options);
    rules = model->rules.size();
    facts = model->facts.size();
    findings = sink.diagnostics().size();
  });
  std::printf("verify %-32s %4zu rules, %2zu facts: %6.3f s user, %6.3f s wall, peak %.0f MiB, "
              "%zu findings\n",
              what.c_str(), rules, facts, time.user, time.wall, peak_mib(), findings);
  std::fflush(stdout);
}

void verify_text(const std::string& what, const std::string& text) {
  verify_source(what, [&](SourceMap& sources) { return sources.add("bench.policy", text); });
}

}  // namespace
}  // namespace switchyard::bench

int main() {
  using namespace switchyard::bench;
  for (const char* version : {"pre_39801", "39801", "41175"}) {
    const std::string path = fmt::format("policies/vllm/quark_moe_{}.policy", version);
    verify_source(path.substr(14), [&](switchyard::SourceMap& sources) {
      const auto file = sources.load(path);
      SWITCHYARD_CHECK(file);  // run from the root of the checkout
      return *file;
    });
  }
  for (const std::uint64_t seed : {kRandomSeed, kRandomSeed + 1, kRandomSeed + 2}) {
    verify_text("random rules", policy_text(random_rules(kRandomRules, seed)));
  }
  for (const std::uint64_t seed : {1, 2, 3}) {
    verify_text("oracles, product 2^45", oracle_text(seed));
    verify_text("oracles, 45 facts declared", oracle_text(seed, kSwitches + 8));
  }
  return 0;
}
