#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "kernels/cpu/panel.h"
#include "kernels/moe/layer.h"

// Whole matrices of a layer as panels.
namespace switchyard::kernels::cpu {

enum class Which : std::uint8_t { gate, up, down };
inline constexpr std::size_t kMatrices = 3;

const MxMatrix& matrix_of(const ExpertWeights& expert, Which which);

// The panels of all experts in one block of memory:
//
//   for each expert: gate and up panels in turn (gate 0, up 0, gate 1, up 1, …), then down panels;
//   each panel its elements, then its scales.
//
// Every panel starts at a multiple of 64 bytes. That layout is what a cache file holds.
class PanelMatrices {
 public:
  PanelMatrices(const LayerConfig& config, std::size_t experts);

  std::size_t experts() const { return experts_; }
  std::size_t panels(Which which) const { return shapes_[index(which)].panels; }
  std::size_t bytes() const { return experts_ * expert_bytes_; }
  std::size_t expert_bytes() const { return expert_bytes_; }

  // Gives it memory of its own, [bytes()], not yet touched: whoever fills a panel first decides
  // which node of the machine it lies on.
  void allocate();
  // Fills one panel from a checkpoint's weights. Different panels on different threads.
  void fill(const LayerWeights& weights, std::int32_t expert, Which which, std::size_t panel);

  // Reads `bytes` instead, [bytes()], aligned to 64, which `owner` keeps alive and nobody changes.
  void adopt(std::span<const std::uint8_t> bytes, std::shared_ptr<const void> owner);
  // Whether each panel is ordinary is not in the bytes: call it for all panels after `adopt`.
  void examine(std::int32_t expert, Which which, std::size_t panel);

  std::span<const std::uint8_t> contents() const { return {data_, bytes()}; }
  const std::shared_ptr<const void>& owner() const { return owner_; }

  // Precondition: filled or examined.
  Panel panel(std::int32_t expert, Which which, std::size_t panel) const;

 private:
  struct Shape {
    std::size_t panels;  // rows / 16
    std::size_t blocks;  // columns / 32
    std::size_t bytes;   // of a panel
    std::size_t offset;  // of the first one within its expert
    std::size_t step;    // from one to the next
  };
  static std::size_t index(Which which) { return static_cast<std::size_t>(which); }
  std::size_t offset(std::int32_t expert, Which which, std::size_t panel) const;
  std::size_t flag(std::int32_t expert, Which which, std::size_t panel) const;

  WeightFormat format_;
  std::size_t experts_;
  Shape shapes_[kMatrices];
  std::size_t expert_bytes_ = 0, expert_panels_ = 0;
  std::shared_ptr<const void> owner_;
  std::uint8_t* own_ = nullptr;  // data_, where it may be written
  const std::uint8_t* data_ = nullptr;
  std::vector<std::uint8_t> ordinary_;  // [experts, panels]
};

}  // namespace switchyard::kernels::cpu
