// The first product of the packed and emulated variants on sm_90a, and the activation, through
// warpgroup_product.h. Strips of the weights [2 I, H] alternate gate and up in a wave, so that a
// lane has both of the same elements. `parts` workgroups share a reduction, each with groups of k
// of its own; where there are several they write sums, which activate.hip adds. Grid x = most
// tiles, y = parts * ceil(I / (kColumns / 2)).
#include "kernels/device/activation_tile.h"
#include "kernels/device/product_rows.h"
#include "kernels/device/strips.h"
#include "kernels/device/warpgroup_product.h"

#if defined(SWITCHYARD_SM_90)
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {
namespace {

template <typename Product>
SWITCHYARD_DEVICE void write_sums(const Product& product, const ProductRows& partial,
                                  unsigned intermediate, unsigned column) {
#pragma unroll
  for (unsigned at = 0; at < sizeof(product.sums[0]) / sizeof(float); ++at) {
#pragma unroll
    for (unsigned s = 0; s < Product::kStrips; ++s) {
      const unsigned n = column + (wave() * Product::kStrips + s) / 2 * kTile + product.row(at);
      if (n < intermediate) {
        partial.put(product.token(at), s % 2 * intermediate + n, product.sums[s][at]);
      }
    }
  }
}

template <typename Format, Scales kScales, typename Product>
SWITCHYARD_DEVICE void gate_up(const WarpgroupGateUp& argument, const ExpertTile& tile,
                               Product product) {
  constexpr unsigned kTokens = Product::kTokens, kStrips = Product::kStrips;
  constexpr unsigned kColumns = Product::kColumns / 2;
  const unsigned hidden = argument.hidden, intermediate = argument.intermediate;
  const unsigned parts = Product::kShared ? argument.parts : 1, part = workgroup_y() % parts;
  const unsigned column = workgroup_y() / parts * kColumns, groups = groups_of(hidden);
  const PairRows x = {argument.x, tile.pairs, hidden, argument.top_k};
  const std::size_t records =
      std::size_t{tile.expert - argument.first_expert} * (2 * intermediate / kStripRows) * groups;
  const GroupRange range = {groups * part / parts, groups * (part + 1) / parts};
  const GateUpStrips<Product> strips = {intermediate, column};
  const std::uint8_t* weight = argument.weight + records * record_bytes(Format::bits);
  const std::uint32_t* scales = argument.scales + records * kStripRows;
  product.template run<kScales>(x, weight, scales, argument.large_scales, strips, hidden, range);
  if constexpr (Product::kShared) {
    if (parts != 1) {
      const ProductRows all(tile, argument.partial, 2 * intermediate, argument.bias,
                            argument.input_scale);
      return write_sums(product, all.part(part, argument.pairs), intermediate, column);
    }
  }
  const ActivationTile<kTokens, kColumns, Bf16Writer, Product::kWorkgroup> h(
      argument, tile, column,
      Bf16Writer{argument.h, intermediate, argument.format, argument.hidden_scale});
#pragma unroll
  for (unsigned s = 0; s < kStrips; s += 2) {
    const unsigned first = (wave() * kStrips + s) / 2 * kTile;
#pragma unroll
    for (unsigned at = 0; at < kTokens / 2; ++at) {
      h.keep(product.token(at), first + product.row(at), product.sums[s][at],
             product.sums[s + 1][at]);
    }
  }
  h.activate_kept();
  h.write();
}

template <typename Format, WarpgroupShape kShape>
SWITCHYARD_DEVICE void gate_up(const WarpgroupGateUp& argument) {
  ExpertTile tile;
  if (!tile.find(argument, workgroup_x(), kShape.block_m)) return;
  with_product<Format, kShape>(tile.pairs, argument.large_scales,
                               [&] SWITCHYARD_INLINE(auto product, auto scales) {
                                 gate_up<Format, decltype(scales)::value>(argument, tile, product);
                               });
}

}  // namespace

#define SWITCHYARD_WARPGROUP_GATE_UP(format, Format, m, waves, ...)                               \
  SWITCHYARD_KERNEL_OF_WAVES(switchyard_packed_gate_up_##format##_m##m, WarpgroupGateUp, waves) { \
    gate_up<mx::Format, WarpgroupShape{m, waves, __VA_ARGS__}>(argument);                         \
  }
SWITCHYARD_WARPGROUP_SHAPES(SWITCHYARD_WARPGROUP_GATE_UP)

#define SWITCHYARD_WARPGROUP_GATE_UP_OF_BF16(format, Format, m, waves, ...)          \
  SWITCHYARD_KERNEL_OF_WAVES(switchyard_gate_up_bf16_m##m, WarpgroupGateUp, waves) { \
    gate_up<Format, WarpgroupShape{m, waves, __VA_ARGS__}>(argument);                \
  }
SWITCHYARD_WARPGROUP_DECODED_SHAPES(SWITCHYARD_WARPGROUP_GATE_UP_OF_BF16)

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
#endif
