#pragma once

#include <string>
#include <string_view>

#include "kernels/moe/layer.h"
#include "runtime/base/error.h"

namespace switchyard::bench {

// The layer of a model, as far as its speed depends on it.
struct NamedShape {
  std::string name;        // "gpt-oss-120b", or the text itself
  std::string model_type;  // of its config.json; empty for a shape that is no known model's
  kernels::Shape shape;
  kernels::Router router;
  kernels::Activation activation = kernels::Activation::silu;
};

// A known model by its name, or "HxIxExK": hidden, intermediate, experts, experts a token, with the
// router of gpt-oss. An error names the models that are known, or the number that does not fit.
Expected<NamedShape> find_shape(std::string_view text);

}  // namespace switchyard::bench
