// AMX tiles of bf16: a panel is decoded to bf16 beside the product, then multiplied 16 rows of
// activations at a time. As in products_avx512_bf16.cpp, nothing here calls a function of another
// header that is not inlined.
#include <immintrin.h>

#include "kernels/cpu/amx_product.h"
#include "kernels/cpu/products_avx512_bf16.h"

namespace switchyard::kernels::cpu {
namespace {

// The instructions themselves. A thread's tiles are configured for one number of rows at a time.
struct Tiles {
  struct alignas(64) Configuration {
    std::uint8_t palette = 1;
    std::uint8_t start_row = 0;
    std::uint8_t reserved[14] = {};
    std::uint16_t row_bytes[16] = {};
    std::uint8_t rows[16] = {};
  };

  // Tiles 0 .. 3 are accumulators, 4 the weights, 5 the activations.
  explicit Tiles(std::size_t rows) {
    Configuration configuration;
    for (int tile = 0; tile < 6; ++tile) {
      configuration.row_bytes[tile] = 64;
      configuration.rows[tile] = tile == 4 ? 16 : static_cast<std::uint8_t>(rows);
    }
    _tile_loadconfig(&configuration);
  }
  ~Tiles() { _tile_release(); }
  Tiles(const Tiles&) = delete;
  Tiles& operator=(const Tiles&) = delete;

  // g++ 12 writes a tile's number into its assembly as it is spelled.
  template <int kTile>
  void zero() {
    if constexpr (kTile == 0) _tile_zero(0);
    if constexpr (kTile == 1) _tile_zero(1);
    if constexpr (kTile == 2) _tile_zero(2);
    if constexpr (kTile == 3) _tile_zero(3);
  }
  void load_weights(const std::uint16_t* from) { _tile_loadd(4, from, 64); }
  template <int kTile>
  void multiply(const std::uint16_t* rows, std::size_t stride_bytes) {
    _tile_loadd(5, rows, stride_bytes);
    if constexpr (kTile == 0) _tile_dpbf16ps(0, 5, 4);
    if constexpr (kTile == 1) _tile_dpbf16ps(1, 5, 4);
    if constexpr (kTile == 2) _tile_dpbf16ps(2, 5, 4);
    if constexpr (kTile == 3) _tile_dpbf16ps(3, 5, 4);
  }
  template <int kTile>
  void store(float* to) {
    if constexpr (kTile == 0) _tile_stored(0, to, 64);
    if constexpr (kTile == 1) _tile_stored(1, to, 64);
    if constexpr (kTile == 2) _tile_stored(2, to, 64);
    if constexpr (kTile == 3) _tile_stored(3, to, 64);
  }
};

void plain(const std::uint16_t* const* values, std::size_t blocks, const Row* rows,
           std::size_t count, float* const* out) {
  for (int p = 0; p < 2; ++p) {
    amx_product<Tiles>(blocks, rows, count, out[p], [&](std::size_t first, std::size_t) {
      return values[p] + first * kBlockPairs;
    });
  }
}

void packed(WeightFormat format, const Panel* panels, const Row* rows, std::size_t count,
            float* const* out) {
  alignas(64) std::uint16_t decoded[kRunBlocks * kBlockPairs];
  for (int p = 0; p < 2; ++p) {
    amx_product<Tiles>(panels[p].blocks, rows, count, out[p],
                       [&](std::size_t first, std::size_t blocks) {
                         Panel run = panels[p];
                         run.elements += first * block_bytes(format);
                         run.scales += first * kPanelRows;
                         run.blocks = blocks;
                         avx512_bf16::decode(format, run, decoded);
                         return static_cast<const std::uint16_t*>(decoded);
                       });
  }
}

}  // namespace

extern const Products kAmxProducts;
const Products kAmxProducts = {
    packed, integer_avx512_vnni, avx512_bf16::decode, plain, activate_avx512, false, true};

}  // namespace switchyard::kernels::cpu
