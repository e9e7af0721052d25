#include "compiler/region/partition.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "compiler/diagnostic/registry.h"
#include "compiler/region/refinement.h"
#include "runtime/base/check.h"

namespace switchyard {

namespace {

std::int64_t remainder(std::int64_t code, std::int64_t modulus) {
  const std::int64_t r = code % modulus;
  return r < 0 ? r + modulus : r;
}

// The first codes of the intervals that the range is cut into; wherever a remainder is or is not the
// one asked for, when there is no common modulus to go by.
std::vector<std::int64_t> starts_of(const Model& model, const Fact& fact,
                                    const std::vector<AtomId>& atoms, bool at_remainders) {
  std::set<std::int64_t> starts = {fact.low};
  const auto cut = [&](std::int64_t code) {
    if (code > fact.low && code <= fact.high && starts.size() <= kMaxCells) starts.insert(code);
  };
  bool masks = false;
  for (const AtomId id : atoms) {
    const Atom& atom = model.formulas.atom(id);
    if (atom.kind == Atom::Kind::kAny || atom.kind == Atom::Kind::kAll) masks = true;
    if (atom.kind == Atom::Kind::kModulo && at_remainders) {
      for (std::int64_t code = fact.low; code < fact.high; ++code) {
        if (atom.holds(code) != atom.holds(code + 1)) cut(code + 1);
      }
    }
    if (atom.kind != Atom::Kind::kIn) continue;
    for (const Interval& interval : atom.intervals) {
      cut(interval.low);
      if (interval.high < fact.high) cut(interval.high + 1);
    }
  }
  if (fact.kind == FactKind::kDecision) {
    for (std::int64_t code = fact.low; code <= fact.high; ++code) cut(code);
  }
  if (masks) {
    // A mask of flags changes its value anywhere: cut wherever the used bits do.
    SWITCHYARD_CHECK(fact.low == 0 && fact.high < 65'536);
    std::int64_t used = 0;
    for (const AtomId id : atoms) {
      const Atom& atom = model.formulas.atom(id);
      if (atom.kind != Atom::Kind::kIn) used |= atom.operand;
    }
    for (std::int64_t code = 1; code <= fact.high; ++code) {
      if ((code & used) != ((code - 1) & used)) cut(code);
    }
  }
  return {starts.begin(), starts.end()};
}

// Common multiple of the moduli used, 1 without any; none past the limit.
std::optional<std::int64_t> modulus_of(const Model& model, const std::vector<AtomId>& atoms) {
  std::int64_t common = 1;
  for (const AtomId id : atoms) {
    const Atom& atom = model.formulas.atom(id);
    if (atom.kind != Atom::Kind::kModulo) continue;
    if (atom.operand > kMaxModulus) return std::nullopt;
    common = std::lcm(common, atom.operand);
    if (common > kMaxModulus) return std::nullopt;
  }
  return common;
}

void group_residues(const Model& model, const std::vector<AtomId>& atoms, Axis& axis) {
  Refinement residues(static_cast<std::size_t>(axis.modulus));
  for (const AtomId id : atoms) {
    if (axis.modulus == 1) break;
    const Atom& atom = model.formulas.atom(id);
    if (atom.kind != Atom::Kind::kModulo) continue;
    for (std::int64_t r = 0; r < axis.modulus; ++r) {
      if (atom.holds(r)) residues.touch(static_cast<std::size_t>(r));
    }
    residues.split();
  }
  axis.residue_class = residues.numbered();
  axis.residue_classes = residues.groups();
}

// How often a residue class occurs in an interval and where first: by its sorted residues.
class Residues {
 public:
  explicit Residues(const Axis& axis) : modulus_(axis.modulus), members_(axis.residue_classes) {
    for (std::int64_t r = 0; r < axis.modulus; ++r) {
      members_[axis.residue_class[static_cast<std::size_t>(r)]].push_back(r);
    }
  }

  // Codes of residue class `c` in [low, high]: none, or the smallest and how many less one.
  struct Occurrence {
    std::int64_t first;
    std::uint64_t more;
  };
  std::optional<Occurrence> in(const Interval& interval, std::uint32_t c) const {
    const std::vector<std::int64_t>& own = members_[c];
    const std::uint64_t span = static_cast<std::uint64_t>(interval.high) -
                               static_cast<std::uint64_t>(interval.low);  // length less one
    if (modulus_ == 1) return Occurrence{interval.low, span};
    const auto modulus = static_cast<std::uint64_t>(modulus_);
    const std::int64_t start = remainder(interval.low, modulus_);
    const auto next = std::lower_bound(own.begin(), own.end(), start);
    const std::int64_t distance =
        next != own.end() ? *next - start : own.front() + modulus_ - start;
    if (static_cast<std::uint64_t>(distance) > span) return std::nullopt;
    // Whole turns, then the part of a turn [start, start + rest].
    const std::uint64_t turns = span / modulus;
    const auto rest = static_cast<std::int64_t>(span % modulus);
    std::uint64_t count = turns * own.size();  // < 2^64: fewer than `modulus` residues are own
    count += count_between(own, start, std::min(start + rest, modulus_ - 1));
    if (start + rest >= modulus_) count += count_between(own, 0, start + rest - modulus_);
    return Occurrence{interval.low + distance, count - 1};
  }

 private:
  static std::uint64_t count_between(const std::vector<std::int64_t>& own, std::int64_t low,
                                     std::int64_t high) {
    return static_cast<std::uint64_t>(std::upper_bound(own.begin(), own.end(), high) -
                                      std::lower_bound(own.begin(), own.end(), low));
  }

  std::int64_t modulus_;
  std::vector<std::vector<std::int64_t>> members_;
};

// Calls `visit` with every cell whose codes satisfy the atom. Without a modulus the intervals are cut
// where the atoms other than kIn change.
template <typename Visit>
void for_cells(const Atom& atom, const Axis& axis, Visit visit) {
  const std::size_t width = axis.residue_classes;
  const auto visit_row = [&](std::size_t i) {
    for (std::size_t r = 0; r < width; ++r) visit(i * width + r);
  };
  const auto visit_by_first_code = [&] {
    for (std::size_t i = 0; i < axis.intervals.size(); ++i) {
      if (atom.holds(axis.intervals[i].low)) visit_row(i);
    }
  };
  switch (atom.kind) {
    case Atom::Kind::kIn: {
      for (const Interval& interval : atom.intervals) {
        auto i = static_cast<std::size_t>(
            std::lower_bound(axis.intervals.begin(), axis.intervals.end(), interval.low,
                             [](const Interval& own, std::int64_t low) { return own.low < low; }) -
            axis.intervals.begin());
        for (; i < axis.intervals.size() && axis.intervals[i].low <= interval.high; ++i) visit_row(i);
      }
      return;
    }
    case Atom::Kind::kModulo: {
      if (axis.modulus == 1) return visit_by_first_code();
      std::vector<bool> inside(width);
      for (std::size_t r = 0; r < axis.residue_class.size(); ++r) {
        if (atom.holds(static_cast<std::int64_t>(r))) inside[axis.residue_class[r]] = true;
      }
      for (std::size_t i = 0; i < axis.intervals.size(); ++i) {
        for (std::size_t r = 0; r < width; ++r) {
          if (inside[r]) visit(i * width + r);
        }
      }
      return;
    }
    case Atom::Kind::kAny:
    case Atom::Kind::kAll: return visit_by_first_code();
  }
}

// Numbers the groups of cells by their smallest code; cells without codes have no class.
void number_classes(const Refinement& cells, Axis& axis) {
  struct Group {
    std::int64_t first = 0;
    std::uint64_t more = 0;
    bool any = false;
  };
  const std::vector<std::uint32_t>& group_of = cells.numbered();
  std::vector<Group> groups(cells.groups());
  const Residues residues(axis);
  const std::size_t width = axis.residue_classes;
  for (std::size_t cell = 0; cell < group_of.size(); ++cell) {
    const auto found =
        residues.in(axis.intervals[cell / width], static_cast<std::uint32_t>(cell % width));
    if (!found) continue;
    Group& group = groups[group_of[cell]];
    group.first = group.any ? std::min(group.first, found->first) : found->first;
    group.more += found->more + (group.any ? 1 : 0);
    group.any = true;
    axis.class_of_cell[cell] = group_of[cell];
  }
  std::vector<std::uint32_t> order;
  for (std::uint32_t g = 0; g < groups.size(); ++g) {
    if (groups[g].any) order.push_back(g);
  }
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return groups[a].first < groups[b].first; });
  std::vector<ClassId> number(groups.size(), Axis::kNoClass);
  for (const std::uint32_t g : order) {
    number[g] = static_cast<ClassId>(axis.representative.size());
    axis.representative.push_back(groups[g].first);
    axis.more.push_back(groups[g].more);
  }
  for (ClassId& c : axis.class_of_cell) {
    if (c != Axis::kNoClass) c = number[c];
  }
}

ClassSet classes_of(const Atom& atom, const Axis& axis) {
  ClassSet set(axis.class_count());
  for_cells(atom, axis, [&](std::size_t cell) {
    if (axis.class_of_cell[cell] != Axis::kNoClass) set.insert(axis.class_of_cell[cell]);
  });
  return set;
}

void report_moduli(const Model& model, const Fact& fact, const std::vector<AtomId>& atoms,
                   DiagnosticSink& sink) {
  std::set<std::int64_t> moduli;
  for (const AtomId id : atoms) {
    const Atom& atom = model.formulas.atom(id);
    if (atom.kind == Atom::Kind::kModulo) moduli.insert(atom.operand);
  }
  std::string list;
  for (const std::int64_t modulus : moduli) {
    list += fmt::format("{}{}", list.empty() ? "" : ", ", modulus);
  }
  sink.report(diag::ModulusTooLarge, fact.span, fact.name, list)
      .with_label("its remainders cannot be told apart in a table")
      .with_help("use divisors that divide one another, or let the engine send the remainder as a "
                 "fact of its own");
}

void report_classes(const Fact& fact, DiagnosticSink& sink) {
  sink.report(diag::TooManyClasses, fact.span, fact.name, "65536")
      .with_label("more groups than a table can hold")
      .with_help("combine conditions that need not be told apart, or let the engine send a coarser "
                 "fact");
}

std::optional<Axis> axis_of(const Model& model, const Fact& fact, const std::vector<AtomId>& atoms,
                            DiagnosticSink& sink) {
  Axis axis;
  const std::optional<std::int64_t> modulus = modulus_of(model, atoms);
  const bool few_codes = static_cast<std::uint64_t>(fact.high) - static_cast<std::uint64_t>(fact.low) <
                         static_cast<std::uint64_t>(kMaxModulus);
  if (!modulus && !few_codes) {
    report_moduli(model, fact, atoms, sink);
    return std::nullopt;
  }
  axis.modulus = modulus.value_or(1);
  group_residues(model, atoms, axis);

  const std::vector<std::int64_t> starts = starts_of(model, fact, atoms, !modulus);
  if (starts.size() > kMaxCells / axis.residue_classes) {
    report_classes(fact, sink);
    return std::nullopt;
  }
  for (std::size_t i = 0; i < starts.size(); ++i) {
    axis.intervals.push_back({starts[i], i + 1 < starts.size() ? starts[i + 1] - 1 : fact.high});
  }

  Refinement cells(axis.intervals.size() * axis.residue_classes);
  if (fact.kind == FactKind::kDecision) {
    for (std::size_t i = 0; i < axis.intervals.size(); ++i) {
      cells.touch(i);
      cells.split();
    }
  }
  for (const AtomId id : atoms) {
    for_cells(model.formulas.atom(id), axis, [&](std::size_t cell) { cells.touch(cell); });
    cells.split();
  }
  axis.class_of_cell.assign(cells.numbered().size(), Axis::kNoClass);
  number_classes(cells, axis);
  if (axis.class_count() > kMaxClasses) {
    report_classes(fact, sink);
    return std::nullopt;
  }
  return axis;
}

}  // namespace

ClassId Axis::class_of(std::int64_t code) const {
  const auto next = std::upper_bound(
      intervals.begin(), intervals.end(), code,
      [](std::int64_t value, const Interval& interval) { return value < interval.low; });
  SWITCHYARD_CHECK(next != intervals.begin());
  const auto i = static_cast<std::size_t>(next - intervals.begin()) - 1;
  const auto residue = static_cast<std::size_t>(remainder(code, modulus));
  return class_of_cell[i * residue_classes + residue_class[residue]];
}

std::optional<Partition> partition(const Model& model, DiagnosticSink& sink) {
  std::vector<std::vector<AtomId>> atoms(model.facts.size());
  for (AtomId id = 0; id < model.formulas.atom_count(); ++id) {
    atoms[model.formulas.atom(id).fact].push_back(id);
  }
  Partition result;
  bool complete = true;
  for (FactId fact = 0; fact < model.facts.size(); ++fact) {
    std::optional<Axis> axis = axis_of(model, model.facts[fact], atoms[fact], sink);
    if (!axis) complete = false;
    result.axes.push_back(axis ? std::move(*axis) : Axis{});
  }
  if (!complete) return std::nullopt;
  for (AtomId id = 0; id < model.formulas.atom_count(); ++id) {
    const Atom& atom = model.formulas.atom(id);
    result.atoms.push_back(classes_of(atom, result.axes[atom.fact]));
  }
  return result;
}

}  // namespace switchyard
