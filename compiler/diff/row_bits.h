#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/diagram/build.h"
#include "compiler/region/box.h"
#include "compiler/verify/judge.h"

namespace switchyard::diff {

// Decides points of a policy of one block in well under a microsecond: a bit for every box of the
// assumptions' negations and of the rows, in order, and for each class of a fact the boxes it is in
// (the Lucent bit-vector scheme of packet classification).
class RowBits {
 public:
  // None when the policy has earlier blocks, a condition of it is not a small union of boxes or the
  // vectors would need more than 64 MiB.
  static std::optional<RowBits> make(const Model& model, const Partition& partition);

  std::uint32_t leaf(const Point& point) const;
  // The boxes of one leaf's condition, earlier rows set aside; empty for `undecided`.
  const std::vector<Box>& boxes(std::uint32_t leaf) const { return boxes_[leaf]; }
  // The first of them that contains the point; null when none does.
  const Box* box_at(std::uint32_t leaf, const Point& point) const;
  std::uint32_t leaves() const { return static_cast<std::uint32_t>(boxes_.size()); }

 private:
  std::vector<std::vector<Box>> boxes_;  // by leaf
  std::vector<std::uint32_t> leaf_of_;   // by bit
  std::size_t words_ = 0;                // of a vector
  std::vector<std::size_t> first_;       // by fact: where in bits_ the vectors of its classes begin
  std::vector<std::uint64_t> bits_;
};

}  // namespace switchyard::diff
