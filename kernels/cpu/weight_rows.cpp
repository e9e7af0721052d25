#include "kernels/cpu/weight_rows.h"

#include <array>

#include "kernels/cpu/format.h"
#include "kernels/cpu/products.h"
#include "kernels/mx/block.h"

namespace switchyard::kernels::cpu {
namespace {

template <typename Format>
constexpr std::array<float, 1u << Format::bits> value_table() {
  std::array<float, 1u << Format::bits> table{};
  for (std::size_t code = 0; code < table.size(); ++code) {
    table[code] = mx::decode<Format>(static_cast<std::uint8_t>(code));
  }
  return table;
}
template <typename Format>
constexpr auto kValues = value_table<Format>();

template <typename Format>
constexpr std::array<std::int16_t, 1u << Format::bits> integer_table() {
  std::array<std::int16_t, 1u << Format::bits> table{};
  for (std::size_t code = 0; code < table.size(); ++code) {
    table[code] = static_cast<std::int16_t>(mx::decode<Format>(static_cast<std::uint8_t>(code)) *
                                            kIntegerUnits<Format>);
  }
  return table;
}
template <typename Format>
constexpr auto kIntegers = integer_table<Format>();

// One row of a matrix: packed blocks and their scales.
struct Row {
  const std::uint8_t* elements;
  const std::uint8_t* scales;
};

template <typename Format>
Row row_of(const MxMatrix& matrix, std::size_t row, std::size_t columns) {
  const std::size_t at = row * matrix.row_step;
  return {matrix.elements + at * mx::packed_bytes(columns, Format::bits),
          matrix.scales + at * (columns / mx::kBlock)};
}

// Calls block(b, codes, scale) for each block of a row.
template <typename Format, typename Block>
void for_each_block(const Row& row, std::size_t columns, const Block& block) {
  for (std::size_t b = 0; b < columns / mx::kBlock; ++b) {
    std::uint8_t codes[mx::kBlock];
    mx::unpack_block<Format>(row.elements + b * mx::packed_bytes(mx::kBlock, Format::bits), codes);
    block(b, codes, row.scales[b]);
  }
}

template <typename Format>
void decode_row(const Row& row, std::size_t columns, float* out) {
  for_each_block<Format>(row, columns,
                         [&](std::size_t b, const std::uint8_t* codes, std::uint8_t scale) {
                           const float factor = mx::decode_scale(scale);
                           for (std::size_t i = 0; i < mx::kBlock; ++i) {
                             out[b * mx::kBlock + i] = kValues<Format>[codes[i]] * factor;
                           }
                         });
}

// What all four share: whose weights, and how wide each matrix is.
template <typename Format>
class Rows : public WeightRows {
 public:
  Rows(const LayerConfig& config, const LayerWeights& weights)
      : experts_(weights.experts),
        hidden_(static_cast<std::size_t>(config.shape.hidden)),
        intermediate_(static_cast<std::size_t>(config.shape.intermediate)) {}

 protected:
  std::size_t columns(Which which) const { return which == Which::down ? intermediate_ : hidden_; }
  std::size_t rows(Which which) const { return which == Which::down ? hidden_ : intermediate_; }

  Row row(std::int32_t expert, Which which, std::size_t index) const {
    return row_of<Format>(matrix_of(experts_[static_cast<std::size_t>(expert)], which), index,
                          columns(which));
  }

 private:
  std::vector<ExpertWeights> experts_;
  std::size_t hidden_, intermediate_;
};

template <typename Format>
class PackedRows final : public Rows<Format> {
 public:
  using Rows<Format>::Rows;
  TileKind kind() const override { return TileKind::f32; }
  void load(std::int32_t expert, Which which, std::size_t first, Tile& tile) const override {
    const std::size_t columns = this->columns(which);
    for (std::size_t n = 0; n < kTileRows; ++n) {
      decode_row<Format>(this->row(expert, which, first + n), columns,
                         tile.values.data() + n * columns);
    }
  }
};

template <typename Format>
class NativeFloatRows final : public Rows<Format> {
 public:
  using Rows<Format>::Rows;
  TileKind kind() const override { return TileKind::scaled; }
  void load(std::int32_t expert, Which which, std::size_t first, Tile& tile) const override {
    const std::size_t columns = this->columns(which);
    for (std::size_t n = 0; n < kTileRows; ++n) {
      float* values = tile.values.data() + n * columns;
      float* scales = tile.scales.data() + n * (columns / mx::kBlock);
      for_each_block<Format>(this->row(expert, which, first + n), columns,
                             [&](std::size_t b, const std::uint8_t* codes, std::uint8_t scale) {
                               for (std::size_t i = 0; i < mx::kBlock; ++i) {
                                 values[b * mx::kBlock + i] = kValues<Format>[codes[i]];
                               }
                               scales[b] = mx::decode_scale(scale);
                             });
    }
  }
};

template <typename Format>
class NativeIntegerRows final : public Rows<Format> {
 public:
  using Rows<Format>::Rows;
  TileKind kind() const override { return TileKind::integer; }
  void load(std::int32_t expert, Which which, std::size_t first, Tile& tile) const override {
    const std::size_t columns = this->columns(which);
    for (std::size_t n = 0; n < kTileRows; ++n) {
      std::int16_t* integers = tile.integers.data() + n * columns;
      double* scales = tile.integer_scales.data() + n * (columns / mx::kBlock);
      for_each_block<Format>(this->row(expert, which, first + n), columns,
                             [&](std::size_t b, const std::uint8_t* codes, std::uint8_t scale) {
                               for (std::size_t i = 0; i < mx::kBlock; ++i) {
                                 integers[b * mx::kBlock + i] = kIntegers<Format>[codes[i]];
                               }
                               scales[b] = static_cast<double>(mx::decode_scale(scale)) /
                                           kIntegerUnits<Format>;
                             });
    }
  }
};

template <typename Format>
class EmulatedRows final : public Rows<Format> {
 public:
  EmulatedRows(const LayerConfig& config, const LayerWeights& weights)
      : Rows<Format>(config, weights),
        place_(weights.experts.size(), 0),
        matrix_size_(this->rows(Which::gate) * this->columns(Which::gate)) {}

  TileKind kind() const override { return TileKind::f32; }

  std::size_t bytes_an_expert() const override { return kMatrices * matrix_size_ * sizeof(Bf16); }

  void use(std::span<const std::int32_t> experts, ThreadPool& pool) override {
    dequantised_.resize(experts.size() * kMatrices * matrix_size_);
    for (std::size_t i = 0; i < experts.size(); ++i) {
      place_[static_cast<std::size_t>(experts[i])] = i;
    }
    // One item a matrix of an expert is too coarse for few experts: one a tile of rows.
    struct Item {
      std::int32_t expert;
      Which which;
      std::size_t first, last;
    };
    constexpr std::size_t kRowsAnItem = 64;
    std::vector<Item> items;
    for (const std::int32_t expert : experts) {
      for (const Which which : {Which::gate, Which::up, Which::down}) {
        for (std::size_t first = 0; first < this->rows(which); first += kRowsAnItem) {
          const std::size_t last = std::min(first + kRowsAnItem, this->rows(which));
          items.push_back({expert, which, first, last});
        }
      }
    }
    pool.for_each(items.size(), [&](std::size_t i) {
      const Item& item = items[i];
      const std::size_t columns = this->columns(item.which);
      std::vector<float> decoded(columns);
      for (std::size_t r = item.first; r < item.last; ++r) {
        decode_row<Format>(this->row(item.expert, item.which, r), columns, decoded.data());
        Bf16* out = dequantised_.data() + place(item.expert, item.which) + r * columns;
        for (std::size_t k = 0; k < columns; ++k) out[k] = mx::to_bf16(decoded[k]);
      }
    });
  }

  void load(std::int32_t expert, Which which, std::size_t first, Tile& tile) const override {
    const std::size_t columns = this->columns(which);
    const Bf16* from = dequantised_.data() + place(expert, which) + first * columns;
    for (std::size_t k = 0; k < kTileRows * columns; ++k) tile.values[k] = mx::to_float(from[k]);
  }

 private:
  std::size_t place(std::int32_t expert, Which which) const {
    const std::size_t index = place_[static_cast<std::size_t>(expert)];
    return (index * kMatrices + static_cast<std::size_t>(which)) * matrix_size_;
  }

  std::vector<std::size_t> place_;  // expert -> its index in `dequantised_`
  std::size_t matrix_size_;
  std::vector<Bf16> dequantised_;  // the experts in use, gate, up, down each
};

template <template <typename> typename Class>
std::unique_ptr<WeightRows> make(const LayerConfig& config, const LayerWeights& weights) {
  return with_format(info(config.scheme).weight, [&](auto format) -> std::unique_ptr<WeightRows> {
    return std::make_unique<Class<decltype(format)>>(config, weights);
  });
}

}  // namespace

const MxMatrix& matrix_of(const ExpertWeights& expert, Which which) {
  return which == Which::gate ? expert.gate : which == Which::up ? expert.up : expert.down;
}

Tile::Tile(std::size_t columns)
    : values(kTileRows * columns),
      scales(kTileRows * (columns / mx::kBlock)),
      integers(kTileRows * columns),
      integer_scales(kTileRows * (columns / mx::kBlock)) {}

void WeightRows::use(std::span<const std::int32_t>, ThreadPool&) {}

std::unique_ptr<WeightRows> packed_rows(const LayerConfig& config, const LayerWeights& weights) {
  return make<PackedRows>(config, weights);
}

std::unique_ptr<WeightRows> native_float_rows(const LayerConfig& config,
                                              const LayerWeights& weights) {
  return make<NativeFloatRows>(config, weights);
}

std::unique_ptr<WeightRows> native_integer_rows(const LayerConfig& config,
                                                const LayerWeights& weights) {
  return make<NativeIntegerRows>(config, weights);
}

std::unique_ptr<WeightRows> emulated_rows(const LayerConfig& config, const LayerWeights& weights) {
  return make<EmulatedRows>(config, weights);
}

}  // namespace switchyard::kernels::cpu
