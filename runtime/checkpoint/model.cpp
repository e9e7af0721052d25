#include "runtime/checkpoint/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "runtime/checkpoint/json.h"
#include "runtime/checkpoint/text_file.h"

namespace switchyard::checkpoint {
namespace {

using Kind = kernels::Router::Kind;

constexpr std::size_t kMaximalConfigBytes = 16u << 20;
constexpr std::int64_t kMaximalExtent = 1 << 20;
constexpr std::int64_t kMaximalExperts = 65'536;
constexpr std::int64_t kMaximalLayers = 4096;
constexpr std::int64_t kMaximalExpertsOfModel = 1 << 18;  // the largest known have 23,000

Expected<std::int64_t> in_range(const Json& value, std::int64_t low, std::int64_t high) {
  const Expected<std::int64_t> number = value.integer();
  if (!number) return number;
  if (*number < low || *number > high) {
    return value.error(fmt::format("{} is outside of {} .. {}", *number, low, high));
  }
  return number;
}

Expected<std::int64_t> required(const Json& config, std::string_view key, std::string_view what,
                                std::int64_t high, std::int64_t low = 1) {
  const Expected<Json> value = config.at(key, what);
  if (!value) return tl::unexpected(value.error());
  return in_range(*value, low, high);
}

Expected<std::int64_t> optional(const Json& config, std::string_view key, std::int64_t otherwise,
                                std::int64_t low, std::int64_t high) {
  const std::optional<Json> value = config.find(key);
  if (!value) return otherwise;
  return in_range(*value, low, high);
}

Expected<bool> optional_flag(const Json& config, std::string_view key, bool otherwise) {
  const std::optional<Json> value = config.find(key);
  if (!value) return otherwise;
  return value->boolean();
}

// A member that may be left out, but must have this value if it is there.
Expected<void> require_text(const Json& config, std::string_view key, std::string_view wanted) {
  const std::optional<Json> value = config.find(key);
  if (!value) return {};
  const Expected<std::string> text = value->string();
  if (!text) return tl::unexpected(text.error());
  if (*text == wanted) return {};
  return value->error(fmt::format("\"{}\" is not supported; it must be \"{}\"", *text, wanted));
}

Expected<kernels::Shape> read_shape(const Json& config, const Architecture& architecture) {
  kernels::Shape shape;
  const Expected<std::int64_t> hidden =
      required(config, "hidden_size", "the width of the model", kMaximalExtent);
  if (!hidden) return tl::unexpected(hidden.error());
  const Expected<std::int64_t> intermediate =
      required(config, architecture.intermediate, "the width of one expert", kMaximalExtent);
  if (!intermediate) return tl::unexpected(intermediate.error());
  const Expected<std::int64_t> experts =
      required(config, architecture.experts, "how many experts a layer has", kMaximalExperts);
  if (!experts) return tl::unexpected(experts.error());
  const Expected<std::int64_t> top_k = required(
      config, "num_experts_per_tok", "how many experts run for a token", kMaximalExperts);
  if (!top_k) return tl::unexpected(top_k.error());
  if (*top_k > *experts) {
    return config.find("num_experts_per_tok")
        ->error(fmt::format("{} experts a token contradict $.{}: {}", *top_k, architecture.experts,
                            *experts));
  }
  // gpt-oss has both names.
  if (const std::optional<Json> other = config.find("experts_per_token")) {
    const Expected<std::int64_t> value = other->integer();
    if (!value) return tl::unexpected(value.error());
    if (*value != *top_k) {
      return other->error(
          fmt::format("{} contradicts $.num_experts_per_tok: {}", *value, *top_k));
    }
  }
  return kernels::Shape{*hidden, *intermediate, *experts, *top_k};
}

Expected<void> check_activation(const Json& config, const Architecture& architecture) {
  if (Expected<void> checked = require_text(config, "hidden_act", "silu"); !checked) return checked;
  if (architecture.activation != kernels::Activation::swigluoai) return {};
  const std::optional<Json> limit = config.find("swiglu_limit");
  if (!limit) return {};
  const Expected<double> value = limit->number();
  if (!value) return tl::unexpected(value.error());
  if (*value != static_cast<double>(kernels::kSwigluLimit)) {
    return limit->error(fmt::format("{} is not supported; gpt-oss's kernels clamp at {}", *value,
                                    kernels::kSwigluLimit));
  }
  return {};
}

Expected<void> read_groups(const Json& config, const kernels::Shape& shape,
                           kernels::Router& router) {
  if (Expected<void> checked = require_text(config, "scoring_func", "sigmoid"); !checked) {
    return checked;
  }
  if (Expected<void> checked = require_text(config, "topk_method", "noaux_tc"); !checked) {
    return checked;
  }
  const Expected<std::int64_t> groups = optional(config, "n_group", 8, 1, shape.experts);
  if (!groups) return tl::unexpected(groups.error());
  if (shape.experts % *groups != 0 || (*groups > 1 && shape.experts / *groups < 2)) {
    return config.error_at("n_group",
                           fmt::format("{} groups (8 where it is missing) contradict "
                                       "$.n_routed_experts: {}; a group has the same number of "
                                       "experts, 2 or more",
                                       *groups, shape.experts));
  }
  const Expected<std::int64_t> top_groups =
      optional(config, "topk_group", std::min<std::int64_t>(4, *groups), 1, *groups);
  if (!top_groups) return tl::unexpected(top_groups.error());
  if (*top_groups * (shape.experts / *groups) < shape.top_k) {
    return config.error_at("topk_group",
                           fmt::format("{} groups of {} experts are too few for "
                                       "$.num_experts_per_tok: {}",
                                       *top_groups, shape.experts / *groups, shape.top_k));
  }
  router.groups = *groups;
  router.top_groups = *top_groups;
  if (const std::optional<Json> scaling = config.find("routed_scaling_factor")) {
    const Expected<double> value = scaling->number();
    if (!value) return tl::unexpected(value.error());
    if (!(*value > 0 && *value <= 1e6)) {
      return scaling->error(fmt::format("{} is outside of 0 .. 1e6", *value));
    }
    router.scaling_factor = static_cast<float>(*value);
  } else {
    router.scaling_factor = 2.5f;
  }
  return {};
}

Expected<kernels::Router> read_router(const Json& config, const Architecture& architecture,
                                      const kernels::Shape& shape) {
  kernels::Router router;
  router.kind = architecture.routing;
  switch (architecture.routing) {
    case Kind::softmax_of_top_k: return router;
    case Kind::top_k_of_softmax: {
      // Mixtral always does, and has no such field; the qwens' own default is false.
      const Expected<bool> flag =
          optional_flag(config, "norm_topk_prob", architecture.model_type == "mixtral");
      if (!flag) return tl::unexpected(flag.error());
      router.renormalise = *flag;
      return router;
    }
    case Kind::sigmoid_grouped: {
      const Expected<bool> flag = optional_flag(config, "norm_topk_prob", true);
      if (!flag) return tl::unexpected(flag.error());
      router.renormalise = *flag;
      if (Expected<void> read = read_groups(config, shape, router); !read) {
        return tl::unexpected(read.error());
      }
      return router;
    }
  }
  return router;
}

// The indices of the layers that have experts.
Expected<std::vector<std::int64_t>> moe_indices(const Json& config, std::int64_t layers,
                                                std::string_view model_type) {
  std::int64_t first = 0;
  std::int64_t step = 1;
  std::int64_t remainder = 0;
  std::set<std::int64_t> dense;
  if (model_type == "deepseek_v3") {
    const Expected<std::int64_t> replaced =
        optional(config, "first_k_dense_replace", 3, 0, kMaximalLayers);
    if (!replaced) return tl::unexpected(replaced.error());
    const Expected<std::int64_t> frequency = optional(config, "moe_layer_freq", 1, 1, layers);
    if (!frequency) return tl::unexpected(frequency.error());
    first = *replaced;
    step = *frequency;
  } else if (model_type == "qwen2_moe" || model_type == "qwen3_moe") {
    const Expected<std::int64_t> sparse = optional(config, "decoder_sparse_step", 1, 1,
                                                   kMaximalLayers);
    if (!sparse) return tl::unexpected(sparse.error());
    step = *sparse;
    remainder = step - 1;  // every step-th layer, counted from 1
    if (const std::optional<Json> list = config.find("mlp_only_layers")) {
      const auto elements = list->elements();
      if (!elements) return tl::unexpected(elements.error());
      for (const Json& element : *elements) {
        const Expected<std::int64_t> index = in_range(element, 0, kMaximalLayers);
        if (!index) return tl::unexpected(index.error());
        dense.insert(*index);
      }
    }
  }
  std::vector<std::int64_t> result;
  for (std::int64_t layer = first; layer < layers; ++layer) {
    if (layer % step == remainder && dense.count(layer) == 0) result.push_back(layer);
  }
  return result;
}

Expected<ModuleQuantisation> layer_quantisation(Quantisation& quantisation, const Json& config,
                                                const Architecture& architecture,
                                                std::int64_t layer, std::int64_t experts) {
  const std::string module = experts_module(architecture, layer);
  std::optional<ModuleQuantisation> first;
  std::string first_module;
  for (std::int64_t expert = 0; expert < experts; ++expert) {
    for (const std::string_view projection :
         {architecture.gate, architecture.up, architecture.down}) {
      const std::string name = fmt::format("{}.{}.{}", module, expert, projection);
      Expected<ModuleQuantisation> found = quantisation.of(name, module);
      if (!found) {
        return fail(fmt::format("{} (for `{}`)", found.error().message, name));
      }
      if (!first) {
        first = std::move(*found);
        first_module = name;
      } else if (!first->same_as(*found)) {
        return config.error_at("quantization_config", fmt::format(
            "one layer's experts differ: `{}` by {}, `{}` by {}; a fused layer needs one scheme",
            first_module, first->decided_by, name, found->decided_by));
      }
    }
  }
  return *first;
}

Expected<void> check_blocks(const Json& config, const ModelDescription& model) {
  const auto whole = [&](std::string_view key, std::int64_t value) -> Expected<void> {
    if (value % 32 == 0) return {};
    return config.find(key)->error(fmt::format(
        "{} is not a multiple of 32, the block size of the MX formats", value));
  };
  if (Expected<void> checked = whole("hidden_size", model.shape.hidden); !checked) return checked;
  return whole(model.architecture->intermediate, model.shape.intermediate);
}

Expected<const Architecture*> read_architecture(const Json& config) {
  const Expected<Json> type = config.at("model_type", "which kind of model it is");
  if (!type) return tl::unexpected(type.error());
  const Expected<std::string> name = type->string();
  if (!name) return tl::unexpected(name.error());
  if (const Architecture* found = find_architecture(*name)) return found;
  std::string known;
  for (const Architecture& architecture : architectures()) {
    known += fmt::format("{}{}", known.empty() ? "" : ", ", architecture.model_type);
  }
  return type->error(fmt::format("\"{}\" is not supported; {} are", *name, known));
}

}  // namespace

const MoeLayer* ModelDescription::find_layer(std::int64_t index) const {
  const auto found = std::find_if(moe_layers.begin(), moe_layers.end(),
                                  [&](const MoeLayer& layer) { return layer.index == index; });
  return found == moe_layers.end() ? nullptr : &*found;
}

Expected<ModelDescription> parse_model(std::string_view text, std::string where) {
  const Expected<JsonDocument> document = JsonDocument::parse(text, where);
  if (!document) return tl::unexpected(document.error());
  const Json config = document->root();
  ModelDescription model;
  model.where = std::move(where);
  const Expected<const Architecture*> architecture = read_architecture(config);
  if (!architecture) return tl::unexpected(architecture.error());
  model.architecture = *architecture;
  const Expected<std::int64_t> layers =
      required(config, "num_hidden_layers", "how many layers the model has", kMaximalLayers);
  if (!layers) return tl::unexpected(layers.error());
  model.layers = *layers;
  const Expected<kernels::Shape> shape = read_shape(config, *model.architecture);
  if (!shape) return tl::unexpected(shape.error());
  model.shape = *shape;
  if (Expected<void> checked = check_activation(config, *model.architecture); !checked) {
    return tl::unexpected(checked.error());
  }
  const Expected<kernels::Router> router = read_router(config, *model.architecture, model.shape);
  if (!router) return tl::unexpected(router.error());
  model.router = *router;

  Expected<Quantisation> quantisation = Quantisation::parse(config);
  if (!quantisation) return tl::unexpected(quantisation.error());
  model.container = quantisation->container();
  if (model.container == Container::mxfp4 && model.architecture->model_type != "gpt_oss") {
    return config.find("quantization_config")->error_at(
        "quant_method",
        fmt::format("\"mxfp4\" contradicts $.model_type: "
                    "\"{}\"; it is the format of gpt_oss checkpoints",
                    model.architecture->model_type));
  }
  const auto indices = moe_indices(config, model.layers, model.architecture->model_type);
  if (!indices) return tl::unexpected(indices.error());
  if (static_cast<std::int64_t>(indices->size()) * model.shape.experts > kMaximalExpertsOfModel) {
    return config.error_at(model.architecture->experts,
                           fmt::format("{} experts in {} layers are more than the {} that are "
                                       "supported",
                                       model.shape.experts, indices->size(),
                                       kMaximalExpertsOfModel));
  }
  bool quantised = false;
  for (const std::int64_t index : *indices) {
    Expected<ModuleQuantisation> found = layer_quantisation(
        *quantisation, config, *model.architecture, index, model.shape.experts);
    if (!found) return tl::unexpected(found.error());
    quantised = quantised || found->scheme.has_value();
    model.moe_layers.push_back({index, std::move(*found)});
  }
  if (quantised) {
    if (Expected<void> checked = check_blocks(config, model); !checked) {
      return tl::unexpected(checked.error());
    }
  }
  return model;
}

Expected<ModelDescription> open_model(const std::string& folder) {
  const std::string path = (std::filesystem::path(folder) / "config.json").string();
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    return fail(fmt::format("{} is not a folder; name the folder of a model, the one with its "
                            "config.json",
                            folder));
  }
  const Expected<std::string> text = read_text(path, kMaximalConfigBytes);
  if (!text) return tl::unexpected(text.error());
  return parse_model(*text, path);
}

}  // namespace switchyard::checkpoint
