#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/moe/layer.h"
#include "runtime/base/error.h"
#include "runtime/checkpoint/architecture.h"
#include "runtime/checkpoint/quantisation.h"

namespace switchyard::checkpoint {

// One mixture-of-experts layer of a model.
struct MoeLayer {
  std::int64_t index = 0;  // among all layers, from 0
  ModuleQuantisation quantisation;
};

// What a Hugging Face config.json says of a model's mixture-of-experts layers. Shared experts
// (qwen2_moe, deepseek_v3) are ordinary layers beside them and are left out.
struct ModelDescription {
  std::string where;                           // the file, for messages
  const Architecture* architecture = nullptr;  // static
  std::int64_t layers = 0;                     // all, dense ones included
  kernels::Shape shape;
  kernels::Router router;
  Container container = Container::none;
  std::vector<MoeLayer> moe_layers;  // by index

  // Null if that layer is dense or does not exist.
  const MoeLayer* find_layer(std::int64_t index) const;
};

// Reads the text of a config.json; `where` names it in messages. Fields that are missing and have
// a default in Hugging Face's own classes take it. An error names the JSON path and what would be
// right: unknown model types, sizes out of range, fields that contradict each other, quantisation
// that is none of the 11 schemes, experts of one layer that are quantised differently.
Expected<ModelDescription> parse_model(std::string_view text, std::string where);

// The config.json of a folder.
Expected<ModelDescription> open_model(const std::string& folder);

}  // namespace switchyard::checkpoint
