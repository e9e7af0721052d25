#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "tests/random/random_policy.h"

// The generator's own notes about the policy that it is writing. Internal to tests/random.
namespace switchyard::testing {

struct MadeFact {
  std::string name;
  FactKind kind;
  std::vector<std::string> symbols;  // as written, quotes included
  std::int64_t low = 0, high = 1;    // int; version: patch numbers of 3.1
};

struct MadeParameter {
  std::string name;
  bool is_integer;
};

struct MadeTarget {
  std::string name;
  std::vector<MadeParameter> parameters;  // ints are 1 .. 8, enums { fast, slow }
};

struct MadeBlock {
  std::string name;  // empty: the policy's own
  std::vector<MadeTarget> targets;
  std::vector<std::string> families;  // values that some target's attribute has
  bool has_level = false;
};

struct MadeLet {
  std::string name;
  int reads;  // index of the latest decision read, -1
  bool asks_can;
};

struct MadeSet {
  std::string name;
  std::size_t fact;
};

// What a condition may speak of.
struct Scope {
  int decisions = 0;                       // the first so many may be read
  std::size_t lets = 0;                    // the first so many may be read
  bool can = false;                        // `can TARGET` of any target
  std::size_t can_first = 0;               // else: of the first so many targets
  const MadeTarget* parameters = nullptr;  // inside its `requires`
};

class Generator {
 public:
  Generator(Random& random, const PolicyShape& shape) : random_(random), shape_(shape) {}

  std::string policy();

 private:
  std::size_t pick(std::size_t count) { return random_() % count; }
  bool chance(int percent) { return random_() % 100 < static_cast<unsigned>(percent); }
  template <typename T>
  const T& any(const std::vector<T>& from) {
    return from[pick(from.size())];
  }

  // declarations.cpp
  std::string fact_line();
  std::string set_line();
  std::string let_line();
  std::string target_text(MadeTarget& target, MadeBlock& block);
  std::string requires_line(std::size_t target);
  std::string default_of(const MadeFact& fact);

  // conditions.cpp
  std::string condition(const Scope& scope, std::size_t parts);
  std::string literal(const Scope& scope);
  std::string about_fact(const MadeFact& fact, std::size_t index);
  std::string about_bool(const MadeFact& fact, const Scope& scope);
  std::string about_decision(const MadeBlock& block);
  std::string about_parameter(const MadeTarget& target);
  std::string set_expression(std::size_t fact, std::size_t named, int depth);
  std::string set_literal(const MadeFact& fact);
  std::string number(const MadeFact& fact);
  std::string compare_op();
  std::string equality() { return chance(60) ? "==" : "!="; }

  // policy.cpp
  std::string rule(const MadeBlock& block, int index);
  std::string entry(const MadeTarget& target);
  std::string promise();
  std::string outcome(const MadeBlock& block, bool own);
  std::string outcome_part(const MadeBlock& block, bool own);
  std::string example();

  Random& random_;
  const PolicyShape& shape_;
  std::int64_t combinations_ = 1;
  std::vector<MadeFact> facts_;
  std::vector<MadeSet> sets_;
  std::vector<MadeLet> lets_;
  std::vector<MadeBlock> blocks_;
  std::vector<const MadeTarget*> targets_;  // of all blocks
  int reads_ = -1;  // the latest decision that the condition being written reads
  bool asked_can_ = false;
  int names_ = 0;
  int acceptances_ = 0;
};

}  // namespace switchyard::testing
