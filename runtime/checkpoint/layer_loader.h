#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/moe/layer.h"
#include "runtime/base/error.h"
#include "runtime/checkpoint/model.h"
#include "runtime/checkpoint/tensor_store.h"

namespace switchyard::checkpoint {

// One layer, ready for a kernel: views of the checkpoint's mapped bytes, and the memory behind
// them. Movable; the views stay valid while it lives.
struct LoadedLayer {
  kernels::LayerConfig config;
  kernels::LayerWeights weights;
  std::uint64_t bytes = 0;  // of all tensors of the layer

  std::shared_ptr<TensorStore> store;           // owns what the views point into, but for
  std::vector<std::vector<float>> converted;    // tensors whose type or alignment kernels lack
};

// Finds the tensors of layer `index`, checks type and shape of each, and puts the layer together:
// no weight is copied.
//
//   Quark     model.layers.N.mlp.experts.E.gate_proj.weight        U8 [I, H * bits / 8]
//             model.layers.N.mlp.experts.E.gate_proj.weight_scale  U8 [I, H / 32]   e8m0
//             … .input_scale  F32, one number; schemes with fp8 activations. The layer has one
//             scale for x and one for h: the largest of its experts', as vLLM takes it
//             mixtral: block_sparse_moe.experts.E.w1, w3, w2; gpt_oss: gate_up_proj, down_proj
//             with .bias
//   gpt-oss   model.layers.N.mlp.experts.gate_up_proj_blocks       U8 [E, 2 I, H / 32, 16]
//             model.layers.N.mlp.experts.gate_up_proj_scales       U8 [E, 2 I, H / 32]
//             model.layers.N.mlp.experts.gate_up_proj_bias         BF16 [E, 2 I]; and down_proj_…
//   router    model.layers.N.mlp.gate.weight                       BF16 or F32 [E, H]
//             deepseek_v3: .e_score_correction_bias [E]; gpt_oss: mlp.router.weight, .bias
//
// Fails if the layer does not exist, is dense or not quantised, or has fp8 activations without
// static scales; and on a missing tensor or one of another type or shape: the message names it, its
// file, what was found and what was expected.
Expected<LoadedLayer> load_layer(const ModelDescription& model, std::shared_ptr<TensorStore> store,
                                 std::int64_t index);

}  // namespace switchyard::checkpoint
