// Each mutant of each shipped policy: `diff` says exactly what it changes, or that it changes nothing.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "compiler/diff/engines.h"
#include "tests/diff/world.h"
#include "tests/mutation/mutants.h"
#include "tests/random/random_policy.h"

namespace switchyard::testing {
namespace {

struct Counts {
  std::size_t changed = 0, equal = 0, unresolvable = 0;
};

std::vector<std::string> shipped() {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("policies")) {
    if (entry.path().extension() == ".policy") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

void judge(const std::string& policy, const Mutant& mutant, Random& random, Counts& counts) {
  INFO(mutant.what);
  if (!resolves(mutant.text)) {
    ++counts.unresolvable;
    return;
  }
  const auto both = compared(policy, mutant.text);
  diff::Options options;
  options.max_boxes = 1000;
  if (mutant.of_attribute) {
    options.compare = diff::Options::Compare::kAttribute;
    options.attribute = "family";
  }
  const World world(*both, options, look_at_classes(*both, options));
  const auto by_diagrams = diff::compare_diagrams(both->pair, both->partition, options);
  REQUIRE(by_diagrams);
  check_diagrams(world, *by_diagrams);
  check_solver(world, diff::compare_solver(both->pair, both->partition, options));
  check_classes(world, random);
  ++(world.regions.empty() ? counts.equal : counts.changed);
}

// Of a policy: every mutant, unless the run is to be short.
std::size_t most() {
  const char* mutants = std::getenv("SWITCHYARD_MUTANTS");
  constexpr std::size_t kAll = ~std::size_t{0};
  if (mutants != nullptr && std::string_view(mutants) == "all") return kAll;
  const std::size_t rounds = policy_rounds(kAll);
  return rounds == kAll ? kAll : rounds / 10 + 1;
}

TEST_CASE("what a mutant of a shipped policy changes is exactly what diff reports") {
  const std::uint64_t seed = policy_seed();
  INFO("SWITCHYARD_SEED=" << seed);
  Random random(seed);
  const std::vector<std::string> paths = shipped();
  REQUIRE(paths.size() >= 5);
  for (const std::string& path : paths) {
    INFO(path);
    const std::string policy = with_imports(path);
    std::vector<Mutant> all = mutants(policy);
    const std::size_t found = all.size();
    if (found > most()) {
      std::shuffle(all.begin(), all.end(), random);
      all.resize(most());
    }
    Counts counts;
    for (const Mutant& mutant : all) judge(policy, mutant, random, counts);
    std::printf("%s: %zu of %zu mutants: %zu change the function, %zu are equal, %zu do not resolve\n",
                path.c_str(), all.size(), found, counts.changed, counts.equal,
                counts.unresolvable);
    CHECK(counts.changed > 0);
  }
}

}  // namespace
}  // namespace switchyard::testing
