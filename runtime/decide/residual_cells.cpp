// The array of decisions over the groups of the open facts.
#include <algorithm>
#include <cstring>
#include <map>
#include <utility>

#include "runtime/decide/decide.h"
#include "runtime/decide/residual_parts.h"

namespace switchyard::residual {
namespace {

constexpr std::uint64_t kLargestArray = 4'096;  // codes of a fact whose weights are an array
constexpr std::uint64_t kSmallArray = 64;
constexpr std::size_t kFewBounds = 4, kMostBounds = 16;

struct Axis {
  const OpenFact* open;
  std::vector<std::uint32_t> place;  // by group: where along the array
  std::uint32_t size;
};

std::uint64_t product(const std::vector<Axis>& axes) {
  std::uint64_t out = 1;
  for (const Axis& axis : axes) {
    out *= axis.size;
    if (out > kMostCells) return kMostCells + 1;
  }
  return out;
}

void store(const FactView& fact, std::int64_t code, std::vector<std::int64_t>& row) {
  auto* at = reinterpret_cast<unsigned char*>(row.data()) + fact.offset;
  const auto narrow = static_cast<std::int32_t>(code);
  if (fact.wide) {
    std::memcpy(at, &code, sizeof code);
  } else {
    std::memcpy(at, &narrow, sizeof narrow);
  }
}

// Asks the table once a cell. The first axis is the slowest.
std::vector<Decision> fill(const Table& table, const Known& known, const std::vector<OpenFact>& open,
                           const std::vector<Axis>& axes) {
  const TableView& view = table.view();
  std::vector<std::int64_t> row(table.facts_size() / 8 + 1);
  for (std::uint32_t f = 0; f < known.size(); ++f) {
    if (known[f]) store(view.facts[f], *known[f], row);
  }
  for (const OpenFact& fact : open) store(view.facts[fact.fact], fact.representative[0], row);
  std::vector<std::vector<std::int64_t>> codes;  // by axis and group
  for (const Axis& axis : axes) {
    codes.emplace_back(axis.size);
    for (std::size_t c = axis.open->group.size(); c-- > 0;) {
      codes.back()[axis.open->group[c]] = axis.open->representative[c];
    }
  }
  std::vector<Decision> out;
  std::vector<std::uint32_t> at(axes.size(), 0);
  for (std::uint64_t cells = product(axes); cells-- > 0;) {
    for (std::size_t i = 0; i < axes.size(); ++i) {
      store(view.facts[axes[i].open->fact], codes[i][at[i]], row);
    }
    out.push_back(decide(table, row.data()));
    for (std::size_t i = axes.size(); i-- > 0 && ++at[i] == axes[i].size;) at[i] = 0;
  }
  return out;
}

// Joins the slices along one axis that are equal, cell by cell.
void join_slices(std::vector<Axis>& axes, std::size_t along, std::vector<Decision>& cells) {
  Axis& axis = axes[along];
  std::size_t inner = 1;
  for (std::size_t i = along + 1; i < axes.size(); ++i) inner *= axes[i].size;
  const std::size_t outer = cells.size() / inner / axis.size;
  std::map<std::vector<std::uint64_t>, std::uint32_t> slices;
  std::vector<std::uint32_t> kept;  // the first of each kind
  for (std::uint32_t g = 0; g < axis.size; ++g) {
    std::vector<std::uint64_t> slice;
    for (std::size_t o = 0; o < outer; ++o) {
      for (std::size_t i = 0; i < inner; ++i) slice.push_back(cells[(o * axis.size + g) * inner + i].leaf);
    }
    const auto next = static_cast<std::uint32_t>(slices.size());
    const auto [found, is_new] = slices.try_emplace(std::move(slice), next);
    axis.place[g] = found->second;
    if (is_new) kept.push_back(g);
  }
  std::vector<Decision> joined;
  for (std::size_t o = 0; o < outer; ++o) {
    for (const std::uint32_t g : kept) {
      const auto begin = cells.begin() + static_cast<std::ptrdiff_t>((o * axis.size + g) * inner);
      joined.insert(joined.end(), begin, begin + static_cast<std::ptrdiff_t>(inner));
    }
  }
  axis.size = static_cast<std::uint32_t>(kept.size());
  cells = std::move(joined);
}

// Where the weight changes along the codes, if that is at few places.
bool find_bounds(const AxisView& axis, const FactView& fact, const std::vector<std::uint32_t>& by_class,
                 std::size_t most, Step& step) {
  step.kind = Step::Kind::kBounds;
  step.weights.clear();
  step.bounds.clear();
  const auto reach = [&](std::int64_t code, std::uint32_t weight) {
    if (!step.weights.empty() && step.weights.back() == weight) return true;
    if (!step.weights.empty()) step.bounds.push_back(code);
    step.weights.push_back(weight);
    return step.bounds.size() <= most;
  };
  if (axis.lookup == AxisView::Lookup::kArray) {
    for (std::int64_t code = fact.low; code <= fact.high; ++code) {
      if (!reach(code, by_class[class_of(axis, code)])) return false;
    }
    return true;
  }
  for (std::uint32_t i = 0; i < axis.intervals; ++i) {
    const std::int64_t last = i + 1 < axis.intervals ? axis.bounds[i + 1] - 1 : fact.high;
    const std::int64_t first = axis.bounds[i];
    const std::uint64_t codes = static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first);
    const std::uint64_t period = std::max(axis.modulus, 1u);
    const std::uint32_t weight = by_class[class_of(axis, first)];
    for (std::uint64_t c = 1; c < period && c <= codes; ++c) {
      if (by_class[class_of(axis, first + static_cast<std::int64_t>(c))] != weight) return false;
    }
    if (!reach(first, weight)) return false;
  }
  return true;
}

Step make_step(const TableView& table, std::uint32_t fact, const std::vector<std::uint32_t>& by_class) {
  const FactView& view = table.facts[fact];
  const AxisView& axis = table.axes[fact];
  Step step = check_of(view, fact);
  if (by_class.empty()) return step;
  // A few comparisons before a load that may miss the cache.
  if (step.span >= kSmallArray && find_bounds(axis, view, by_class, kFewBounds, step)) return step;
  if (step.span < kLargestArray) {
    step.weights.clear();
    step.bounds.clear();
    step.kind = Step::Kind::kArray;
    for (std::int64_t code = view.low; code <= view.high; ++code) {
      step.weights.push_back(by_class[class_of(axis, code)]);
    }
    return step;
  }
  if (find_bounds(axis, view, by_class, kMostBounds, step)) return step;
  step.kind = Step::Kind::kClass;
  step.bounds.clear();
  step.weights = by_class;
  return step;
}

}  // namespace

std::optional<Cells> make_cells(const Table& table, const Known& known,
                                const std::vector<OpenFact>& open) {
  std::vector<Axis> axes;
  for (const OpenFact& fact : open) {
    if (fact.groups == 1) continue;
    axes.push_back({&fact, std::vector<std::uint32_t>(fact.groups), fact.groups});
  }
  if (product(axes) > kMostCells) return std::nullopt;
  Cells out;
  out.cells = fill(table, known, open, axes);
  for (std::size_t i = 0; i < axes.size(); ++i) join_slices(axes, i, out.cells);

  std::map<std::uint32_t, std::vector<std::uint32_t>> weights;  // by fact, then class
  std::uint32_t stride = 1;
  for (std::size_t i = axes.size(); i-- > 0;) {
    if (axes[i].size == 1) continue;
    for (const std::uint32_t group : axes[i].open->group) {
      weights[axes[i].open->fact].push_back(axes[i].place[group] * stride);
    }
    stride *= axes[i].size;
  }
  for (const OpenFact& fact : open) {
    out.steps.push_back(make_step(table.view(), fact.fact, weights[fact.fact]));
  }
  return out;
}

}  // namespace switchyard::residual
