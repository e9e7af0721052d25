// AMX tiles of bf16: a panel is decoded to bf16 beside the product, then multiplied 16 rows of
// activations at a time. As in products_avx512_bf16.cpp, nothing here calls a function of another
// header that is not inlined.
#include <immintrin.h>

#include "kernels/cpu/amx_product.h"
#include "kernels/cpu/products_avx512_bf16.h"

namespace switchyard::kernels::cpu {
namespace {

// The instructions themselves. Tiles 0 .. 3 are accumulators, 2 m + p that of row tile m and panel
// p; 4 and 5 the weights, 6 and 7 the rows. g++ 12 writes a tile's number into its assembly as it
// is spelled.
class Tiles {
 public:
  Tiles(std::size_t rows0, std::size_t rows1) {
    Configuration configuration;
    for (const int tile : {0, 1, 6}) configuration.rows[tile] = static_cast<std::uint8_t>(rows0);
    for (const int tile : {2, 3, 7}) configuration.rows[tile] = static_cast<std::uint8_t>(rows1);
    for (const int tile : {4, 5}) configuration.rows[tile] = 16;
    for (int tile = 0; tile < 8; ++tile) configuration.row_bytes[tile] = 64;
    _tile_loadconfig(&configuration);
  }
  ~Tiles() { _tile_release(); }
  Tiles(const Tiles&) = delete;
  Tiles& operator=(const Tiles&) = delete;

  template <int kRows, int kPanel>
  void zero() {
    if constexpr (kRows == 0 && kPanel == 0) _tile_zero(0);
    if constexpr (kRows == 0 && kPanel == 1) _tile_zero(1);
    if constexpr (kRows == 1 && kPanel == 0) _tile_zero(2);
    if constexpr (kRows == 1 && kPanel == 1) _tile_zero(3);
  }
  template <int kPanel>
  void load_weights(const std::uint16_t* at) {
    memory_is_used();
    if constexpr (kPanel == 0) _tile_loadd(4, at, 64);
    if constexpr (kPanel == 1) _tile_loadd(5, at, 64);
  }
  template <int kRows>
  void load_rows(const std::uint16_t* at) {
    memory_is_used();
    if constexpr (kRows == 0) _tile_loadd(6, at, 64);
    if constexpr (kRows == 1) _tile_loadd(7, at, 64);
  }
  template <int kRows, int kPanel>
  void multiply() {
    if constexpr (kRows == 0 && kPanel == 0) _tile_dpbf16ps(0, 6, 4);
    if constexpr (kRows == 0 && kPanel == 1) _tile_dpbf16ps(1, 6, 5);
    if constexpr (kRows == 1 && kPanel == 0) _tile_dpbf16ps(2, 7, 4);
    if constexpr (kRows == 1 && kPanel == 1) _tile_dpbf16ps(3, 7, 5);
  }
  template <int kRows, int kPanel>
  void store(float* to) {
    if constexpr (kRows == 0 && kPanel == 0) _tile_stored(0, to, 64);
    if constexpr (kRows == 0 && kPanel == 1) _tile_stored(1, to, 64);
    if constexpr (kRows == 1 && kPanel == 0) _tile_stored(2, to, 64);
    if constexpr (kRows == 1 && kPanel == 1) _tile_stored(3, to, 64);
    memory_is_used();
  }

 private:
  // g++ 12's tile intrinsics do not say that they read and write memory: without this the compiler
  // may leave out, or put off, what they read, and keep an old value of what they write.
  static void memory_is_used() { __asm__ volatile("" ::: "memory"); }

  struct alignas(64) Configuration {
    std::uint8_t palette = 1;
    std::uint8_t start_row = 0;
    std::uint8_t reserved[14] = {};
    std::uint16_t row_bytes[16] = {};
    std::uint8_t rows[16] = {};
  };
};

void plain(const std::uint16_t* const* values, std::size_t blocks, const std::uint16_t* rows,
           std::size_t count, float* const* out) {
  amx_product<Tiles>(blocks, rows, count, out, [&](int p, std::size_t first, std::size_t) {
    return values[p] + first * kBlockPairs;
  });
}

void packed(WeightFormat format, const Panel* panels, const std::uint16_t* rows, std::size_t count,
            float* const* out) {
  alignas(64) std::uint16_t decoded[2][kRunBlocks * kBlockPairs];
  amx_product<Tiles>(panels[0].blocks, rows, count, out,
                     [&](int p, std::size_t first, std::size_t blocks) {
                       Panel run = panels[p];
                       run.elements += first * block_bytes(format);
                       run.scales += first * kPanelRows;
                       run.blocks = blocks;
                       avx512_bf16::decode(format, run, decoded[p]);
                       return static_cast<const std::uint16_t*>(decoded[p]);
                     });
}

}  // namespace

extern const Products kAmxProducts;
const Products kAmxProducts = {packed_avx512_bf16,
                               integer_avx512_vnni,
                               avx512_bf16::decode,
                               plain_avx512_bf16,
                               activate_avx512,
                               packed,
                               plain,
                               false};

}  // namespace switchyard::kernels::cpu
