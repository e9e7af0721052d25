#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "compiler/diff/align.h"
#include "compiler/diff/row_bits.h"

namespace switchyard::diff {

// Points at which two policies end in a wanted pair of ways, looked for by walks from a point at which
// a pair is known: the facts are moved into both conditions, then out of whatever row decides instead,
// one fact a step (as WalkSAT does). Finds most of the pairs of two policies of plain conditions at a small part of
// what asking the solver costs; what it misses the solver finds.
class Guesses {
 public:
  Guesses(const Pair& pair, const Partition& partition);

  // How both policies end at a point.
  using Found = std::function<void(const Point& point, std::uint32_t old_leaf,
                                   std::uint32_t new_leaf)>;
  // Around `known`: the new policy's `leaf` with each end of the old one, or the old policy's with
  // each of the new one. Every point looked at is told to `found`. Repeatable. Nothing happens when
  // RowBits cannot hold one of the policies.
  void around_new(const Point& known, std::uint32_t leaf, const Found& found) const;
  void around_old(const Point& known, std::uint32_t leaf, const Found& found) const;

 private:
  void around(const Point& known, const RowBits& one, std::uint32_t leaf, const RowBits& other,
              const Found& found) const;

  // Walks inside `both`; `obstacle` names a box that a point must leave, null when it is right.
  // Whether such a point was found.
  template <typename Obstacle>
  bool walk(const Box& both, Point point, Obstacle obstacle) const;

  std::optional<RowBits> old_, new_;
};

}  // namespace switchyard::diff
