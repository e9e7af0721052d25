#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <z3++.h>

#include "compiler/sema/model.h"

namespace switchyard::testing {

// The facts of one or two policies as constants of Z3: flags are bit vectors of 16, all others
// integers within their ranges.
class Z3Facts {
 public:
  Z3Facts(z3::context& context, const Model& model);
  const z3::expr& of(FactId fact) const { return constants_[fact]; }
  std::size_t size() const { return constants_.size(); }
  z3::expr in_range() const;

 private:
  z3::context& context_;
  const Model& model_;
  std::vector<z3::expr> constants_;  // by declared fact
};

// A policy in Z3's own arithmetic: codes, never classes, so that partition, boxes, diagrams and the
// CaDiCaL encoding are all judged by something that shares nothing with them but the model.
class Z3Policy {
 public:
  // `name` tells the constants of two policies in one context apart. All must outlive it. Rows are encoded block by block, in order.
  Z3Policy(z3::context& context, const Z3Facts& facts, const Model& model, const std::string& name);

  // What the names of `decides` stand for: to be added to every question.
  z3::expr definitions() const;
  z3::expr admitted() { return formula(model_.admitted); }
  z3::expr formula(FormulaId id);
  // The row's block is reached, no earlier row of it matches, this one does.
  const z3::expr& decides(RowId row) const { return decides_[row]; }
  // The block is reached and no row matches.
  const z3::expr& undecided(BlockId block) const { return undecided_[block]; }
  // The policy ends with this outcome, in whichever block.
  z3::expr ends_with(OutcomeId outcome);

 private:
  z3::expr atom(const Atom& atom);
  z3::expr make(FormulaId id);

  z3::context& context_;
  const Z3Facts& facts_;
  const Model& model_;
  std::map<FormulaId, z3::expr> known_;
  std::vector<z3::expr> decides_, undecided_, definitions_;
  std::map<FactId, std::vector<z3::expr>> chosen_;  // by decision fact, by code
};

}  // namespace switchyard::testing
