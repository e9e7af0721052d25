#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/emit/prove_parts.h"
#include "runtime/decide/decide.h"
#include "runtime/decide/fact_row.h"
#include "runtime/table/view.h"

namespace switchyard::emit_detail {

namespace {

constexpr std::size_t kWords = 8;
constexpr std::size_t kCells = 64 * kWords;  // combinations that are evaluated together

using Bits = std::array<std::uint64_t, kWords>;  // a bit a combination

// What the model's rows say of combinations of classes, by evaluating its formulas; 512 at once. No
// diagram and no box has a part in it.
class RowsOfCells {
 public:
  RowsOfCells(const Model& model, const Partition& partition)
      : model_(model), partition_(partition), leaves_(leaf_codes(model)),
        values_(model.formulas.size()), choices_(model.facts.size()) {
    std::vector<bool> known(model.formulas.size(), false);
    for (BlockId b = 0; b < model.blocks.size(); ++b) {
      std::vector<bool> needed(model.formulas.size(), false);
      const Block& own = model.blocks[b];
      for (RowId r = own.first_row; r < own.first_row + own.row_count; ++r) {
        needed[model.rows[r].formula] = true;
      }
      for (const Assumption& one : model.assumptions) {
        if (b == 0) needed[one.condition.formula] = true;
      }
      // Operands have smaller ids than their users.
      std::vector<FormulaId> steps;
      for (FormulaId f = static_cast<FormulaId>(needed.size()); f-- > 0;) {
        if (!needed[f] || known[f]) continue;
        known[f] = true;
        steps.push_back(f);
        if (f <= kTrue || model.formulas.kind(f) == Formulas::Kind::kAtom) continue;
        for (const FormulaId operand : model.formulas.operands(f)) needed[operand] = true;
      }
      steps_.emplace_back(steps.rbegin(), steps.rend());
    }
    for (FactId f = model.declared_facts; f < model.facts.size(); ++f) choices_[f].resize(kCells);
  }

  // classes[fact * kCells + i]: of combination i. Gives, by block, the leaf of each of `count`.
  std::vector<std::vector<std::uint32_t>> run(const std::vector<ClassId>& classes,
                                              std::size_t count) {
    classes_ = &classes;
    std::vector<std::uint32_t> leaves(count, leaves_.undecided());
    std::vector<std::vector<std::uint32_t>> out;
    Bits open{};
    for (std::size_t i = 0; i < count; ++i) open[i / 64] |= std::uint64_t{1} << (i % 64);
    for (BlockId b = 0; b < model_.blocks.size(); ++b) {
      for (const FormulaId f : steps_[b]) values_[f] = value(f);
      for (std::uint32_t a = 0; b == 0 && a < model_.assumptions.size(); ++a) {
        Bits violated = values_[model_.assumptions[a].condition.formula];
        for (std::uint64_t& word : violated) word = ~word;
        take(open, violated, [&](std::size_t i) { leaves[i] = leaves_.excluded(a); });
      }
      open = decide(b, open, leaves);
      out.push_back(leaves);
    }
    return out;
  }

 private:
  // Of the open combinations those that go on to the next block. A refusal, as what is excluded or
  // undecided, is the answer of all later blocks too.
  Bits decide(BlockId b, Bits open, std::vector<std::uint32_t>& leaves) {
    const Block& own = model_.blocks[b];
    Bits chosen{}, all = open;
    take(all, open, [&](std::size_t i) { leaves[i] = leaves_.undecided(); });
    for (RowId r = own.first_row; r < own.first_row + own.row_count; ++r) {
      const std::optional<std::int64_t> choice = choice_of(model_, b, r);
      take(open, values_[model_.rows[r].formula], [&](std::size_t i) {
        leaves[i] = leaves_.row(r);
        if (!choice) return;
        chosen[i / 64] |= std::uint64_t{1} << (i % 64);
        if (own.fact) choices_[*own.fact][i] = *choice;
      });
    }
    return chosen;
  }

  template <typename Visit>
  static void take(Bits& open, const Bits& which, Visit visit) {
    for (std::size_t w = 0; w < kWords; ++w) {
      for (std::uint64_t hit = open[w] & which[w]; hit != 0; hit &= hit - 1) {
        visit(w * 64 + static_cast<std::size_t>(std::countr_zero(hit)));
      }
      open[w] &= ~which[w];
    }
  }

  Bits value(FormulaId f) const {
    using Kind = Formulas::Kind;
    Bits out{};
    const Kind kind = model_.formulas.kind(f);
    if (kind == Kind::kBottom) return out;
    if (kind == Kind::kAtom) return atom(model_.formulas.atom_of(f));
    if (kind == Kind::kTop || kind == Kind::kAnd) out.fill(~std::uint64_t{0});
    if (kind == Kind::kTop) return out;
    for (const FormulaId operand : model_.formulas.operands(f)) {
      const Bits& of = values_[operand];
      for (std::size_t w = 0; w < kWords; ++w) {
        out[w] = kind == Kind::kNot ? ~of[w] : kind == Kind::kAnd ? out[w] & of[w] : out[w] | of[w];
      }
    }
    return out;
  }

  Bits atom(AtomId id) const {
    Bits out{};
    const Atom& atom = model_.formulas.atom(id);
    const bool declared = atom.fact < model_.declared_facts;
    const ClassSet& set = partition_.atoms[id];
    for (std::size_t i = 0; i < kCells; ++i) {
      const bool holds = declared ? set.contains((*classes_)[atom.fact * kCells + i])
                                  : atom.holds(choices_[atom.fact][i]);
      out[i / 64] |= std::uint64_t{holds} << (i % 64);
    }
    return out;
  }

  const Model& model_;
  const Partition& partition_;
  const LeafCodes leaves_;
  std::vector<std::vector<FormulaId>> steps_;        // by block: what it needs anew, ascending
  std::vector<Bits> values_;                         // by formula
  std::vector<std::vector<std::int64_t>> choices_;   // by fact of a decision and combination
  const std::vector<ClassId>* classes_ = nullptr;
};

}  // namespace

std::string compare_dense(const Table& table, const Model& model, const Partition& partition) {
  RowsOfCells rows(model, partition);
  FactRow row(table);
  std::vector<ClassId> at(model.declared_facts, 0);
  std::vector<ClassId> classes(model.declared_facts * kCells, 0);
  std::vector<std::vector<std::uint32_t>> stored(model.blocks.size());
  for (bool more = true; more;) {
    for (auto& leaves : stored) leaves.clear();
    std::size_t count = 0;
    for (; more && count < kCells; ++count) {
      // Asked as an engine would: a representative of each class in the struct of facts.
      for (FactId f = 0; f < model.declared_facts; ++f) {
        classes[f * kCells + count] = at[f];
        if (!row.set_code(f, partition.axes[f].representative[at[f]])) return "a domain";
      }
      for (BlockId b = 0; b < model.blocks.size(); ++b) {
        if (table.view().blocks[b].engine != Engine::kDense) continue;
        const Decision decision = decide_block(table, b, row.data());
        if (decision.kind == Decision::Kind::kBadFact) return "a domain";
        stored[b].push_back(decision.leaf);
        // `decide` may take the inline path; it must not tell.
        if (b + 1 == model.blocks.size() && decide(table, row.data()) != decision) {
          return "the inline look-up";
        }
      }
      more = false;
      for (FactId f = 0; f < model.declared_facts && !more; ++f) {
        at[f] = at[f] + 1 == partition.axes[f].class_count() ? 0 : at[f] + 1;
        more = at[f] != 0;
      }
    }
    const auto expected = rows.run(classes, count);
    for (BlockId b = 0; b < model.blocks.size(); ++b) {
      if (table.view().blocks[b].engine == Engine::kDense && stored[b] != expected[b]) {
        return "a cell of the dense array";
      }
    }
  }
  return {};
}

}  // namespace switchyard::emit_detail
