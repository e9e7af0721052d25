#pragma once

#include <map>
#include <memory>
#include <span>
#include <vector>

namespace CaDiCaL {
class Solver;
}

namespace switchyard {

// A propositional literal: a variable (from 1) or its negation, as CaDiCaL writes it.
using Literal = int;

// An incremental solver: clauses stay, assumptions hold for one call of `solve`. Deterministic.
class Solver {
 public:
  Solver();
  ~Solver();
  Solver(const Solver&) = delete;
  Solver& operator=(const Solver&) = delete;

  Literal variable() { return ++variables_; }
  Literal always() const { return 1; }  // a literal that is true
  void clause(std::span<const Literal> literals);
  void clause(std::initializer_list<Literal> literals) { clause(std::span(literals)); }

  // A literal equivalent to the conjunction or disjunction of others; constants and single operands
  // need no variable, and equal operands give the same literal again.
  Literal all(std::vector<Literal> operands);
  Literal any(std::vector<Literal> operands);

  bool solve(std::span<const Literal> assumptions);
  bool solve(std::initializer_list<Literal> assumptions) { return solve(std::span(assumptions)); }
  // After a true `solve`.
  bool value(Literal literal) const;
  // After a false one: whether this assumption was used to refute.
  bool failed(Literal assumption) const;

 private:
  std::unique_ptr<CaDiCaL::Solver> solver_;
  int variables_ = 0;
  std::map<std::vector<Literal>, Literal> any_;  // disjunctions made so far
};

}  // namespace switchyard
