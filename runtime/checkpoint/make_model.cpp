#include "runtime/checkpoint/make_model.h"

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>
#include <vector>

#include "runtime/checkpoint/safetensors_writer.h"
#include "runtime/checkpoint/text_file.h"
#include "runtime/checkpoint/tiny_model.h"
#include "runtime/checkpoint/weights.h"

namespace switchyard::checkpoint {
namespace {

namespace fs = std::filesystem;
using kernels::WeightFormat;

// Lists the tensors of a model, in the order of its layers.
class Builder {
 public:
  explicit Builder(const ModelRecipe& recipe) : recipe_(recipe) {}

  std::vector<TensorSource> take() { return std::move(tensors_); }

  // bf16, rows of the last extent.
  void dense(std::string name, std::vector<std::int64_t> shape, float deviation = 0) {
    const std::int64_t columns = shape.back();
    if (deviation == 0) deviation = 1.0f / std::sqrt(static_cast<float>(columns));
    add(name, Dtype::bf16, std::move(shape), [=, seed = recipe_.seed](std::span<std::byte> bytes) {
      std::vector<float> row(static_cast<std::size_t>(columns));
      const std::size_t step = row.size() * 2;
      for (std::size_t r = 0; r * step < bytes.size(); ++r) {
        fill_row(seed, name, static_cast<std::int64_t>(r), deviation, row);
        store_bf16(row, bytes.subspan(r * step, step));
      }
    });
  }

  // A norm's weights: ones.
  void norm(std::string name, std::int64_t width) {
    add(std::move(name), Dtype::bf16, {width}, [](std::span<std::byte> bytes) {
      const std::vector<float> ones(bytes.size() / 2, 1.0f);
      store_bf16(ones, bytes);
    });
  }

  // `module`'s MX matrices: `count` of [rows, columns] one behind the other, as two tensors of the
  // given names and shapes.
  void mx(const std::string& module, WeightFormat format, std::int64_t columns,
          const std::string& elements_name, std::vector<std::int64_t> elements_shape,
          const std::string& scales_name, std::vector<std::int64_t> scales_shape) {
    const auto fill = [=, seed = recipe_.seed](std::span<std::byte> bytes, bool want_scales) {
      const auto width = static_cast<std::size_t>(columns);
      std::vector<float> row(width);
      std::vector<std::uint8_t> elements(width * static_cast<std::size_t>(bits_of(format)) / 8);
      std::vector<std::uint8_t> scales(width / 32);
      const std::vector<std::uint8_t>& wanted = want_scales ? scales : elements;
      const float deviation = 1.0f / std::sqrt(static_cast<float>(columns));
      for (std::size_t r = 0; r * wanted.size() < bytes.size(); ++r) {
        fill_row(seed, module, static_cast<std::int64_t>(r), deviation, row);
        quantise(format, row, elements, scales);
        std::memcpy(bytes.data() + r * wanted.size(), wanted.data(), wanted.size());
      }
    };
    add(elements_name, Dtype::u8, std::move(elements_shape),
        [fill](std::span<std::byte> bytes) { fill(bytes, false); });
    add(scales_name, Dtype::u8, std::move(scales_shape),
        [fill](std::span<std::byte> bytes) { fill(bytes, true); });
  }

  // A static scale of e4m3: the magnitude at which calibration saw activations end, over 448.
  void input_scale(const std::string& module) {
    add(module + ".input_scale", Dtype::f32, {},
        [=, seed = recipe_.seed](std::span<std::byte> out) {
          float deviate = 0;
          fill_row(seed, module + ".input_scale", 0, 0.5f, {&deviate, 1});
          const float scale = (12.0f + std::abs(deviate)) / 448.0f;
          std::memcpy(out.data(), &scale, sizeof scale);
        });
  }

 private:
  void add(std::string name, Dtype dtype, std::vector<std::int64_t> shape,
           std::function<void(std::span<std::byte>)> fill) {
    tensors_.push_back({std::move(name), dtype, std::move(shape), std::move(fill)});
  }

  const ModelRecipe& recipe_;
  std::vector<TensorSource> tensors_;
};

void add_attention(Builder& builder, const ModelRecipe& recipe, const std::string& layer) {
  const std::int64_t hidden = recipe.shape.hidden;
  const std::string attention = layer + ".self_attn.";
  const std::int64_t width = kHeads * kHeadSize;
  if (recipe.architecture->model_type == "deepseek_v3") {
    builder.dense(attention + "q_a_proj.weight", {kLatent, hidden});
    builder.norm(attention + "q_a_layernorm.weight", kLatent);
    builder.dense(attention + "q_b_proj.weight", {2 * width, kLatent});
    builder.dense(attention + "kv_a_proj_with_mqa.weight", {kLatent + kHeadSize, hidden});
    builder.norm(attention + "kv_a_layernorm.weight", kLatent);
    builder.dense(attention + "kv_b_proj.weight", {2 * width, kLatent});
    builder.dense(attention + "o_proj.weight", {hidden, width});
    return;
  }
  const bool biased = recipe.architecture->biases || recipe.architecture->model_type == "qwen2_moe";
  for (const std::string_view name : {"q_proj", "k_proj", "v_proj"}) {
    builder.dense(fmt::format("{}{}.weight", attention, name), {width, hidden});
    if (biased) builder.dense(fmt::format("{}{}.bias", attention, name), {width}, 0.1f);
  }
  builder.dense(attention + "o_proj.weight", {hidden, width});
  if (recipe.architecture->biases) {
    builder.dense(attention + "o_proj.bias", {hidden}, 0.1f);
    builder.dense(attention + "sinks", {kHeads}, 1.0f);
  }
  if (recipe.architecture->model_type == "qwen3_moe") {
    builder.norm(attention + "q_norm.weight", kHeadSize);
    builder.norm(attention + "k_norm.weight", kHeadSize);
  }
}

void add_mlp(Builder& builder, const std::string& module, std::int64_t hidden,
             std::int64_t intermediate) {
  builder.dense(module + ".gate_proj.weight", {intermediate, hidden});
  builder.dense(module + ".up_proj.weight", {intermediate, hidden});
  builder.dense(module + ".down_proj.weight", {hidden, intermediate});
}

void add_quark_matrix(Builder& builder, const Architecture& architecture, const std::string& module,
                      kernels::Scheme scheme, std::int64_t rows, std::int64_t columns) {
  const WeightFormat format = info(scheme).weight;
  builder.mx(module, format, columns, module + ".weight", {rows, columns * bits_of(format) / 8},
             module + ".weight_scale", {rows, columns / 32});
  if (architecture.biases) builder.dense(module + ".bias", {rows}, 0.1f);
  if (info(scheme).activation == kernels::ActivationFormat::fp8) builder.input_scale(module);
}

void add_experts(Builder& builder, const ModelRecipe& recipe, std::int64_t layer) {
  const Architecture& architecture = *recipe.architecture;
  const kernels::Shape& shape = recipe.shape;
  const std::string experts = experts_module(architecture, layer);
  if (recipe.container == Container::mxfp4) {
    const auto fused = [&](const std::string& name, std::int64_t rows, std::int64_t columns) {
      builder.mx(name, WeightFormat::mxfp4, columns, name + "_blocks",
                 {shape.experts, rows, columns / 32, 16}, name + "_scales",
                 {shape.experts, rows, columns / 32});
      builder.dense(name + "_bias", {shape.experts, rows}, 0.1f);
    };
    fused(experts + ".gate_up_proj", 2 * shape.intermediate, shape.hidden);
    fused(experts + ".down_proj", shape.hidden, shape.intermediate);
    return;
  }
  const auto found = recipe.layer_schemes.find(layer);
  const kernels::Scheme scheme =
      found == recipe.layer_schemes.end() ? recipe.scheme : found->second;
  for (std::int64_t e = 0; e < shape.experts; ++e) {
    const std::string expert = fmt::format("{}.{}.", experts, e);
    if (architecture.gate == architecture.up) {
      add_quark_matrix(builder, architecture, expert + std::string(architecture.gate), scheme,
                       2 * shape.intermediate, shape.hidden);
    } else {
      add_quark_matrix(builder, architecture, expert + std::string(architecture.gate), scheme,
                       shape.intermediate, shape.hidden);
      add_quark_matrix(builder, architecture, expert + std::string(architecture.up), scheme,
                       shape.intermediate, shape.hidden);
    }
    add_quark_matrix(builder, architecture, expert + std::string(architecture.down), scheme,
                     shape.hidden, shape.intermediate);
  }
}

void add_moe(Builder& builder, const ModelRecipe& recipe, std::int64_t layer) {
  const Architecture& architecture = *recipe.architecture;
  const kernels::Shape& shape = recipe.shape;
  const std::string router = router_module(architecture, layer);
  builder.dense(router + ".weight", {shape.experts, shape.hidden});
  if (architecture.biases) builder.dense(router + ".bias", {shape.experts}, 0.1f);
  const std::string block = fmt::format("model.layers.{}.{}", layer, architecture.block);
  if (architecture.model_type == "deepseek_v3") {
    builder.dense(router + ".e_score_correction_bias", {shape.experts}, 0.05f);
    add_mlp(builder, block + ".shared_experts", shape.hidden, shape.intermediate);
  }
  if (architecture.model_type == "qwen2_moe") {
    add_mlp(builder, block + ".shared_expert", shape.hidden, shape.intermediate);
    builder.dense(block + ".shared_expert_gate.weight", {1, shape.hidden});
  }
  add_experts(builder, recipe, layer);
}

std::vector<TensorSource> list_tensors(const ModelRecipe& recipe) {
  Builder builder(recipe);
  const std::int64_t hidden = recipe.shape.hidden;
  builder.dense("model.embed_tokens.weight", {kVocabulary, hidden});
  for (std::int64_t layer = 0; layer < recipe.layers; ++layer) {
    const std::string module = fmt::format("model.layers.{}", layer);
    builder.norm(module + ".input_layernorm.weight", hidden);
    add_attention(builder, recipe, module);
    builder.norm(module + ".post_attention_layernorm.weight", hidden);
    if (layer < dense_layers(recipe)) {
      add_mlp(builder, module + ".mlp", hidden, 4 * recipe.shape.intermediate);
    } else {
      add_moe(builder, recipe, layer);
    }
  }
  builder.norm("model.norm.weight", hidden);
  builder.dense("lm_head.weight", {kVocabulary, hidden});
  return builder.take();
}

// Removes the files of a model: config.json first, so that the folder never looks complete.
void remove_model(const fs::path& folder) {
  std::error_code ignored;
  fs::remove(folder / "config.json", ignored);
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("model") && name.find(".safetensors") != std::string::npos) {
      fs::remove(entry.path(), ignored);
    }
  }
}

Expected<void> write_shards(const fs::path& folder, std::vector<TensorSource> tensors,
                            std::int64_t shards, std::uint64_t bytes) {
  if (shards == 1) return write_safetensors((folder / "model.safetensors").string(), tensors);
  nlohmann::ordered_json map = nlohmann::ordered_json::object();
  std::size_t next = 0;
  std::uint64_t written = 0;
  for (std::int64_t shard = 0; shard < shards; ++shard) {
    const std::string name =
        fmt::format("model-{:05}-of-{:05}.safetensors", shard + 1, shards);
    const std::uint64_t target =
        bytes / static_cast<std::uint64_t>(shards) * static_cast<std::uint64_t>(shard + 1);
    const std::size_t left = static_cast<std::size_t>(shards - shard - 1);
    std::vector<TensorSource> part;
    while (next < tensors.size() && (part.empty() || shard + 1 == shards || written < target) &&
           (part.empty() || tensors.size() - next > left)) {
      written += tensors[next].bytes();
      map[tensors[next].name] = name;
      part.push_back(std::move(tensors[next++]));
    }
    if (Expected<void> done = write_safetensors((folder / name).string(), part); !done) return done;
  }
  const nlohmann::ordered_json index = {{"metadata", {{"total_size", bytes}}},
                                        {"weight_map", map}};
  return replace_file((folder / "model.safetensors.index.json").string(), index.dump(2) + "\n");
}

}  // namespace

Expected<void> check(const ModelRecipe& recipe) {
  const kernels::Shape& shape = recipe.shape;
  const auto between = [](std::string_view name, std::int64_t value, std::int64_t low,
                          std::int64_t high) -> Expected<void> {
    if (value >= low && value <= high) return {};
    return fail(fmt::format("{} {} is outside of {} .. {}", name, value, low, high));
  };
  const auto blocks = [](std::string_view name, std::int64_t value) -> Expected<void> {
    if (value % 32 == 0) return {};
    return fail(fmt::format("{} {} is not a multiple of 32, the block size of the MX formats", name,
                            value));
  };
  for (Expected<void> checked :
       {between("hidden", shape.hidden, 32, 65'536),
        between("intermediate", shape.intermediate, 32, 65'536), blocks("hidden", shape.hidden),
        blocks("intermediate", shape.intermediate), between("experts", shape.experts, 1, 1024),
        between("top-k", shape.top_k, 1, shape.experts), between("layers", recipe.layers, 1, 256),
        between("shards", recipe.shards, 1, 64)}) {
    if (!checked) return checked;
  }
  if (recipe.container == Container::mxfp4 &&
      (recipe.architecture->model_type != "gpt_oss" || recipe.scheme != kernels::Scheme::w_mxfp4 ||
       !recipe.layer_schemes.empty())) {
    return fail("the gpt-oss layout holds w_mxfp4 and nothing else, in gpt_oss models only; use the "
                "quark layout");
  }
  for (const auto& [layer, scheme] : recipe.layer_schemes) {
    if (Expected<void> checked =
            between("layer", layer, dense_layers(recipe), recipe.layers - 1);
        !checked) {
      return checked;
    }
  }
  return {};
}

Expected<MadeModel> make_model(const ModelRecipe& recipe, const std::string& folder) {
  if (Expected<void> checked = check(recipe); !checked) return tl::unexpected(checked.error());
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return fail(fmt::format("cannot make folder {}: {}", folder, error.message()));
  if (fs::exists(fs::path(folder) / "config.json", error)) {
    if (!recipe.replace) {
      return fail(fmt::format("{} already has a model; choose another folder, or replace it with "
                              "--force",
                              folder));
    }
    remove_model(folder);
  }
  std::vector<TensorSource> tensors = list_tensors(recipe);
  MadeModel made;
  made.tensors = tensors.size();
  made.files = static_cast<std::size_t>(recipe.shards) + (recipe.shards > 1 ? 2 : 1);
  for (const TensorSource& tensor : tensors) made.bytes += tensor.bytes();
  if (Expected<void> written = write_shards(folder, std::move(tensors), recipe.shards, made.bytes);
      !written) {
    return tl::unexpected(written.error());
  }
  if (Expected<void> written =
          replace_file((fs::path(folder) / "config.json").string(), config_text(recipe));
      !written) {
    return tl::unexpected(written.error());
  }
  return made;
}

}  // namespace switchyard::checkpoint
