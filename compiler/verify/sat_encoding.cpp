#include "compiler/verify/sat_encoding.h"

#include <algorithm>
#include <set>

#include "compiler/diagram/build.h"
#include "runtime/base/check.h"

namespace switchyard {

SatEncoding::SatEncoding(const Model& model, const Formulas& formulas, const Partition& partition,
                         Solver& solver, SatEncoding* twin, FactId own)
    : model_(model),
      formulas_(formulas),
      partition_(partition),
      solver_(solver),
      twin_(twin),
      own_(own),
      reached_(model.blocks.size()),
      undecided_(model.blocks.size()),
      open_(model.rows.size()),
      chosen_(model.blocks.size()) {
  add_domains();
  for (BlockId block = 0; block < model.blocks.size(); ++block) add_block(block);
}

SatEncoding::SatEncoding(const Model& model, const Formulas& formulas, const Partition& partition,
                         Solver& solver, std::span<const BlockId> blocks)
    : model_(model),
      formulas_(formulas),
      partition_(partition),
      solver_(solver),
      twin_(nullptr),
      own_(kNone),
      reached_(model.blocks.size()),
      undecided_(model.blocks.size()),
      open_(model.rows.size()),
      chosen_(model.blocks.size()) {
  add_domains();
  for (const BlockId block : blocks) add_block(block);
}

void SatEncoding::add_domains() {
  for (FactId fact = 0; fact < model_.declared_facts; ++fact) {
    domains_.push_back(twin_ != nullptr && fact != own_
                           ? twin_->domains_[fact]
                           : std::make_shared<SatDomain>(solver_, model_.facts[fact],
                                                         partition_.axes[fact]));
  }
}

void SatEncoding::add_block(BlockId id) {
  const Block& block = model_.blocks[id];
  reached_[id] =
      id == 0 || chosen_[id - 1].empty() ? solver_.always() : solver_.any(chosen_[id - 1]);
  const bool last = id + 1 == model_.blocks.size();
  std::vector<std::vector<Literal>> choosing(block.targets.size());
  Literal open = reached_[id];
  for (RowId row = block.first_row; row < block.first_row + block.row_count; ++row) {
    open_[row] = open;
    const Literal matches = formula(model_.rows[row].formula);
    if (const auto code = choice_of(model_, id, row); code && !last) {
      choosing[static_cast<std::size_t>(*code)].push_back(solver_.all({open, matches}));
    }
    open = solver_.all({open, -matches});
  }
  undecided_[id] = open;
  for (std::vector<Literal>& rows : choosing) chosen_[id].push_back(solver_.any(std::move(rows)));
}

bool SatEncoding::depends_on_own(FormulaId id) {
  if (depends_.size() < formulas_.size()) depends_.resize(formulas_.size(), 0);
  // In the order of ids, so that operands are known: of all formulas at once.
  for (; depends_known_ <= id; ++depends_known_) find_dependence(depends_known_);
  return depends_[id] != 0;
}

void SatEncoding::find_dependence(FormulaId id) {
  bool depends = false;
  switch (formulas_.kind(id)) {
    case Formulas::Kind::kBottom:
    case Formulas::Kind::kTop:
      break;
    case Formulas::Kind::kAtom: {
      const FactId fact = formulas_.atom(formulas_.atom_of(id)).fact;
      depends = fact == own_ || fact >= model_.declared_facts;
      break;
    }
    case Formulas::Kind::kNot:
    case Formulas::Kind::kAnd:
    case Formulas::Kind::kOr:
      for (const FormulaId operand : formulas_.operands(id)) {
        if (depends_[operand] != 0) depends = true;
      }
      break;
  }
  depends_[id] = depends ? 1 : 0;
}

Literal SatEncoding::formula(FormulaId id) {
  if (known_.size() < formulas_.size()) known_.resize(formulas_.size(), 0);
  // Not by recursion: a chain of 200,000 `let`s is that deep. Operands have smaller ids.
  std::vector<FormulaId> open = {id};
  std::set<FormulaId> needed;
  while (!open.empty()) {
    const FormulaId at = open.back();
    open.pop_back();
    if (known_[at] != 0 || !needed.insert(at).second) continue;
    if (formulas_.kind(at) < Formulas::Kind::kNot) continue;
    for (const FormulaId operand : formulas_.operands(at)) open.push_back(operand);
  }
  for (const FormulaId at : needed) known_[at] = make(at);
  return known_[id];
}

Literal SatEncoding::make(FormulaId id) {
  Literal result = 0;
  if (twin_ != nullptr && !depends_on_own(id)) {
    result = twin_->formula(id);
  } else {
    switch (formulas_.kind(id)) {
      case Formulas::Kind::kBottom:
        result = -solver_.always();
        break;
      case Formulas::Kind::kTop:
        result = solver_.always();
        break;
      case Formulas::Kind::kAtom:
        result = atom(formulas_.atom_of(id));
        break;
      case Formulas::Kind::kNot:
        result = -known_[formulas_.operands(id)[0]];
        break;
      case Formulas::Kind::kAnd:
      case Formulas::Kind::kOr: {
        std::vector<Literal> parts;
        for (const FormulaId operand : formulas_.operands(id)) parts.push_back(known_[operand]);
        result = formulas_.kind(id) == Formulas::Kind::kAnd ? solver_.all(std::move(parts))
                                                            : solver_.any(std::move(parts));
        break;
      }
    }
  }
  return result;
}

Literal SatEncoding::atom(AtomId id) {
  const Atom& atom = formulas_.atom(id);
  const ClassSet& classes = partition_.atoms[id];
  if (atom.fact < model_.declared_facts) return domains_[atom.fact]->literal(atom, classes);
  const BlockId block = model_.facts[atom.fact].block;
  SWITCHYARD_CHECK(!chosen_[block].empty());
  std::vector<Literal> parts;
  for (std::size_t code = 0; code < chosen_[block].size(); ++code) {
    const ClassId c = partition_.axes[atom.fact].class_of(static_cast<std::int64_t>(code));
    if (classes.contains(c)) parts.push_back(chosen_[block][code]);
  }
  return solver_.any(std::move(parts));
}

std::vector<ClassId> SatEncoding::point() const {
  std::vector<ClassId> result;
  for (const auto& domain : domains_) result.push_back(domain->value());
  return result;
}

}  // namespace switchyard
