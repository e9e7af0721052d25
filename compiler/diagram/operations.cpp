#include "compiler/diagram/operations.h"

#include "runtime/base/check.h"

namespace switchyard {

DiagramRef DiagramOperations::conjoin(DiagramRef a, DiagramRef b) {
  return apply(a, b, [](DiagramRef x, DiagramRef y) -> std::optional<DiagramRef> {
    if (x == kDiagramFalse || y == kDiagramFalse) return kDiagramFalse;
    if (x == kDiagramTrue || x == y) return y;
    if (y == kDiagramTrue) return x;
    return std::nullopt;
  });
}

DiagramRef DiagramOperations::disjoin(DiagramRef a, DiagramRef b) {
  return apply(a, b, [](DiagramRef x, DiagramRef y) -> std::optional<DiagramRef> {
    if (x == kDiagramTrue || y == kDiagramTrue) return kDiagramTrue;
    if (x == kDiagramFalse || x == y) return y;
    if (y == kDiagramFalse) return x;
    return std::nullopt;
  });
}

DiagramRef DiagramOperations::subtract(DiagramRef a, DiagramRef b) {
  return apply(a, b, [](DiagramRef x, DiagramRef y) -> std::optional<DiagramRef> {
    if (x == kDiagramFalse || y == kDiagramTrue || x == y) return kDiagramFalse;
    if (y == kDiagramFalse) return x;
    return std::nullopt;
  });
}

DiagramRef DiagramOperations::negate(DiagramRef a) { return subtract(kDiagramTrue, a); }

DiagramRef DiagramOperations::choose(DiagramRef condition, DiagramRef then, DiagramRef otherwise) {
  // Three operands in two steps: mark where `otherwise` gives way, then take `then` there.
  constexpr DiagramRef kOpen = make_leaf(kLeafBit - 1);
  const DiagramRef marked =
      apply(condition, otherwise, [](DiagramRef c, DiagramRef o) -> std::optional<DiagramRef> {
        if (c == kDiagramTrue) return kOpen;
        if (c == kDiagramFalse) return o;
        return std::nullopt;
      });
  return apply(marked, then, [](DiagramRef m, DiagramRef t) -> std::optional<DiagramRef> {
    if (m == kOpen) return t;
    if (is_leaf(m)) return m;
    return std::nullopt;
  });
}

DiagramRef DiagramOperations::fill(DiagramRef base, DiagramRef open, DiagramRef condition,
                                   DiagramRef leaf) {
  return apply(base, condition, [&](DiagramRef b, DiagramRef c) -> std::optional<DiagramRef> {
    if (c == kDiagramFalse) return b;
    if (is_leaf(b) && b != open) return b;
    if (b == open && c == kDiagramTrue) return leaf;
    return std::nullopt;
  });
}

DiagramRef DiagramOperations::overlay(DiagramRef first, DiagramRef open, DiagramRef then) {
  return apply(first, then, [&](DiagramRef f, DiagramRef t) -> std::optional<DiagramRef> {
    if (f == open) return t;
    if (is_leaf(f) || t == open || f == t) return f;
    return std::nullopt;
  });
}

DiagramRef DiagramOperations::map_leaves(DiagramRef root, std::span<const DiagramRef> values) {
  return apply(root, root, [&](DiagramRef x, DiagramRef) -> std::optional<DiagramRef> {
    if (is_leaf(x)) return values[leaf_value(x)];
    return std::nullopt;
  });
}

DiagramRef DiagramOperations::restrict(DiagramRef root, FactId fact, ClassId value) {
  const std::uint32_t level = manager_.level_of(fact);
  pairs_.clear();
  return restrict_step(root, level, value);
}

DiagramRef DiagramOperations::restrict_step(DiagramRef ref, std::uint32_t level, ClassId value) {
  const std::uint32_t own = manager_.level_or_leaf(ref);
  if (own > level) return ref;
  if (own == level) return manager_.children(ref)[value];
  if (const DiagramRef known = pairs_.find(ref, ref); known != PairCache::kAbsent) return known;
  const std::size_t count = manager_.runs(ref).size();
  if (pairs_.full() || !manager_.spend(count)) {
    manager_.exhaust();
    return kDiagramFalse;
  }
  const std::size_t base = scratch_.size();
  for (std::size_t i = 0; i < count; ++i) {
    const Run run = manager_.runs(ref)[i];
    scratch_.append_from(base, run.end, restrict_step(run.child, level, value));
  }
  const DiagramRef result = manager_.node(own, scratch_.from(base));
  scratch_.resize(base);
  if (manager_.within_budget()) pairs_.insert(ref, ref, result);
  return result;
}

DiagramRef DiagramOperations::import(const DiagramManager& from, DiagramRef root) {
  if (is_leaf(root)) return root;
  // Children have smaller indices than their parents, so one pass upwards sees them first.
  std::vector<bool> wanted(root + 1);
  wanted[root] = true;
  for (DiagramRef ref = root + 1; ref-- > 0;) {
    if (!wanted[ref]) continue;
    for (const Run& run : from.runs(ref)) {
      if (!is_leaf(run.child)) wanted[run.child] = true;
    }
  }
  std::vector<DiagramRef> image(root + 1);
  for (DiagramRef ref = 0; ref <= root; ++ref) {
    if (!wanted[ref]) continue;
    Runs runs;
    for (const Run& run : from.runs(ref)) {
      runs.append(run.end, is_leaf(run.child) ? run.child : image[run.child]);
    }
    image[ref] = manager_.node(from.level(ref), runs.all());
  }
  return image[root];
}

}  // namespace switchyard
