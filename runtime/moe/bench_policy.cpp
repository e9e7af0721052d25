#include "runtime/moe/bench_policy.h"

#include <optional>
#include <string>
#include <utility>

#include "runtime/checkpoint/architecture.h"
#include "runtime/moe/report.h"

namespace switchyard::moe {
namespace {

std::vector<facts::Provided> shape_facts(const bench::NamedShape& shape, kernels::Scheme scheme) {
  const std::string from = "--shape " + shape.name;
  std::vector<facts::Provided> result;
  const auto add = [&](std::string key, facts::Value value, const std::string& origin) {
    result.push_back({facts::Source::model, std::move(key), std::move(value), origin});
  };
  add("scheme", std::string(info(scheme).name), "--scheme");
  add("hidden", shape.shape.hidden, from);
  add("intermediate", shape.shape.intermediate, from);
  add("experts", shape.shape.experts, from);
  add("top_k", shape.shape.top_k, from);
  add("activation", std::string(kernels::name_of(shape.activation)), from);
  add("routing", std::string(checkpoint::name_of(shape.router.kind)), from);
  if (const auto* known = checkpoint::find_architecture(shape.model_type)) {
    add("profile", std::string(known->profile), from);
    add("model_type", std::string(known->model_type), from);
  }
  return result;
}

// The fact that a launch provides, by where its value came from.
std::optional<std::uint32_t> tokens_fact(const std::vector<facts::BoundFact>& facts,
                                         const std::string& origin) {
  for (std::size_t i = 0; i < facts.size(); ++i) {
    if (facts[i].origin == origin) return static_cast<std::uint32_t>(i);
  }
  return std::nullopt;
}

}  // namespace

Expected<std::vector<bench::PolicyAnswer>> ask_policy(const BoundTable& table,
                                                      const Surroundings& around,
                                                      const bench::NamedShape& shape,
                                                      kernels::Scheme scheme,
                                                      std::span<const std::int64_t> tokens) {
  std::vector<bench::PolicyAnswer> answers;
  for (const std::int64_t count : tokens) {
    std::vector<facts::Provided> provided = around.provided;
    for (facts::Provided& fact : shape_facts(shape, scheme)) provided.push_back(std::move(fact));
    const std::vector<facts::Provided> launch = facts::launch_facts(count);
    provided.insert(provided.end(), launch.begin(), launch.end());
    Expected<facts::BoundFacts> bound =
        facts::bind_facts(table.table(), provided, around.environment, around.overrides);
    if (!bound) return tl::unexpected(bound.error());
    const Why reason = why(table.table(), bound->row.data());
    bench::DecidedSize size;
    size.tokens = count;
    size.outcome = outcome_text(reason);
    size.reason = reason_text(reason);
    bench::Dispatcher dispatcher(table.table(), bound->row,
                                 tokens_fact(bound->facts, launch.front().origin));
    bench::PolicyAnswer answer{std::move(size), reason.decision.index, {}, std::move(dispatcher)};
    if (const std::string_view missing = table.missing(reason.decision); !missing.empty()) {
      return fail("policy `" + table.table().policy() + "` picks `" + answer.size.outcome +
                  "` for " + std::to_string(count) + " tokens, but " + std::string(missing));
    }
    if (const Launch* chosen = table.launch(reason.decision)) {
      auto choice = bench::complete(*chosen->kernel, chosen->parameters);
      if (!choice) {
        return fail("policy `" + table.table().policy() + "` picks `" + answer.size.outcome +
                    "` for " + std::to_string(count) + " tokens: " + choice.error().message);
      }
      answer.choice = std::move(*choice);
    }
    answers.push_back(std::move(answer));
  }
  return answers;
}

}  // namespace switchyard::moe
