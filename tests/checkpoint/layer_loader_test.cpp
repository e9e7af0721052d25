#include "runtime/checkpoint/layer_loader.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "kernels/mx/block.h"
#include "runtime/checkpoint/make_model.h"
#include "runtime/checkpoint/safetensors_writer.h"
#include "runtime/checkpoint/weights.h"
#include "tests/checkpoint/scratch_folder.h"

namespace switchyard::checkpoint {
namespace {

using Catch::Matchers::Contains;
using kernels::Scheme;

ModelRecipe recipe(std::string_view model_type, Scheme scheme) {
  ModelRecipe result;
  result.architecture = find_architecture(model_type);
  result.scheme = scheme;
  result.shape = {.hidden = 64, .intermediate = 96, .experts = 4, .top_k = 2};
  result.layers = 2;
  result.replace = true;
  return result;
}

Expected<LoadedLayer> load(const ScratchFolder& folder, std::int64_t layer) {
  const auto model = open_model(folder.path());
  INFO((model ? std::string() : model.error().message));
  REQUIRE(model);
  auto store = TensorStore::open(folder.path());
  REQUIRE(store);
  return load_layer(*model, std::make_shared<TensorStore>(std::move(*store)), layer);
}

float decode(kernels::WeightFormat format, const kernels::MxMatrix& matrix, std::int64_t row,
             std::int64_t column, std::int64_t columns) {
  const auto r = static_cast<std::size_t>(row) * matrix.row_step;
  const auto width = static_cast<std::size_t>(columns);
  const auto c = static_cast<std::size_t>(column);
  const std::uint8_t* elements =
      matrix.elements + r * width * static_cast<std::size_t>(bits_of(format)) / 8;
  const std::uint8_t scale = matrix.scales[r * width / 32 + c / 32];
  namespace mx = kernels::mx;
  switch (format) {
    case kernels::WeightFormat::mxfp4:
      return mx::dequantise<mx::Fp4E2M1>(mx::load_code<mx::Fp4E2M1>(elements, c), scale);
    case kernels::WeightFormat::mxfp6_e3m2:
      return mx::dequantise<mx::Fp6E3M2>(mx::load_code<mx::Fp6E3M2>(elements, c), scale);
    case kernels::WeightFormat::mxfp6_e2m3:
      return mx::dequantise<mx::Fp6E2M3>(mx::load_code<mx::Fp6E2M3>(elements, c), scale);
  }
  return 0;
}

// The matrix is what fill_row gives for `name`, from row `first` on, every `step`-th, to the
// precision of the format: half a unit of a block's largest element.
void check_matrix(kernels::WeightFormat format, const kernels::MxMatrix& matrix,
                  const std::string& name, std::int64_t first, std::int64_t step,
                  std::int64_t rows, std::int64_t columns) {
  const float ulp = format == kernels::WeightFormat::mxfp4        ? 0.25f
                    : format == kernels::WeightFormat::mxfp6_e3m2 ? 0.125f
                                                                  : 0.0625f;
  std::vector<float> row(static_cast<std::size_t>(columns));
  for (std::int64_t r = 0; r < rows; ++r) {
    fill_row(1, name, first + r * step, 1.0f / std::sqrt(static_cast<float>(columns)), row);
    for (std::int64_t c = 0; c < columns; ++c) {
      float largest = 0;
      for (std::int64_t i = c / 32 * 32; i < c / 32 * 32 + 32; ++i) {
        largest = std::max(largest, std::abs(row[static_cast<std::size_t>(i)]));
      }
      const float wanted = row[static_cast<std::size_t>(c)];
      const float found = decode(format, matrix, r, c, columns);
      if (!(std::abs(found - wanted) <= ulp * largest)) {
        FAIL(name << " [" << r << ", " << c << "]: " << found << " instead of " << wanted);
      }
    }
  }
}

TEST_CASE("every model type and scheme in Quark's layout loads its own weights") {
  const ScratchFolder folder;
  for (const Architecture& architecture : architectures()) {
    for (const kernels::SchemeInfo& scheme : kernels::kSchemes) {
      CAPTURE(architecture.model_type, scheme.name);
      REQUIRE(make_model(recipe(architecture.model_type, scheme.scheme), folder.path()));
      const auto layer = load(folder, 1);
      INFO((layer ? std::string() : layer.error().message));
      REQUIRE(layer);
      REQUIRE(kernels::validate(layer->config));
      REQUIRE(kernels::validate(layer->config, layer->weights));
      REQUIRE(layer->weights.experts.size() == 4);
      const std::string expert = experts_module(architecture, 1) + ".3.";
      const kernels::ExpertWeights& last = layer->weights.experts[3];
      const bool fused = architecture.gate == architecture.up;
      check_matrix(scheme.weight, last.gate, expert + std::string(architecture.gate), 0,
                   fused ? 2 : 1, 96, 64);
      check_matrix(scheme.weight, last.up, expert + std::string(architecture.up), fused ? 1 : 0,
                   fused ? 2 : 1, 96, 64);
      check_matrix(scheme.weight, last.down, expert + std::string(architecture.down), 0, 1, 64, 96);
      const bool scaled = scheme.activation == kernels::ActivationFormat::fp8;
      CHECK((layer->weights.input_scale > 0) == scaled);
      CHECK((layer->weights.hidden_scale > 0) == scaled);
      CHECK(kernels::present(layer->weights.router));
      CHECK(kernels::present(layer->weights.router_bias) == architecture.biases);
      CHECK(kernels::present(last.down.bias) == architecture.biases);
      CHECK(kernels::present(layer->weights.correction_bias) ==
            (architecture.model_type == "deepseek_v3"));
      CHECK(layer->bytes > 0);
    }
  }
}

TEST_CASE("gpt-oss's own layout, from shards") {
  const ScratchFolder folder;
  ModelRecipe wanted = recipe("gpt_oss", Scheme::w_mxfp4);
  wanted.container = Container::mxfp4;
  wanted.shards = 3;
  REQUIRE(make_model(wanted, folder.path()));
  const auto layer = load(folder, 0);
  INFO((layer ? std::string() : layer.error().message));
  REQUIRE(layer);
  REQUIRE(kernels::validate(layer->config, layer->weights));
  const std::string experts = "model.layers.0.mlp.experts";
  // Expert 2's rows start at 2 * 192 of the fused tensor; gate and up rows alternate.
  const kernels::ExpertWeights& expert = layer->weights.experts[2];
  const auto format = kernels::WeightFormat::mxfp4;
  check_matrix(format, expert.gate, experts + ".gate_up_proj", 2 * 192, 2, 96, 64);
  check_matrix(format, expert.up, experts + ".gate_up_proj", 2 * 192 + 1, 2, 96, 64);
  check_matrix(format, expert.down, experts + ".down_proj", 2 * 64, 1, 64, 96);
  std::vector<float> bias(192);
  fill_row(1, experts + ".gate_up_proj_bias", 2, 0.1f, bias);
  CHECK(kernels::value_at(expert.up.bias, 3 * expert.up.row_step) ==
        kernels::mx::to_float(kernels::mx::to_bf16(bias[7])));
}

TEST_CASE("layers that cannot be loaded") {
  const ScratchFolder folder;
  REQUIRE(make_model(recipe("deepseek_v3", Scheme::w_mxfp4), folder.path()));
  CHECK_THAT(load(folder, 2).error().message, Contains("there is no layer 2; the model has"));
  CHECK_THAT(load(folder, -1).error().message, Contains("there is no layer -1"));
  CHECK_THAT(load(folder, 0).error().message,
             Contains("layer 0 is dense") && Contains("lie from 1 to 1"));
  auto config = nlohmann::json::parse(folder.read("config.json"));
  config["quantization_config"]["exclude"] = {"*experts*"};
  folder.write("config.json", config.dump());
  CHECK_THAT(load(folder, 1).error().message,
             Contains("layer 1 is not quantised (by $.quantization_config.exclude[0])"));

  REQUIRE(make_model(recipe("qwen3_moe", Scheme::w_mxfp4_a_fp8), folder.path()));
  config = nlohmann::json::parse(folder.read("config.json"));
  config["quantization_config"]["global_quant_config"]["input_tensors"]["is_dynamic"] = true;
  folder.write("config.json", config.dump());
  CHECK_THAT(load(folder, 1).error().message,
             Contains("input_tensors.is_dynamic") && Contains("no kernel runs"));
}

// A Mixtral of one layer and one expert, with one tensor changed or left out.
Expected<LoadedLayer> load_changed(const std::string& name, Dtype dtype,
                                   std::vector<std::int64_t> shape, bool leave_out = false,
                                   float value = 1.0f) {
  const ScratchFolder folder;
  ModelRecipe wanted = recipe("mixtral", Scheme::w_mxfp4_a_fp8);
  wanted.layers = 1;
  wanted.shape = {.hidden = 64, .intermediate = 32, .experts = 1, .top_k = 1};
  REQUIRE(make_model(wanted, folder.path()));
  const auto file = SafetensorsFile::open(folder.file("model.safetensors"));
  REQUIRE(file);
  REQUIRE(file->find(name) != nullptr);
  std::vector<TensorSource> tensors;
  for (const TensorEntry& entry : file->tensors()) {
    const TensorView view = file->view(entry);
    if (entry.name == name && leave_out) continue;
    if (entry.name == name) {
      tensors.push_back({name, dtype, shape, [value](std::span<std::byte> bytes) {
                           for (std::size_t i = 0; i + 4 <= bytes.size(); i += 4) {
                             std::memcpy(bytes.data() + i, &value, 4);
                           }
                         }});
      continue;
    }
    tensors.push_back({entry.name, entry.dtype, entry.shape, [view](std::span<std::byte> bytes) {
                         std::copy(view.bytes.begin(), view.bytes.end(), bytes.begin());
                       }});
  }
  REQUIRE(write_safetensors(folder.file("changed"), tensors));
  std::filesystem::rename(folder.file("changed"), folder.file("model.safetensors"));
  return load(folder, 0);
}

TEST_CASE("tensors that are missing or wrong are named, with their file") {
  const std::string w1 = "model.layers.0.block_sparse_moe.experts.0.w1";
  const std::string gate = "model.layers.0.block_sparse_moe.gate.weight";
  REQUIRE(load_changed(w1 + ".weight", Dtype::u8, {32, 32}));
  for (const std::string& name :
       {w1 + ".weight", w1 + ".weight_scale", w1 + ".input_scale", gate}) {
    CHECK_THAT(load_changed(name, Dtype::u8, {}, true).error().message,
               Contains("tensor `" + name + "` is not in") && Contains("model.safetensors"));
  }
  CHECK_THAT(load_changed(w1 + ".weight", Dtype::bf16, {32, 32}).error().message,
             Contains("tensor `" + w1 + ".weight` in") && Contains("model.safetensors") &&
                 Contains("has type BF16, but U8 is expected"));
  CHECK_THAT(load_changed(w1 + ".weight", Dtype::u8, {32, 48}).error().message,
             Contains("has shape [32, 48], but [32, 32] is expected"));
  CHECK_THAT(load_changed(w1 + ".weight_scale", Dtype::u8, {32}).error().message,
             Contains("has shape [32], but [32, 2] is expected"));
  CHECK_THAT(load_changed(gate, Dtype::i32, {1, 64}).error().message,
             Contains("has type I32, but BF16, F16 or F32 is expected"));
  CHECK_THAT(load_changed(w1 + ".input_scale", Dtype::f32, {2}).error().message,
             Contains("has shape [2], but [] is expected"));
  CHECK_THAT(load_changed(w1 + ".input_scale", Dtype::f32, {}, false, -1.0f).error().message,
             Contains("is -1; a scale is positive and finite"));
  CHECK(load_changed(w1 + ".weight_scale", Dtype::f8_e8m0, {32, 2}));
}

TEST_CASE("a router in F32 or F16, aligned or not, gives its values") {
  const std::string gate = "model.layers.0.block_sparse_moe.gate.weight";
  const auto wide = load_changed(gate, Dtype::f32, {1, 64}, false, 0.375f);
  REQUIRE(wide);
  CHECK(kernels::value_at(wide->weights.router, 63) == 0.375f);
  // Two binary16 a float of bits 0x3C003C00: 1 and 1.
  const auto half = load_changed(gate, Dtype::f16, {1, 64}, false, 0.007826805114746094f);
  REQUIRE(half);
  CHECK(kernels::value_at(half->weights.router, 0) == 1.0f);
}

TEST_CASE("a dense layer names the members that make it one") {
  const ScratchFolder folder;
  ModelRecipe deepseek = recipe("deepseek_v3", Scheme::w_mxfp4);
  REQUIRE(make_model(deepseek, folder.path()));
  nlohmann::json config = nlohmann::json::parse(folder.read("config.json"));
  config.erase("first_k_dense_replace");
  folder.write("config.json", config.dump());
  const auto layer = load(folder, 1);
  REQUIRE_FALSE(layer);
  CHECK_THAT(layer.error().message, Contains("layer 1 is dense") &&
                                        Contains("$.first_k_dense_replace (3 where it is missing)"));
}

}  // namespace
}  // namespace switchyard::checkpoint
