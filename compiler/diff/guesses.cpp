#include "compiler/diff/guesses.h"

#include <utility>
#include <vector>

namespace switchyard::diff {

namespace {

constexpr std::size_t kSteps = 48;  // of one walk

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  std::uint64_t h = (a + 0x9E3779B97F4A7C15u) * 0xBF58476D1CE4E5B9u ^ b;
  h = (h ^ (h >> 29)) * 0x94D049BB133111EBu;
  return h ^ (h >> 32);
}

// Some class of a set that is not empty.
ClassId pick(const ClassSet& classes, std::uint64_t chance) {
  auto c = static_cast<ClassId>(chance % classes.size());
  while (!classes.contains(c)) c = static_cast<ClassId>((c + 1) % classes.size());
  return c;
}

}  // namespace

Guesses::Guesses(const Pair& pair, const Partition& partition)
    : old_(RowBits::make(pair.old_model, partition)), new_(RowBits::make(pair.new_model, partition)) {}

void Guesses::around_new(const Point& known, std::uint32_t leaf, const Found& found) const {
  if (old_ && new_) around(known, *new_, leaf, *old_, found);
}

void Guesses::around_old(const Point& known, std::uint32_t leaf, const Found& found) const {
  if (old_ && new_) around(known, *old_, leaf, *new_, found);
}

void Guesses::around(const Point& known, const RowBits& one, std::uint32_t leaf,
                     const RowBits& other, const Found& found) const {
  for (std::uint32_t wanted = 0; wanted < other.leaves(); ++wanted) {
    bool reached = false;
    for (const Box& own : one.boxes(leaf)) {
      for (const Box& box : other.boxes(wanted)) {
        if (reached) break;
        const std::optional<Box> both = intersect(own, box);
        if (!both) continue;
        reached = walk(*both, known, [&](const Point& point) -> const Box* {
          const std::uint32_t one_leaf = one.leaf(point), other_leaf = other.leaf(point);
          if (&one == &*old_) found(point, one_leaf, other_leaf);
          else found(point, other_leaf, one_leaf);
          if (one_leaf != leaf) return one.box_at(one_leaf, point);
          if (other_leaf != wanted) return other.box_at(other_leaf, point);
          return nullptr;
        });
      }
    }
  }
}

template <typename Obstacle>
bool Guesses::walk(const Box& both, Point point, Obstacle obstacle) const {
  std::vector<const ClassSet*> limit(point.size(), nullptr);
  std::uint64_t chance = 0;
  for (const Box::Side& side : both.sides) {
    limit[side.fact] = &side.classes;
    chance = mix(chance, side.fact);
    if (!side.classes.contains(point[side.fact])) point[side.fact] = pick(side.classes, chance);
  }
  for (std::size_t step = 0; step < kSteps; ++step) {
    const Box* in_the_way = obstacle(point);
    if (in_the_way == nullptr) return true;
    // Leave it by any of its facts that can, the first from a random one on.
    const std::vector<Box::Side>& sides = in_the_way->sides;
    chance = mix(chance, step);
    bool moved = false;
    for (std::size_t i = 0; i < sides.size() && !moved; ++i) {
      const auto& [fact, inside] = sides[(chance + i) % sides.size()];
      ClassSet out = limit[fact] != nullptr ? *limit[fact] : ClassSet(inside.size(), true);
      out.remove(inside);
      if (out.empty()) continue;
      point[fact] = pick(out, chance >> 8);
      moved = true;
    }
    if (!moved) return false;  // it contains all of `both`
  }
  return false;
}

}  // namespace switchyard::diff
