#include "runtime/facts/model_facts.h"

#include <fmt/format.h>

namespace switchyard::facts {

std::vector<Provided> model_facts(const checkpoint::ModelDescription& model,
                                  const checkpoint::MoeLayer& layer) {
  const checkpoint::Architecture& architecture = *model.architecture;
  const std::string& decided = layer.quantisation.decided_by;
  const std::string type = fmt::format("$.model_type {}", architecture.model_type);
  const auto fact = [&](std::string key, Value value, std::string origin) {
    return Provided{Source::model, std::move(key), std::move(value), std::move(origin)};
  };
  const auto member = [](std::string_view name) { return fmt::format("$.{}", name); };
  const std::string scheme =
      layer.quantisation.scheme ? std::string(info(*layer.quantisation.scheme).name) : "none";
  return {fact("scheme", scheme, decided),
          fact("is_dynamic", std::string(name_of(layer.quantisation.calibration)), decided),
          fact("hidden", model.shape.hidden, member("hidden_size")),
          fact("intermediate", model.shape.intermediate, member(architecture.intermediate)),
          fact("experts", model.shape.experts, member(architecture.experts)),
          fact("top_k", model.shape.top_k, member("num_experts_per_tok")),
          fact("activation", std::string(kernels::name_of(architecture.activation)), type),
          fact("routing", std::string(checkpoint::name_of(model.router.kind)), type),
          fact("profile", std::string(architecture.profile), type),
          fact("model_type", std::string(architecture.model_type), member("model_type")),
          fact("layer", layer.index, "the layer's index")};
}

}  // namespace switchyard::facts
