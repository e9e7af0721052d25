#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/error.h"
#include "runtime/base/export.h"
#include "runtime/decide/fact_row.h"
#include "runtime/facts/environment.h"
#include "runtime/facts/provided.h"
#include "runtime/table/table.h"

namespace switchyard::facts {

// A value that a person gave for a fact by name: `--fact tokens=8`.
struct Override {
  std::string name;
  std::string value;
};

// "NAME=VALUE"; an error says what is wrong with it.
SWITCHYARD_EXPORT Expected<Override> parse_override(const std::string& text);

// A fact of the table with its value and where that came from.
struct BoundFact {
  std::string name;
  std::string value;   // as the policy language writes it
  std::string origin;  // "--fact", a Provided's origin, "default of the policy"
};

struct BoundFacts {
  FactRow row;                    // finished: its data() may be decided on
  std::vector<BoundFact> facts;   // in the table's order
};

// Gives every fact of the table its value (runtime/facts/README.md has the rules). The error has a
// line for every fact that cannot be bound: no such fact, given twice, a value outside its domain,
// a variable that is not set or was renamed (`replaces`), a key that no provider has, a fact that
// nobody provides and that has no default. The table must outlive the result.
SWITCHYARD_EXPORT Expected<BoundFacts> bind_facts(const Table& table,
                                                  std::span<const Provided> provided,
                                                  const Environment& environment,
                                                  std::span<const Override> overrides);

}  // namespace switchyard::facts
