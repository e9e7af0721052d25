#include "kernels/cpu/panel_matrix.h"

#ifdef __linux__
#include <sys/mman.h>
#endif

#include <algorithm>
#include <cstring>
#include <new>

#include "kernels/cpu/format.h"

namespace switchyard::kernels::cpu {
namespace {

constexpr std::size_t kAlignment = 64;

constexpr std::size_t round_up(std::size_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

// The eight nibbles of `codes`, those of even columns in the low word, of odd ones in the high.
std::uint32_t nibble_words(std::uint32_t codes) {
  std::uint32_t even = codes & 0x0F0F0F0Fu, odd = (codes >> 4) & 0x0F0F0F0Fu;
  even = (even | even >> 4) & 0x00FF00FFu;
  odd = (odd | odd >> 4) & 0x00FF00FFu;
  return ((even | even >> 8) & 0xFFFFu) | (odd | odd >> 8) << 16;
}

// One block of 16 rows, each packed as in a checkpoint, into a panel's block. Returns which rows'
// elements are not all zero, a bit a row.
template <typename Format>
unsigned place(const std::uint8_t* const* packed, std::uint8_t* block) {
  unsigned present = 0;
  for (std::size_t n = 0; n < kPanelRows; ++n) {
    std::uint8_t codes[mx::kBlock];
    mx::unpack_block<Format>(packed[n], codes);
    std::uint32_t high[2] = {0, 0};
    unsigned magnitudes = 0;
    for (std::size_t g = 0; g < 4; ++g) {
      std::uint32_t low = 0;
      for (std::size_t i = 0; i < 8; ++i) {
        const std::uint32_t code = codes[8 * g + i];
        const std::size_t word = 16 * (i % 2), pair = i / 2;
        low |= (code & 0xFu) << (word + 4 * pair);
        high[g / 2] |= (code >> 4) << (word + 2 * (4 * (g % 2) + pair));
        magnitudes |= code & 0x1Fu;
      }
      std::memcpy(block + g * kGroupBytes + 4 * n, &low, sizeof(low));
    }
    for (std::size_t half = 0; half < 2; ++half) {
      std::memcpy(block + (4 + half) * kGroupBytes + 4 * n, &high[half], sizeof(high[half]));
    }
    present |= (magnitudes != 0 ? 1u : 0u) << n;
  }
  return present;
}

// In words of 16 rows, which the compiler takes at once.
template <>
unsigned place<mx::Fp4E2M1>(const std::uint8_t* const* packed, std::uint8_t* block) {
  std::uint32_t magnitudes[kPanelRows] = {};
  for (std::size_t g = 0; g < 4; ++g) {
    std::uint32_t words[kPanelRows];
    for (std::size_t n = 0; n < kPanelRows; ++n) {
      std::memcpy(&words[n], packed[n] + 4 * g, sizeof(words[n]));
    }
    for (std::size_t n = 0; n < kPanelRows; ++n) {
      magnitudes[n] |= words[n] & 0x77777777u;
      words[n] = nibble_words(words[n]);
    }
    std::memcpy(block + g * kGroupBytes, words, sizeof(words));
  }
  unsigned present = 0;
  for (std::size_t n = 0; n < kPanelRows; ++n) present |= (magnitudes[n] != 0 ? 1u : 0u) << n;
  return present;
}

}  // namespace

const MxMatrix& matrix_of(const ExpertWeights& expert, Which which) {
  return which == Which::gate ? expert.gate : which == Which::up ? expert.up : expert.down;
}

PanelMatrices::PanelMatrices(const LayerConfig& config, std::size_t experts)
    : format_(info(config.scheme).weight), experts_(experts) {
  const auto hidden = static_cast<std::size_t>(config.shape.hidden);
  const auto intermediate = static_cast<std::size_t>(config.shape.intermediate);
  const auto shape = [&](std::size_t rows, std::size_t columns) {
    const std::size_t blocks = columns / mx::kBlock;
    const std::size_t bytes = round_up(blocks * (block_bytes(format_) + kPanelRows));
    return Shape{rows / kPanelRows, blocks, bytes, 0, bytes};
  };
  Shape gate = shape(intermediate, hidden), down = shape(hidden, intermediate);
  Shape up = gate;
  up.offset = gate.bytes;
  gate.step = up.step = 2 * gate.bytes;
  down.offset = gate.panels * gate.step;
  shapes_[0] = gate;
  shapes_[1] = up;
  shapes_[2] = down;
  expert_bytes_ = down.offset + down.panels * down.step;
  expert_panels_ = gate.panels + up.panels + down.panels;
  ordinary_.assign(experts * expert_panels_, 0);
}

void PanelMatrices::allocate() {
  constexpr std::align_val_t alignment{kAlignment};
  own_ = static_cast<std::uint8_t*>(::operator new(bytes(), alignment));
  owner_ = std::shared_ptr<const void>(
      own_, [](const void* memory) { ::operator delete(const_cast<void*>(memory), alignment); });
  data_ = own_;
}

void PanelMatrices::adopt(std::span<const std::uint8_t> bytes, std::shared_ptr<const void> owner) {
  own_ = nullptr;
  data_ = bytes.data();
  owner_ = std::move(owner);
}

std::size_t PanelMatrices::offset(std::int32_t expert, Which which, std::size_t panel) const {
  const Shape& shape = shapes_[index(which)];
  return static_cast<std::size_t>(expert) * expert_bytes_ + shape.offset + panel * shape.step;
}

std::size_t PanelMatrices::flag(std::int32_t expert, Which which, std::size_t panel) const {
  std::size_t before = 0;
  for (std::size_t i = 0; i < index(which); ++i) before += shapes_[i].panels;
  return static_cast<std::size_t>(expert) * expert_panels_ + before + panel;
}

Panel PanelMatrices::panel(std::int32_t expert, Which which, std::size_t panel) const {
  const Shape& shape = shapes_[index(which)];
  const std::uint8_t* elements = data_ + offset(expert, which, panel);
  return {elements, elements + shape.blocks * block_bytes(format_), shape.blocks,
          ordinary_[flag(expert, which, panel)] != 0};
}

void PanelMatrices::fill(const LayerWeights& weights, std::int32_t expert, Which which,
                         std::size_t panel) {
  const Shape& shape = shapes_[index(which)];
  const MxMatrix& matrix = matrix_of(weights.experts[static_cast<std::size_t>(expert)], which);
  std::uint8_t* elements = own_ + offset(expert, which, panel);
  std::uint8_t* scales = elements + shape.blocks * block_bytes(format_);
  // What lies behind the scales is written to cache files as well.
  std::fill(scales + shape.blocks * kPanelRows, elements + shape.bytes, std::uint8_t{0});
  with_format(format_, [&](auto element) {
    using Format = decltype(element);
    const std::size_t packed_block = mx::packed_bytes(mx::kBlock, Format::bits);
    const std::uint8_t *from[kPanelRows], *scale[kPanelRows];
    for (std::size_t n = 0; n < kPanelRows; ++n) {
      const std::size_t row = (panel * kPanelRows + n) * matrix.row_step;
      from[n] = matrix.elements + row * shape.blocks * packed_block;
      scale[n] = matrix.scales + row * shape.blocks;
    }
    for (std::size_t b = 0; b < shape.blocks; ++b) {
      const unsigned present = place<Format>(from, elements + b * block_bytes(format_));
      for (std::size_t n = 0; n < kPanelRows; ++n) {
        // A block of zeros is zero under every scale but NaN: one that keeps the panel ordinary.
        const bool zeros = (present >> n & 1u) == 0 && scale[n][b] != mx::kScaleNan;
        scales[b * kPanelRows + n] = zeros ? mx::kScaleBias : scale[n][b];
        from[n] += packed_block;
      }
    }
  });
  examine(expert, which, panel);
}

void PanelMatrices::examine(std::int32_t expert, Which which, std::size_t panel) {
  const Panel it = this->panel(expert, which, panel);
  ordinary_[flag(expert, which, panel)] =
      std::all_of(it.scales, it.scales + it.blocks * kPanelRows, [](std::uint8_t code) {
        return code >= mx::kScaleBias - kOrdinaryScale && code <= mx::kScaleBias + kOrdinaryScale;
      });
}

}  // namespace switchyard::kernels::cpu
