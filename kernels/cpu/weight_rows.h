#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "kernels/cpu/thread_pool.h"
#include "kernels/moe/layer.h"

// How a variant turns stored weights into the tiles that the inner products read. One class a
// way; an instruction set's preshuffled layout would be another.
namespace switchyard::kernels::cpu {

enum class Which : std::uint8_t { gate, up, down };
inline constexpr std::size_t kMatrices = 3;

const MxMatrix& matrix_of(const ExpertWeights& expert, Which which);

// kTileRows rows of one matrix, in the form that the layer's inner product takes: `values` (f32,
// scaled) or `integers` (integer), and the scales beside them where blocks are not yet scaled.
struct Tile {
  explicit Tile(std::size_t columns);
  std::vector<float> values;           // [kTileRows, columns]
  std::vector<float> scales;           // [kTileRows, columns / 32]
  std::vector<std::int16_t> integers;  // [kTileRows, columns]
  std::vector<double> integer_scales;  // [kTileRows, columns / 32], with 1 / units of the weights
};

// Which members of Tile are filled, and so which inner product multiplies it.
enum class TileKind : std::uint8_t { f32, scaled, integer };

class WeightRows {
 public:
  virtual ~WeightRows() = default;

  virtual TileKind kind() const = 0;

  // Bytes of memory that one expert needs while it is in use; 0 if none.
  virtual std::size_t bytes_an_expert() const { return 0; }

  // Makes these experts ready for `load`, and only these; called before them, on one thread.
  virtual void use(std::span<const std::int32_t> experts, ThreadPool& pool);

  // Fills rows first .. first + kTileRows - 1 of a matrix into `tile`. Thread-safe.
  virtual void load(std::int32_t expert, Which which, std::size_t first, Tile& tile) const = 0;
};

// packed: decoded to bf16 values (kept as floats) each time a tile is loaded.
std::unique_ptr<WeightRows> packed_rows(const LayerConfig& config, const LayerWeights& weights);

// native, activations bf16 or fp8: element values and block scales apart.
std::unique_ptr<WeightRows> native_float_rows(const LayerConfig& config,
                                              const LayerWeights& weights);

// native, MX activations: elements as integers and block scales apart.
std::unique_ptr<WeightRows> native_integer_rows(const LayerConfig& config,
                                                const LayerWeights& weights);

// emulated: `use` dequantises whole experts to bf16 in memory, `load` reads those.
std::unique_ptr<WeightRows> emulated_rows(const LayerConfig& config, const LayerWeights& weights);

}  // namespace switchyard::kernels::cpu
