#include "compiler/diff/row_bits.h"

#include <algorithm>
#include <bit>

namespace switchyard::diff {

namespace {

constexpr std::size_t kMaxBoxes = 64;                 // of one condition
constexpr std::size_t kMaxWords = 8 * 1024 * 1024;    // 64 MiB

}  // namespace

std::optional<RowBits> RowBits::make(const Model& model, const Partition& partition) {
  if (model.blocks.size() > 1) return std::nullopt;
  const LeafCodes leaves = leaf_codes(model);
  RowBits result;
  result.boxes_.resize(leaves.undecided() + 1);
  std::vector<const Box*> boxes;
  const auto add = [&](std::uint32_t leaf, FormulaId formula, bool negated) {
    auto own = boxes_of(model, partition, formula, kMaxBoxes, negated);
    if (!own) return false;
    result.boxes_[leaf] = std::move(*own);
    for (const Box& box : result.boxes_[leaf]) {
      boxes.push_back(&box);
      result.leaf_of_.push_back(leaf);
    }
    return true;
  };
  for (std::uint32_t a = 0; a < leaves.assumptions; ++a) {
    if (!add(leaves.excluded(a), model.assumptions[a].condition.formula, true)) return std::nullopt;
  }
  for (RowId row = 0; row < leaves.rows; ++row) {
    if (!add(leaves.row(row), model.rows[row].formula, false)) return std::nullopt;
  }
  result.leaf_of_.push_back(leaves.undecided());  // a last box that contains everything
  result.words_ = result.leaf_of_.size() / 64 + 1;
  std::size_t size = 0;
  for (FactId fact = 0; fact < model.declared_facts; ++fact) {
    result.first_.push_back(size);
    size += partition.axes[fact].class_count() * result.words_;
    if (size > kMaxWords) return std::nullopt;
  }
  result.bits_.assign(size, ~std::uint64_t{0});
  for (std::size_t bit = 0; bit < boxes.size(); ++bit) {
    for (const Box::Side& side : boxes[bit]->sides) {
      for (ClassId c = 0; c < side.classes.size(); ++c) {
        if (side.classes.contains(c)) continue;
        result.bits_[result.first_[side.fact] + c * result.words_ + bit / 64] &=
            ~(std::uint64_t{1} << (bit % 64));
      }
    }
  }
  return result;
}

std::uint32_t RowBits::leaf(const Point& point) const {
  for (std::size_t word = 0;; ++word) {
    std::uint64_t left = ~std::uint64_t{0};
    for (std::size_t fact = 0; fact < first_.size(); ++fact) {
      left &= bits_[first_[fact] + point[fact] * words_ + word];
    }
    if (left == 0) continue;
    return leaf_of_[word * 64 + static_cast<std::size_t>(std::countr_zero(left))];
  }
}

const Box* RowBits::box_at(std::uint32_t leaf, const Point& point) const {
  for (const Box& box : boxes_[leaf]) {
    const auto outside = [&](const Box::Side& side) {
      return !side.classes.contains(point[side.fact]);
    };
    if (std::none_of(box.sides.begin(), box.sides.end(), outside)) return &box;
  }
  return nullptr;
}

}  // namespace switchyard::diff
