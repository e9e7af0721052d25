#include "compiler/diff/guesses.h"

namespace switchyard::diff {

namespace {

constexpr std::uint64_t kTries = 8;  // for each pair of boxes; each strays further from the known point

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  std::uint64_t h = (a + 0x9E3779B97F4A7C15u) * 0xBF58476D1CE4E5B9u ^ b;
  h = (h ^ (h >> 29)) * 0x94D049BB133111EBu;
  return h ^ (h >> 32);
}

}  // namespace

Guesses::Guesses(const Pair& pair, const Partition& partition)
    : partition_(partition),
      old_(RowBits::make(pair.old_model, partition)),
      new_(RowBits::make(pair.new_model, partition)) {}

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
        const std::optional<Box> both = intersect(own, box);
        if (!both || reached) continue;
        for (std::uint64_t attempt = 0; attempt < kTries && !reached; ++attempt) {
          const std::uint64_t seed = mix(wanted * kTries + attempt, leaf);
          Point point = known;
          for (FactId fact = 0; fact < point.size(); ++fact) {
            const std::uint64_t chance = mix(seed, fact);
            if (chance % kTries >= attempt) continue;
            point[fact] = static_cast<ClassId>((chance >> 8) % partition_.axes[fact].class_count());
          }
          for (const Box::Side& side : both->sides) {
            ClassId& own_class = point[side.fact];
            if (side.classes.contains(own_class)) continue;
            own_class = static_cast<ClassId>(mix(seed, ~side.fact) % side.classes.size());
            while (!side.classes.contains(own_class)) {
              own_class = static_cast<ClassId>((own_class + 1) % side.classes.size());
            }
          }
          const std::uint32_t one_leaf = one.leaf(point), other_leaf = other.leaf(point);
          reached = one_leaf == leaf && other_leaf == wanted;
          if (&one == &*old_) found(point, one_leaf, other_leaf);
          else found(point, other_leaf, one_leaf);
        }
      }
    }
  }
}

}  // namespace switchyard::diff
