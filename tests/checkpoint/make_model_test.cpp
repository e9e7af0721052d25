#include "runtime/checkpoint/make_model.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <set>

#include "runtime/checkpoint/tensor_store.h"
#include "tests/checkpoint/scratch_folder.h"

namespace switchyard::checkpoint {
namespace {

using Catch::Matchers::Contains;
using kernels::Scheme;

ModelRecipe recipe(std::string_view model_type) {
  ModelRecipe result;
  result.architecture = find_architecture(model_type);
  REQUIRE(result.architecture != nullptr);
  result.shape = {.hidden = 64, .intermediate = 32, .experts = 4, .top_k = 2};
  result.layers = 2;
  return result;
}

std::set<std::string> files(const ScratchFolder& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

TEST_CASE("the config says what the recipe says, for every model type and scheme") {
  for (const Architecture& architecture : architectures()) {
    for (const kernels::SchemeInfo& scheme : kernels::kSchemes) {
      CAPTURE(architecture.model_type, scheme.name);
      ModelRecipe wanted = recipe(architecture.model_type);
      wanted.scheme = scheme.scheme;
      const auto model = parse_model(config_text(wanted), "config.json");
      INFO((model ? std::string() : model.error().message));
      REQUIRE(model);
      CHECK(model->architecture == &architecture);
      CHECK(model->container == Container::quark);
      CHECK(model->shape.hidden == 64);
      CHECK(model->shape.intermediate == 32);
      CHECK(model->shape.experts == 4);
      CHECK(model->shape.top_k == 2);
      CHECK(model->moe_layers.size() == (architecture.model_type == "deepseek_v3" ? 1 : 2));
      for (const MoeLayer& layer : model->moe_layers) {
        CHECK(layer.quantisation.scheme == scheme.scheme);
      }
    }
  }
}

TEST_CASE("layers that differ") {
  ModelRecipe wanted = recipe("mixtral");
  wanted.layer_schemes[1] = Scheme::w_mxfp6_e2m3_a_fp8;
  const auto model = parse_model(config_text(wanted), "config.json");
  REQUIRE(model);
  CHECK(model->moe_layers[0].quantisation.scheme == Scheme::w_mxfp4);
  CHECK(model->moe_layers[1].quantisation.scheme == Scheme::w_mxfp6_e2m3_a_fp8);
}

TEST_CASE("the same recipe gives the same bytes; shards hold the same tensors") {
  const ScratchFolder one;
  const ScratchFolder two;
  ModelRecipe wanted = recipe("qwen2_moe");
  const auto made = make_model(wanted, one.path());
  REQUIRE(made);
  CHECK(made->files == 2);
  REQUIRE(make_model(wanted, two.path()));
  CHECK(files(one) == std::set<std::string>{"config.json", "model.safetensors"});
  CHECK(one.read("model.safetensors") == two.read("model.safetensors"));
  CHECK(one.read("config.json") == two.read("config.json"));

  wanted.shards = 3;
  wanted.replace = true;
  REQUIRE(make_model(wanted, two.path()));
  CHECK(files(two) == std::set<std::string>{"config.json", "model-00001-of-00003.safetensors",
                                            "model-00002-of-00003.safetensors",
                                            "model-00003-of-00003.safetensors",
                                            "model.safetensors.index.json"});
  const auto file = SafetensorsFile::open(one.file("model.safetensors"));
  REQUIRE(file);
  CHECK(file->tensors().size() == made->tensors);
  auto shards = TensorStore::open(two.path());
  REQUIRE(shards);
  for (const TensorEntry& entry : file->tensors()) {
    const auto view = shards->get(entry.name);
    REQUIRE(view);
    const TensorView other = file->view(entry);
    CHECK(std::equal(view->bytes.begin(), view->bytes.end(), other.bytes.begin(),
                     other.bytes.end()));
  }
  wanted.seed = 2;
  wanted.shards = 1;
  REQUIRE(make_model(wanted, two.path()));
  CHECK(one.read("model.safetensors") != two.read("model.safetensors"));
}

TEST_CASE("more shards than tensors would fill still hold every tensor once") {
  const ScratchFolder folder;
  ModelRecipe wanted = recipe("mixtral");
  wanted.shape.experts = 1;
  wanted.shape.top_k = 1;
  wanted.layers = 1;
  wanted.shards = 15;
  const auto made = make_model(wanted, folder.path());
  REQUIRE(made);
  std::size_t tensors = 0;
  for (const std::string& name : files(folder)) {
    if (name.find(".safetensors") == std::string::npos || name.ends_with(".json")) continue;
    const auto file = SafetensorsFile::open(folder.file(name));
    REQUIRE(file);
    tensors += file->tensors().size();
  }
  CHECK(tensors == made->tensors);
}

TEST_CASE("a model in the folder is not lost by accident") {
  const ScratchFolder folder;
  REQUIRE(make_model(recipe("mixtral"), folder.path()));
  const auto again = make_model(recipe("mixtral"), folder.path());
  REQUIRE_FALSE(again);
  CHECK_THAT(again.error().message, Contains("already has a model") && Contains("--force"));
}

TEST_CASE("recipes that make no model") {
  const auto error_of = [](const ModelRecipe& wrong) {
    const auto checked = check(wrong);
    REQUIRE_FALSE(checked);
    return checked.error().message;
  };
  ModelRecipe wrong = recipe("mixtral");
  wrong.shape.hidden = 100;
  CHECK_THAT(error_of(wrong), Contains("hidden 100 is not a multiple of 32"));
  wrong.shape.hidden = 0;
  CHECK_THAT(error_of(wrong), Contains("hidden 0 is outside of 32 .. 65536"));
  wrong = recipe("mixtral");
  wrong.shape.top_k = 5;
  CHECK_THAT(error_of(wrong), Contains("top-k 5 is outside of 1 .. 4"));
  wrong = recipe("mixtral");
  wrong.container = Container::mxfp4;
  CHECK_THAT(error_of(wrong), Contains("gpt-oss layout"));
  wrong = recipe("deepseek_v3");
  wrong.layer_schemes[0] = Scheme::w_mxfp4;
  CHECK_THAT(error_of(wrong), Contains("layer 0 is outside of 1 .. 1"));
  wrong = recipe("mixtral");
  CHECK_THAT(make_model(wrong, "/dev/null/model").error().message, Contains("cannot make folder"));
}

}  // namespace
}  // namespace switchyard::checkpoint
