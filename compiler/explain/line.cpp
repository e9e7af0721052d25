#include "compiler/explain/line.h"

#include <algorithm>

#include "compiler/diagram/build.h"
#include "runtime/base/check.h"

namespace switchyard {

namespace {

// Marks the root and what it is made of; adds the newly marked ones.
void add_needed(const Formulas& formulas, FormulaId root, std::vector<bool>& marked,
                std::vector<FormulaId>& added) {
  std::vector<FormulaId> open = {root};
  while (!open.empty()) {
    const FormulaId id = open.back();
    open.pop_back();
    if (marked[id]) continue;
    marked[id] = true;
    added.push_back(id);
    const Formulas::Kind kind = formulas.kind(id);
    if (kind == Formulas::Kind::kNot || kind == Formulas::Kind::kAnd || kind == Formulas::Kind::kOr) {
      const auto operands = formulas.operands(id);
      open.insert(open.end(), operands.begin(), operands.end());
    }
  }
}

}  // namespace

Line::Line(const Model& model, const Partition& partition)
    : model_(model), partition_(partition), needed_(model.blocks.size()),
      values_(model.formulas.size()), chosen_(model.blocks.size()) {
  std::vector<bool> marked(model.formulas.size());
  for (const Assumption& assumption : model.assumptions) {
    add_needed(model.formulas, assumption.condition.formula, marked, needed_[0]);
  }
  for (BlockId id = 0; id < model.blocks.size(); ++id) {
    const Block& block = model.blocks[id];
    for (RowId row = block.first_row; row < block.first_row + block.row_count; ++row) {
      add_needed(model.formulas, model.rows[row].formula, marked, needed_[id]);
    }
    std::sort(needed_[id].begin(), needed_[id].end());  // operands first
  }
}

const ClassSet& Line::set_of(const Value& value) const {
  switch (value.where) {
    case Value::Where::kNowhere: return none_;
    case Value::Where::kSome: return value.classes;
    case Value::Where::kEverywhere: return all_;
  }
  SWITCHYARD_CHECK(false);
}

Line::Value Line::value_of(ClassSet classes) const {
  if (classes.empty()) return {};
  if (classes == all_) return {Value::Where::kEverywhere, {}};
  return {Value::Where::kSome, std::move(classes)};
}

Line::Value Line::compute(FormulaId id, const Point& point, FactId fact) const {
  const Formulas& formulas = model_.formulas;
  switch (formulas.kind(id)) {
    case Formulas::Kind::kBottom:
      return {};
    case Formulas::Kind::kTop:
      return {Value::Where::kEverywhere, {}};
    case Formulas::Kind::kAtom:
      return atom(formulas.atom_of(id), point, fact);
    case Formulas::Kind::kNot:
      return value_of(all_ & ~set_of(values_[formulas.operands(id)[0]]));
    case Formulas::Kind::kAnd:
    case Formulas::Kind::kOr:
      break;
  }
  const bool conjunction = formulas.kind(id) == Formulas::Kind::kAnd;
  const auto absorbing = conjunction ? Value::Where::kNowhere : Value::Where::kEverywhere;
  Value result{conjunction ? Value::Where::kEverywhere : Value::Where::kNowhere, {}};
  for (const FormulaId operand : formulas.operands(id)) {
    const Value& part = values_[operand];
    if (part.where == absorbing) return {absorbing, {}};
    if (part.where != Value::Where::kSome) continue;
    result = result.where != Value::Where::kSome
                 ? part
                 : value_of(conjunction ? result.classes & part.classes
                                        : result.classes | part.classes);
    if (result.where == absorbing) return result;
  }
  return result;
}

Line::Value Line::atom(AtomId id, const Point& point, FactId fact) const {
  const FactId own = model_.formulas.atom(id).fact;
  const ClassSet& classes = partition_.atoms[id];
  if (own == fact) return value_of(classes);
  if (own < model_.declared_facts) {
    return {classes.contains(point[own]) ? Value::Where::kEverywhere : Value::Where::kNowhere, {}};
  }
  // A decision: wherever its block chose one of these.
  ClassSet where = none_;
  const std::vector<ClassSet>& chosen = chosen_[model_.facts[own].block];
  for (std::size_t code = 0; code < chosen.size(); ++code) {
    const ClassId c = partition_.axes[own].class_of(static_cast<std::int64_t>(code));
    if (classes.contains(c)) where = where | chosen[code];
  }
  return value_of(std::move(where));
}

void Line::give(const ClassSet& classes, std::uint32_t leaf) {
  for (ClassId c = 0; c < leaves_.size(); ++c) {
    if (classes.contains(c)) leaves_[c] = leaf;
  }
}

const std::vector<std::uint32_t>& Line::leaves(const Point& point, FactId fact, BlockId block) {
  const LeafCodes codes = leaf_codes(model_);
  const std::size_t size = partition_.axes[fact].class_count();
  none_ = ClassSet(size);
  all_ = ClassSet(size, true);
  leaves_.assign(size, codes.undecided());
  ClassSet open = all_;
  for (BlockId id = 0; id <= block; ++id) {
    for (const FormulaId formula : needed_[id]) values_[formula] = compute(formula, point, fact);
    work_ += needed_[id].size() + 1;
    for (std::uint32_t a = 0; id == 0 && a < model_.assumptions.size(); ++a) {
      const ClassSet violated =
          open & ~set_of(values_[model_.assumptions[a].condition.formula]);
      give(violated, codes.excluded(a));
      open = open & ~violated;
    }
    const Block& own = model_.blocks[id];
    chosen_[id].assign(own.targets.size(), none_);
    ClassSet next = none_;
    for (RowId row = own.first_row; row < own.first_row + own.row_count && !open.empty(); ++row) {
      const Value& value = values_[model_.rows[row].formula];
      if (value.where == Value::Where::kNowhere) continue;
      const ClassSet taken = open & set_of(value);
      if (taken.empty()) continue;
      open = open & ~taken;
      const auto code = choice_of(model_, id, row);
      if (code && id != block) {
        ClassSet& chosen = chosen_[id][static_cast<std::size_t>(*code)];
        chosen = chosen | taken;
        next = next | taken;
      } else {
        give(taken, codes.row(row));
      }
    }
    open = std::move(next);
  }
  return leaves_;
}

Point point_of(const Model& model, const Partition& partition,
               const std::vector<std::int64_t>& codes) {
  Point point;
  for (FactId fact = 0; fact < model.declared_facts; ++fact) {
    point.push_back(partition.axes[fact].class_of(codes[fact]));
  }
  return point;
}

}  // namespace switchyard
