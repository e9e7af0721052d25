#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <charconv>
#include <string>
#include <vector>

#include "runtime/checkpoint/make_model.h"
#include "runtime/moe/command.h"
#include "runtime/moe/output.h"
#include "runtime/moe/scheme_named.h"

namespace switchyard::moe {
namespace {

struct Options {
  std::string folder;
  std::string type = "qwen3_moe";
  std::string layout;
  std::string scheme = "w_mxfp4_a_mxfp4";
  std::vector<std::string> layer_schemes;
  checkpoint::ModelRecipe recipe;
};

Expected<void> complete(Options& options) {
  checkpoint::ModelRecipe& recipe = options.recipe;
  recipe.architecture = checkpoint::find_architecture(options.type);
  if (recipe.architecture == nullptr) {
    std::string known;
    for (const checkpoint::Architecture& entry : checkpoint::architectures()) {
      known += fmt::format("{}{}", known.empty() ? "" : ", ", entry.model_type);
    }
    return fail(fmt::format("there is no model type `{}`; there are {}", options.type, known));
  }
  recipe.container = options.layout == "gpt-oss" ? checkpoint::Container::mxfp4
                                                 : checkpoint::Container::quark;
  const Expected<kernels::Scheme> scheme = scheme_named(options.scheme);
  if (!scheme) return tl::unexpected(scheme.error());
  recipe.scheme = *scheme;
  for (const std::string& text : options.layer_schemes) {
    const std::size_t equals = text.find('=');
    std::int64_t layer = 0;
    const char* begin = text.data();
    const auto [end, error] =
        std::from_chars(begin, begin + (equals == std::string::npos ? 0 : equals), layer);
    if (equals == std::string::npos || error != std::errc() || end != begin + equals) {
      return fail(fmt::format("--layer-scheme `{}` is not of the form LAYER=SCHEME", text));
    }
    const Expected<kernels::Scheme> other = scheme_named(text.substr(equals + 1));
    if (!other) return tl::unexpected(other.error());
    recipe.layer_schemes[layer] = *other;
  }
  return {};
}

}  // namespace

int make_model_command(Arguments arguments) {
  Options options;
  checkpoint::ModelRecipe& recipe = options.recipe;
  CLI::App app(
      "Writes a small but complete model: config.json and safetensors as real checkpoints have "
      "them, random weights with outliers, quantised. The same options give the same bytes.",
      "moe make-model");
  app.add_option("FOLDER", options.folder, "where to write; made if it does not exist")->required();
  app.add_option("--type", options.type,
                 "deepseek_v3, gpt_oss, mixtral, qwen2_moe or qwen3_moe")
      ->capture_default_str();
  CLI::Option* layout =
      app.add_option("--layout", options.layout,
                     "quark: AMD Quark's tensors, an expert at a time; gpt-oss: fused *_blocks and "
                     "*_scales (the default for --type gpt_oss without --scheme)")
          ->check(CLI::IsMember({"quark", "gpt-oss"}));
  CLI::Option* scheme =
      app.add_option("--scheme", options.scheme, "w_mxfp4, w_mxfp4_a_fp8, … one of 11")
          ->capture_default_str();
  app.add_option("--layer-scheme", options.layer_schemes,
                 "LAYER=SCHEME: a layer that differs (layer_quant_config)")
      ->type_name("LAYER=SCHEME")
      ->allow_extra_args(false);
  app.add_option("--hidden", recipe.shape.hidden, "width of the model")->capture_default_str();
  app.add_option("--intermediate", recipe.shape.intermediate, "width of one expert")
      ->capture_default_str();
  app.add_option("--experts", recipe.shape.experts, "experts a layer")->capture_default_str();
  app.add_option("--top-k", recipe.shape.top_k, "experts a token")->capture_default_str();
  app.add_option("--layers", recipe.layers, "layers")->capture_default_str();
  app.add_option("--shards", recipe.shards, "files the weights are split into")
      ->capture_default_str();
  app.add_option("--seed", recipe.seed, "of the weights")->capture_default_str();
  app.add_flag("--force", recipe.replace, "replace a model that is already there");
  describe(app,
           "  moe make-model small --type deepseek_v3 --scheme w_mxfp4_a_mxfp4 --shards 2\n"
           "  moe make-model gpt --type gpt_oss --layers 4");
  if (const auto status = parse_arguments(app, arguments)) return *status;
  if (options.type == "gpt_oss" && layout->count() == 0 && scheme->count() == 0) {
    options.layout = "gpt-oss";
  }
  if (options.layout == "gpt-oss" && scheme->count() == 0) options.scheme = "w_mxfp4";
  if (const Expected<void> completed = complete(options); !completed) {
    return report_error(completed.error());
  }
  const Expected<checkpoint::MadeModel> made = checkpoint::make_model(recipe, options.folder);
  if (!made) return report_error(made.error());
  write("{}: {} of {} layers, {} ({}), {} tensors in {} files, {:.1f} MB\n", options.folder,
        options.type, recipe.layers, options.scheme,
        recipe.container == checkpoint::Container::mxfp4 ? "gpt-oss layout" : "Quark layout",
        made->tensors, made->files, static_cast<double>(made->bytes) / 1e6);
  return kOk;
}

}  // namespace switchyard::moe
