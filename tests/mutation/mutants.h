#pragma once

#include <string>
#include <vector>

namespace switchyard::testing {

struct Mutant {
  std::string what;  // "line 12: `==` becomes `!=`"
  std::string text;
  bool of_attribute = false;  // of the value of a target's attribute
};

// The text of a policy with the files that it imports in the place of their imports.
std::string with_imports(const std::string& path);

// Every text that differs from this one, which has to resolve, in one
// - operator: comparisons, `and`, `or`, `not`, `in`, `implies`, `any`, `all`, the algebra of sets, `only`
//   and `first of`, `can` and `not can`, `matters` and `irrelevant`;
// - literal: an integer or a component of a version by one up or down, another bool, the next symbol
//   of its fact or parameter, the next target of its block, the next value of an attribute, another
//   text; among them the defaults of facts and parameters;
// - order: of two rules that follow one another, of two entries of one rule.
// Some of them do not resolve.
std::vector<Mutant> mutants(const std::string& text);

}  // namespace switchyard::testing
