#include "runtime/engine/bound_layer.h"

#include "runtime/decide/decide.h"
#include "runtime/decide/why.h"

namespace switchyard {

BoundLayer::BoundLayer(const BoundTable& table, const kernels::LayerConfig& config,
                       const kernels::LayerWeights& weights)
    : table_(&table), config_(config), weights_(weights) {
  prepared_.resize(table.table().outcomes().size());
}

Expected<BoundLayer> BoundLayer::create(const BoundTable& table, const kernels::LayerConfig& config,
                                        const kernels::LayerWeights& weights) {
  if (auto ok = kernels::validate(config); !ok) return fail(ok.error().message);
  if (auto ok = kernels::validate(config, weights); !ok) return fail(ok.error().message);
  return BoundLayer(table, config, weights);
}

Expected<kernels::PreparedLayer*> BoundLayer::prepare(const Decision& decision,
                                                      const kernels::Preparation& preparation) {
  const Launch* launch = table_->launch(decision);
  if (const std::string_view missing = table_->missing(decision); !missing.empty()) {
    return fail("policy `" + table_->table().policy() + "` picks `" +
                spell_outcome(table_->table(), decision.index) + "`, but " + std::string(missing));
  }
  if (launch == nullptr) {
    return fail("policy `" + table_->table().policy() +
                "` names no kernel for these facts, so there is nothing to run");
  }
  std::unique_ptr<kernels::PreparedLayer>& prepared = prepared_[decision.index];
  if (prepared == nullptr) {
    auto made =
        kernels::prepare(*launch->kernel, config_, weights_, launch->parameters, preparation);
    if (!made) {
      return fail("policy `" + table_->table().policy() + "` picks `" +
                  spell_outcome(table_->table(), decision.index) +
                  "` for this layer, but it cannot run it: " + made.error().message);
    }
    prepared = std::move(*made);
  }
  return prepared.get();
}

Expected<Decision> BoundLayer::run(const void* facts, std::span<const kernels::Bf16> x,
                                   kernels::Output out, kernels::ThreadPool& pool) {
  const Decision decision = decide(table_->table(), facts);
  if (decision.kind != Decision::Kind::kTarget) {
    return fail(describe(table_->table(), decision, facts).message);
  }
  const auto prepared = prepare(decision);
  if (!prepared) return fail(prepared.error().message);
  if (auto ok = (*prepared)->run(x, out, pool); !ok) return fail(ok.error().message);
  return decision;
}

}  // namespace switchyard
