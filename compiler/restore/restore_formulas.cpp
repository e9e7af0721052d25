#include <algorithm>

#include <fmt/format.h>

#include "compiler/restore/restoring.h"

namespace switchyard::restoring {

namespace {

// Stages walk formulas by recursion. Nobody writes lets over lets to this depth.
constexpr std::uint32_t kMaxFormulaDepth = 2'048;

constexpr const char* kMalformed = "a condition compares a fact as no policy does";

// What Formulas::atom and every later stage rely on. Table::open looked at kinds, indices and the
// modulus.
bool well_formed(const Atom& atom, const Fact& fact) {
  switch (atom.kind) {
    case Atom::Kind::kIn:
      break;
    case Atom::Kind::kModulo:
      if (fact.kind != FactKind::kInt) return false;
      if (!atom.intervals.empty() && (atom.intervals.front().low < 0 ||
                                      atom.intervals.back().high >= atom.operand)) {
        return false;
      }
      break;
    case Atom::Kind::kAny:
    case Atom::Kind::kAll:
      return fact.kind == FactKind::kFlags && atom.operand >= 0 && atom.operand <= fact.high &&
             atom.intervals.empty();
  }
  for (std::size_t i = 0; i < atom.intervals.size(); ++i) {
    if (atom.intervals[i].low > atom.intervals[i].high) return false;
    if (i == 0) continue;
    const std::int64_t before = atom.intervals[i - 1].high;
    if (before >= atom.intervals[i].low || before + 1 == atom.intervals[i].low) return false;
  }
  return true;
}

}  // namespace

std::string restore_formulas(Restoring& r) {
  // Each atom and each formula has parts of its own, so this ends in linear time.
  std::size_t intervals_left = r.policy.intervals() == nullptr ? 0 : r.policy.intervals()->size();
  std::size_t operands_left = r.policy.operands() == nullptr ? 0 : r.policy.operands()->size();
  constexpr const char* kShared = "conditions share what each has for itself";

  r.formulas = {kFalse, kTrue};
  r.reads = {0, 0};
  std::vector<std::uint32_t> depth = {0, 0};
  for (std::uint32_t id = kTrue + 1; id < r.policy.formulas()->size(); ++id) {
    const format::Formula& stored = *r.policy.formulas()->Get(id);
    const auto kind = static_cast<Formulas::Kind>(stored.kind());
    FormulaId made = kFalse;
    BlockId reads = 0;
    std::uint32_t below = 0;
    std::vector<FormulaId> operands;
    if (kind == Formulas::Kind::kNot || kind == Formulas::Kind::kAnd || kind == Formulas::Kind::kOr) {
      if (stored.count() > operands_left) return kShared;
      operands_left -= stored.count();
      for (std::uint32_t i = 0; i < stored.count(); ++i) {
        const std::uint32_t operand = r.policy.operands()->Get(stored.first() + i);
        operands.push_back(r.formulas[operand]);
        reads = std::max(reads, r.reads[operand]);
        below = std::max(below, depth[operand]);
      }
    }
    switch (kind) {
      case Formulas::Kind::kBottom:
      case Formulas::Kind::kTop:
        made = kind == Formulas::Kind::kTop ? kTrue : kFalse;
        break;
      case Formulas::Kind::kAtom: {
        const format::Atom& from = *r.policy.atoms()->Get(stored.first());
        const Fact& fact = r.model.facts[from.fact()];
        Atom atom{static_cast<Atom::Kind>(from.kind()), from.fact(), from.operand(), {}};
        if (from.intervals() > intervals_left) return kShared;
        intervals_left -= from.intervals();
        for (std::uint32_t i = 0; i < from.intervals(); ++i) {
          const format::Interval& interval = *r.policy.intervals()->Get(from.first_interval() + i);
          atom.intervals.push_back({interval.low(), interval.high()});
        }
        if (!well_formed(atom, fact)) return kMalformed;
        if (fact.kind == FactKind::kDecision) reads = fact.block + 1;
        made = r.model.formulas.atom(std::move(atom), fact.low, fact.high);
        break;
      }
      case Formulas::Kind::kNot:
        made = r.model.formulas.negate(operands[0]);
        break;
      case Formulas::Kind::kAnd:
        made = r.model.formulas.all(std::move(operands));
        break;
      case Formulas::Kind::kOr:
        made = r.model.formulas.any(std::move(operands));
        break;
    }
    r.formulas.push_back(made);
    r.reads.push_back(reads);
    depth.push_back(below + 1);
    if (below + 1 > kMaxFormulaDepth) {
      return fmt::format("its conditions nest more than {} deep", kMaxFormulaDepth);
    }
  }
  return {};
}

}  // namespace switchyard::restoring
