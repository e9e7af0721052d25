#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kernels/moe/scheme.h"
#include "runtime/base/error.h"
#include "runtime/checkpoint/module_pattern.h"

namespace switchyard::checkpoint {

class Json;

// How a checkpoint stores its quantised experts.
enum class Container : std::uint8_t {
  none,   // no quantization_config: plain bf16
  quark,  // AMD Quark: every expert's projections on their own, `weight` and `weight_scale`
  mxfp4,  // gpt-oss: all experts of a layer fused, `*_blocks` and `*_scales`
};
std::string_view name_of(Container container);

// How activations get their scales: from each batch, from calibration, or not at all (weight-only).
enum class Calibration : std::uint8_t { none, dynamic, fixed };

// "n/a", "dynamic", "static": the fact `is_dynamic`.
std::string_view name_of(Calibration calibration);

// What becomes of one module.
struct ModuleQuantisation {
  std::optional<kernels::Scheme> scheme;  // nothing: not quantised
  Calibration calibration = Calibration::none;
  std::string
      decided_by;  // JSON path of the entry that decides, "$.quantization_config.exclude[2]"

  bool same_as(const ModuleQuantisation& other) const {
    return scheme == other.scheme && calibration == other.calibration;
  }
};

// The `quantization_config` of a Hugging Face config.json: AMD Quark's and gpt-oss's.
//
// Quark, in order of precedence: `exclude`; the first matching pattern of `layer_quant_config`;
// `layer_type_quant_config`, by the class Linear; `global_quant_config`. Each entry gives `weight`
// and `input_tensors`, whose dtypes are the scheme.
class Quantisation {
 public:
  // Reads and checks it; a config without one gives Container::none. Errors name the JSON path:
  // an unknown or missing field, a value of the wrong type, fields that contradict each other. An
  // entry that no MX scheme fits is an error only once it is a module's (attention may be
  // quantised in ways that are none of ours).
  static Expected<Quantisation> parse(const Json& config);

  // Moved, never copied: remembered answers point into it.
  Quantisation(Quantisation&&) = default;
  Quantisation& operator=(Quantisation&&) = default;

  Container container() const { return container_; }

  // Of the linear layer at `module` inside the experts at `experts`
  // (`model.layers.3.mlp.experts.0.gate_proj` in `model.layers.3.mlp.experts`). A pattern may match
  // it, the expert, or all experts of the layer. Not const: answers of expressions are remembered.
  Expected<ModuleQuantisation> of(std::string_view module, std::string_view experts);

 private:
  struct Exclusion {
    ModulePattern pattern;
    std::string path;
  };
  struct Entry {
    ModulePattern pattern;
    Expected<ModuleQuantisation> value;
  };

  Quantisation() = default;
  Expected<void> parse_quark(const Json& json);
  Expected<void> parse_mxfp4(const Json& json);
  Expected<void> parse_exclusions(const Json& json);
  bool matches(const ModulePattern& pattern, const std::vector<std::string_view>& modules);

  Container container_ = Container::none;
  std::map<std::string, std::string, std::less<>> excluded_names_;  // plain name -> path
  std::vector<Exclusion> exclusions_;                               // globs and expressions
  std::vector<Entry> layers_;
  std::optional<Expected<ModuleQuantisation>> linear_;  // layer_type_quant_config
  std::optional<Expected<ModuleQuantisation>> global_;
  std::map<std::pair<const ModulePattern*, std::string>, bool> remembered_;
};

}  // namespace switchyard::checkpoint
