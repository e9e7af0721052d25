#pragma once

#include <optional>
#include <string>

#include "kernels/registry.h"
#include "runtime/base/error.h"
#include "runtime/checkpoint/layer_loader.h"
#include "runtime/engine/bound_layer.h"

// Preparing a layer for the kernel of a decision: on all threads, with a progress bar, from a cache
// on disk where one was asked for.
namespace switchyard::moe {

struct PrepareRequest {
  std::string what;   // "layer 3", for the progress bar
  std::string isa;    // of the CPU; empty: the widest
  std::string cache;  // a file, or a folder of such; empty: nothing is read from disk or kept there
};

// What became of the cache.
struct CacheUse {
  enum class Outcome { read, written, kept_none };
  Outcome outcome = Outcome::kept_none;
  std::string path;
  std::string problem;  // why what is there was not used, or why nothing was written; may be empty
  double hash_seconds = 0;  // of the weights
  double seconds = 0;       // of reading, or of writing
};

struct PreparedForRun {
  kernels::PreparedLayer* layer = nullptr;  // owned by the bound layer
  double seconds = 0;                       // without the cache's
  std::optional<CacheUse> cache;            // if there was one to use
};

// Fails where the kernel cannot run the layer. Whatever is wrong with a cache is told in the result
// and the layer is prepared from the checkpoint.
Expected<PreparedForRun> prepare_layer(BoundLayer& bound, const checkpoint::LoadedLayer& layer,
                                       const Decision& decision, std::string_view device,
                                       const PrepareRequest& request, kernels::ThreadPool& pool);

}  // namespace switchyard::moe
