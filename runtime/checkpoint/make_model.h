#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "kernels/moe/scheme.h"
#include "runtime/base/error.h"
#include "runtime/checkpoint/architecture.h"
#include "runtime/checkpoint/model.h"

namespace switchyard::checkpoint {

// A small model to write: real in its files, names, fields and formats, random in its weights.
struct ModelRecipe {
  const Architecture* architecture = nullptr;
  Container container = Container::quark;  // quark, or mxfp4 (gpt_oss with w_mxfp4 only)
  kernels::Scheme scheme = kernels::Scheme::w_mxfp4;
  std::map<std::int64_t, kernels::Scheme> layer_schemes;  // quark: layers that differ
  kernels::Shape shape{.hidden = 128, .intermediate = 64, .experts = 8, .top_k = 2};
  std::int64_t layers = 3;
  std::int64_t shards = 1;
  std::uint64_t seed = 1;
  bool replace = false;  // a model that is already in the folder
};

// What went wrong in a recipe, before anything is written: sizes that are not multiples of 32, more
// experts a token than there are, a container that does not fit, …
Expected<void> check(const ModelRecipe& recipe);

// The text of its config.json. The recipe must be sound.
std::string config_text(const ModelRecipe& recipe);

struct MadeModel {
  std::uint64_t bytes = 0;
  std::size_t tensors = 0;
  std::size_t files = 0;
};

// Writes config.json and the weights into `folder`, which is made if it does not exist: all tensors
// of the model, attention, norms and embeddings included. config.json comes last, so that a folder
// with one is complete. Deterministic. Fails on an unsound recipe, on a folder that already has a
// model unless `replace`, and as the disk does.
Expected<MadeModel> make_model(const ModelRecipe& recipe, const std::string& folder);

}  // namespace switchyard::checkpoint
