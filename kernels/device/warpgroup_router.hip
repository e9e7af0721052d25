// logits[part][t][e] = x[t] . weight[e] over the part's groups of 128 of k, through
// warpgroup_product.h, bf16 weights. Grid x = ceil(T / m), y = parts * ceil(E / 128).
#include "kernels/device/strips.h"
#include "kernels/device/warpgroup_product.h"

#if defined(SWITCHYARD_SM_90)
namespace switchyard::kernels::device::inline SWITCHYARD_MODEL {
namespace {

struct TokenRows {
  const Bf16* x;
  unsigned first, tokens, hidden;

  SWITCHYARD_MEMBER const Bf16* operator()(unsigned r) const {
    return first + r < tokens ? x + std::size_t{first + r} * hidden : nullptr;
  }
};

template <WarpgroupShape kShape>
SWITCHYARD_DEVICE void router_products(const RouterProducts& argument) {
  using Product = WarpgroupProduct<DecodedRecord, kShape>;
  const unsigned parts = argument.parts, part = workgroup_y() % parts;
  const unsigned column = workgroup_y() / parts * Product::kColumns;
  const unsigned experts = argument.experts, groups = groups_of(argument.hidden);
  const TokenRows x = {argument.x, workgroup_x() * Product::kTokens, argument.tokens,
                       argument.hidden};
  const DownStrips<Product> strips = {(experts + kStripRows - 1) / kStripRows * kStripRows, column};
  Product product;
  product.template run<false>(x, argument.weight, nullptr, strips, argument.hidden,
                              {groups * part / parts, groups * (part + 1) / parts});
  float* const logits = argument.logits + std::size_t{part} * argument.tokens * experts;
#pragma unroll
  for (unsigned at = 0; at < Product::kTokens / 2; ++at) {
#pragma unroll
    for (unsigned s = 0; s < Product::kStrips; ++s) {
      const unsigned token = x.first + product.token(at);
      const unsigned expert =
          column + (wave() * Product::kStrips + s) * kStripRows + product.row(at);
      if (token < argument.tokens && expert < experts) {
        logits[std::size_t{token} * experts + expert] = product.sums[s][at];
      }
    }
  }
}

}  // namespace

SWITCHYARD_KERNEL(switchyard_router_products_m16, RouterProducts) {
  router_products<kRouterShapes[0]>(argument);
}
SWITCHYARD_KERNEL(switchyard_router_products_m64, RouterProducts) {
  router_products<kRouterShapes[1]>(argument);
}

}  // namespace switchyard::kernels::device::inline SWITCHYARD_MODEL
#endif
