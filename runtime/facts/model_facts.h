#pragma once

#include <vector>

#include "runtime/checkpoint/model.h"
#include "runtime/facts/provided.h"

namespace switchyard::facts {

// What a policy is told of one mixture-of-experts layer of a model. `scheme` is `none` where the
// layer is not quantised.
std::vector<Provided> model_facts(const checkpoint::ModelDescription& model,
                                  const checkpoint::MoeLayer& layer);

}  // namespace switchyard::facts
