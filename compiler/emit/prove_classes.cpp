#include <algorithm>
#include <cstdint>
#include <vector>

#include <fmt/format.h>

#include "compiler/emit/prove_parts.h"
#include "runtime/table/view.h"

namespace switchyard::emit_detail {

namespace {

std::int64_t remainder(std::int64_t code, std::int64_t modulus) {
  const std::int64_t r = code % modulus;
  return r < 0 ? r + modulus : r;
}

std::uint64_t span_of(const Interval& interval) {  // its length less one
  return static_cast<std::uint64_t>(interval.high) - static_cast<std::uint64_t>(interval.low);
}

// One fact's axis: first that it is one, then the table's look-up with it, then every atom's classes.
class AxisProof {
 public:
  AxisProof(const Fact& fact, const Axis& axis) : fact_(fact), axis_(axis) {}

  // The cells cover the domain, each code has a class, each class its representative.
  bool well_formed() {
    if (axis_.intervals.empty() || axis_.modulus < 1 || axis_.class_count() == 0 ||
        axis_.residue_class.size() != static_cast<std::size_t>(axis_.modulus) ||
        axis_.class_of_cell.size() != axis_.intervals.size() * axis_.residue_classes ||
        axis_.intervals.front().low != fact_.low || axis_.intervals.back().high != fact_.high) {
      return false;
    }
    for (std::size_t i = 0; i < axis_.intervals.size(); ++i) {
      const Interval& interval = axis_.intervals[i];
      if (interval.low > interval.high) return false;
      if (i > 0 && interval.low - 1 != axis_.intervals[i - 1].high) return false;
    }
    members_.resize(axis_.residue_classes);
    for (std::int64_t r = 0; r < axis_.modulus; ++r) {
      const std::uint32_t own = axis_.residue_class[static_cast<std::size_t>(r)];
      if (own >= axis_.residue_classes) return false;
      members_[own].push_back(r);
    }
    cells_of_class_.assign(axis_.class_count(), 0);
    for (std::size_t cell = 0; cell < axis_.class_of_cell.size(); ++cell) {
      const ClassId c = axis_.class_of_cell[cell];
      if (c == Axis::kNoClass ? has_code(cell) : c >= axis_.class_count()) return false;
      if (c != Axis::kNoClass) ++cells_of_class_[c];
    }
    for (ClassId c = 0; c < axis_.class_count(); ++c) {
      const std::int64_t code = axis_.representative[c];
      if (code < fact_.low || code > fact_.high || axis_.class_of(code) != c) return false;
    }
    vary_.assign(axis_.intervals.size(), 0);
    if (fact_.kind == FactKind::kFlags) {
      for (std::size_t i = 0; i < axis_.intervals.size(); ++i) {
        const Interval& interval = axis_.intervals[i];
        for (std::int64_t code = interval.low; code <= interval.high; ++code) {
          vary_[i] |= code ^ interval.low;
        }
      }
    }
    return true;
  }

  bool same_as(const AxisView& view) const {
    if (view.low != fact_.low || view.classes != axis_.class_count()) return false;
    switch (view.lookup) {
      case AxisView::Lookup::kConstant: return view.classes == 1;
      case AxisView::Lookup::kArray:
        for (const Interval& interval : axis_.intervals) {
          for (std::int64_t code = interval.low;; ++code) {
            if (class_of(view, code) != axis_.class_of(code)) return false;
            if (code == interval.high) break;
          }
        }
        return true;
      case AxisView::Lookup::kSearch: return same_search(view);
    }
    return false;
  }

  // `set` has exactly the classes whose codes satisfy the atom, and no class is torn by it.
  bool holds(const Atom& atom, const ClassSet& set) {
    if (set.size() != axis_.class_count()) return false;
    covered_.resize(axis_.class_count(), 0);
    touched_.clear();
    bool right = cover(atom);
    right = right && set.count() == touched_.size();
    for (const ClassId c : touched_) {
      right = right && covered_[c] == cells_of_class_[c] && set.contains(c);
      covered_[c] = 0;
    }
    return right;
  }

 private:
  bool has_code(std::size_t cell) const {
    const Interval& interval = axis_.intervals[cell / axis_.residue_classes];
    const std::vector<std::int64_t>& own = members_[cell % axis_.residue_classes];
    if (own.empty()) return false;
    const std::int64_t start = remainder(interval.low, axis_.modulus);
    const auto next = std::lower_bound(own.begin(), own.end(), start);
    const std::int64_t distance =
        next != own.end() ? *next - start : own.front() + axis_.modulus - start;
    return static_cast<std::uint64_t>(distance) <= span_of(interval);
  }

  bool same_search(const AxisView& view) const {
    if (view.intervals != axis_.intervals.size() || view.modulus != axis_.modulus ||
        view.residue_classes != axis_.residue_classes) {
      return false;
    }
    for (std::size_t i = 0; i < axis_.intervals.size(); ++i) {
      if (view.bounds[i] != axis_.intervals[i].low) return false;
    }
    for (std::size_t r = 0; axis_.modulus > 1 && r < axis_.residue_class.size(); ++r) {
      if (view.residues[r] != axis_.residue_class[r]) return false;
    }
    for (std::size_t cell = 0; cell < axis_.class_of_cell.size(); ++cell) {
      const ClassId c = axis_.class_of_cell[cell];
      if (c != Axis::kNoClass && view.cells[cell] != c) return false;
    }
    return true;
  }

  void add_cell(std::size_t cell) {
    const ClassId c = axis_.class_of_cell[cell];
    if (c == Axis::kNoClass) return;
    if (covered_[c]++ == 0) touched_.push_back(c);
  }
  void add_interval(std::size_t i) {
    for (std::size_t r = 0; r < axis_.residue_classes; ++r) add_cell(i * axis_.residue_classes + r);
  }

  // Adds every cell in which the atom holds; false when it is not constant in some cell.
  bool cover(const Atom& atom) {
    switch (atom.kind) {
      case Atom::Kind::kIn: return cover_intervals(atom);
      case Atom::Kind::kModulo: return cover_residues(atom);
      case Atom::Kind::kAny:
      case Atom::Kind::kAll:
        if (fact_.kind != FactKind::kFlags) return false;
        for (std::size_t i = 0; i < axis_.intervals.size(); ++i) {
          if ((vary_[i] & atom.operand) != 0) return false;
          if (atom.holds(axis_.intervals[i].low)) add_interval(i);
        }
        return true;
    }
    return false;
  }

  bool cover_intervals(const Atom& atom) {
    for (const Interval& outside : atom.intervals) {
      const Interval inside{std::max(outside.low, fact_.low), std::min(outside.high, fact_.high)};
      if (inside.low > inside.high) continue;
      auto at = std::lower_bound(
          axis_.intervals.begin(), axis_.intervals.end(), inside.low,
          [](const Interval& own, std::int64_t low) { return own.low < low; });
      if (at == axis_.intervals.end() || at->low != inside.low) return false;  // torn at its low end
      // The axis ends where the domain does, so the last interval is met or passed.
      for (; at->high < inside.high; ++at) {
        add_interval(static_cast<std::size_t>(at - axis_.intervals.begin()));
      }
      if (at->high != inside.high) return false;
      add_interval(static_cast<std::size_t>(at - axis_.intervals.begin()));
    }
    return true;
  }

  // Of a fact without a modulus: no interval of its few codes is torn.
  bool cover_codes(const Atom& atom) {
    for (std::size_t i = 0; i < axis_.intervals.size(); ++i) {
      const Interval& own = axis_.intervals[i];
      const bool value = atom.holds(own.low);
      for (std::int64_t code = own.low; code < own.high; ++code) {
        if (atom.holds(code + 1) != value) return false;
      }
      if (value) add_interval(i);
    }
    return true;
  }

  bool cover_residues(const Atom& atom) {
    if (axis_.modulus == 1) return cover_codes(atom);
    if (axis_.modulus % atom.operand != 0) return false;
    for (std::uint32_t own = 0; own < axis_.residue_classes; ++own) {
      if (members_[own].empty()) continue;
      const bool value = atom.holds(members_[own].front());
      for (const std::int64_t r : members_[own]) {
        if (atom.holds(r) != value) return false;
      }
      for (std::size_t i = 0; value && i < axis_.intervals.size(); ++i) {
        add_cell(i * axis_.residue_classes + own);
      }
    }
    return true;
  }

  const Fact& fact_;
  const Axis& axis_;
  std::vector<std::vector<std::int64_t>> members_;  // by residue class: its remainders, ascending
  std::vector<std::int64_t> vary_;                  // of flags, by interval: bits that change in it
  std::vector<std::size_t> cells_of_class_;         // cells that have codes, by class
  std::vector<std::size_t> covered_;                // of those, the ones where the atom at hand holds
  std::vector<ClassId> touched_;                    // the classes of which there is any
};

}  // namespace

std::string compare_classes(const Table& table, const Model& model, const Partition& partition) {
  if (partition.axes.size() != model.facts.size() ||
      partition.atoms.size() != model.formulas.atom_count()) {
    return "the number of facts";
  }
  std::vector<std::vector<AtomId>> atoms(model.facts.size());
  for (AtomId a = 0; a < partition.atoms.size(); ++a) atoms[model.formulas.atom(a).fact].push_back(a);
  for (FactId f = 0; f < model.facts.size(); ++f) {
    const Fact& fact = model.facts[f];
    AxisProof proof(fact, partition.axes[f]);
    if (!proof.well_formed()) return fmt::format("the classes of the fact `{}`", fact.name);
    if (!proof.same_as(table.view().axes[f])) {
      return fmt::format("the class of a value of the fact `{}`", fact.name);
    }
    for (const AtomId a : atoms[f]) {
      if (!proof.holds(model.formulas.atom(a), partition.atoms[a])) {
        return fmt::format("where a condition on the fact `{}` holds", fact.name);
      }
    }
  }
  return {};
}

}  // namespace switchyard::emit_detail
