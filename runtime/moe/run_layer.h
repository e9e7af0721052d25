#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "kernels/reference/reference.h"
#include "runtime/base/error.h"
#include "runtime/checkpoint/layer_loader.h"
#include "runtime/decide/why.h"
#include "runtime/engine/bound_table.h"
#include "runtime/moe/prepare_layer.h"

namespace switchyard::moe {

struct RunRequest {
  std::int64_t tokens = 1;
  int threads = 0;  // 0: one a processor
  std::uint64_t seed = 1;
  bool check = false;
  PrepareRequest prepare;
};

// How far the output is from the reference in double precision.
struct Check {
  std::int64_t tokens = 0;  // compared; the reference is slow, so not more than a few of many
  std::string routing;      // what is wrong with the picked experts; empty if nothing
  kernels::reference::Comparison output;
  // Compared elements that are not finite in output or reference, or have no finite bound: nothing
  // is known of them, so that none may be there.
  std::int64_t incomparable = 0;

  bool passed() const { return routing.empty() && output.failures == 0 && incomparable == 0; }
};

struct RunResult {
  int threads = 1;
  double prepare_seconds = 0;
  std::optional<CacheUse> cache;  // if one was asked for
  double first_seconds = 0;       // the first run
  double best_seconds = 0;        // the fastest
  int runs = 0;
  double flops = 0;             // of one run: 6 * T * k * H * I
  std::int64_t not_finite = 0;  // elements of the output, of T * H
  std::optional<Check> check;
};

// Runs random activations through the kernel of a decision that is a target of `table`, a few
// times. Fails if that kernel cannot run this layer.
Expected<RunResult> run_layer(const BoundTable& table, const checkpoint::LoadedLayer& layer,
                              const Decision& decision, const RunRequest& request);

}  // namespace switchyard::moe
