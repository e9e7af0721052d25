#pragma once

#include <string>
#include <vector>

#include "compiler/explain/residual.h"
#include "compiler/sema/model.h"
#include "runtime/base/error.h"

namespace switchyard::driver {

// The facts of a question, as arguments give them.
struct GivenFacts {
  Known known;                    // by declared fact; nothing for one that is left open
  std::vector<FactId> defaults;   // of the known ones, those that nobody gave
  std::vector<FactId> open;       // the others, ascending
};

// `arguments`: "fact=value", the value as the language writes it, with or without quotes. `free`: names
// of facts to leave open although they have a default. What is left out takes its default or is open.
// Errors, all of them: not of that form, no such fact (with the nearest name), given twice or given
// and free, outside the fact's domain.
std::vector<Error> read_facts(const Model& model, const std::vector<std::string>& arguments,
                              const std::vector<std::string>& free, GivenFacts& out);

// The target of that name, or what is wrong with it.
Expected<TargetId> find_target(const Model& model, const std::string& name);

}  // namespace switchyard::driver
