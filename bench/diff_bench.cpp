#include <algorithm>
#include <cstdio>
#include <string>

#include "bench/compile_text.h"
#include "bench/random_rules.h"
#include "compiler/diff/diff.h"
#include "compiler/parse/parse.h"
#include "compiler/sema/resolve.h"
#include "runtime/base/check.h"

// Times of `policyc diff` beyond the diagrams' budget: two policies of 1,000 random conjunctive rules
// over 40 facts, equal, and with 12 rules edited. Processor seconds; one thread.
namespace switchyard::bench {
namespace {

constexpr std::size_t kEdits = 12;

Model model_of(const std::string& text) {
  SourceMap sources;
  DiagnosticSink sink;
  const FileId root = sources.add("bench.policy", text);
  const ast::Policy policy = parse_policy(sources, root, sink);
  std::optional<Model> model = resolve(policy, sources, sink);
  SWITCHYARD_CHECK(model);
  return std::move(*model);
}

// Rules in even steps, each with one condition dropped and another target.
std::vector<RandomRule> edited(std::vector<RandomRule> rules) {
  for (std::size_t i = 0; i < kEdits; ++i) {
    RandomRule& rule = rules[(2 * i + 1) * rules.size() / (2 * kEdits)];
    rule.conditions.pop_back();
    rule.target = (rule.target + 1) % kTargets;
  }
  return rules;
}

void compare(const char* what, const std::string& old_text, const std::string& new_text) {
  const Model old_model = model_of(old_text), new_model = model_of(new_text);
  const double begin = processor_seconds();
  const auto pair = diff::align(old_model, new_model);
  SWITCHYARD_CHECK(pair);
  DiagnosticSink sink;
  const auto classes = partition(pair->new_model, sink);
  SWITCHYARD_CHECK(classes);
  const double aligned = processor_seconds();
  diff::Options options;
  options.engine = diff::Options::Engine::kSolver;
  const diff::Difference found = diff::compare(*pair, *classes, options);
  const double compared = processor_seconds();
  options.engine = diff::Options::Engine::kAutomatic;
  const diff::Difference again = diff::compare(*pair, *classes, options);
  SWITCHYARD_CHECK(again.changes.size() == found.changes.size());
  std::printf("%-24s align and partition %.3f s, solver %.3f s, with the diagrams tried %.3f s, "
              "%zu pairs of rules\n",
              what, aligned - begin, compared - aligned, processor_seconds() - compared,
              found.changes.size());
}

}  // namespace
}  // namespace switchyard::bench

int main() {
  using namespace switchyard::bench;
  const auto rules = random_rules(kRandomRules, kRandomSeed);
  std::string text = policy_text(rules);
  compare("1,000 x 40, equal", text, text);
  compare("1,000 x 40, 12 edited", text, policy_text(edited(rules)));
  auto swapped = rules;  // the first rule moved to the end: nothing is equal up to an edit
  std::rotate(swapped.begin(), swapped.begin() + 1, swapped.end());
  compare("1,000 x 40, first last", text, policy_text(swapped));
  return 0;
}
