#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/base/error.h"
#include "runtime/base/export.h"
#include "runtime/decide/fact_row.h"
#include "runtime/facts/bind.h"
#include "runtime/facts/environment.h"
#include "runtime/facts/provided.h"
#include "runtime/table/table.h"

namespace switchyard::facts {

// Somebody who knows facts when the process starts: the engine's device, model or configuration.
struct Provider {
  // Whose keys it has: `device` answers facts `from device KEY`, `model` those `from model KEY`;
  // these and `engine` answer facts without a `from`, by their names. `environment` is no provider.
  Source source = Source::engine;
  std::string origin;  // for people: "vLLM's ModelConfig"
  // The value of a key; nothing for one that it does not have. Called once a key, by the thread
  // that probes.
  std::function<std::optional<Value>(const std::string& key)> value;
};

// What a process knows at its start. By default its own environment and nobody else.
struct Surroundings {
  std::vector<Provider> providers;  // asked in this order
  Environment environment = process_environment();
  std::vector<std::string> variables = process_variables();  // those that are set
  std::vector<std::string>
      other_variables;              // that something else here reads (runtime/facts/variables.h)
  std::vector<Override> overrides;  // win over everything
};

struct ProbedFact {
  std::string name;
  std::string declared;  // `from env "VLLM_ROCM_USE_AITER"`, `from device arch`, or empty
  bool fixed = false;    // known now, for as long as the process lives
  std::optional<std::string> value;  // as the policy writes it; not fixed: its default, if any
  std::string origin;                // where it comes from
};

struct ProbedFacts {
  FactRow row;                        // holds the fixed facts (FactRow::is_set), not finished
  std::vector<ProbedFact> facts;      // in the table's order
  std::vector<std::string> warnings;  // variables that are set and look misspelt
};

// Asks everybody once, and says of every fact of the table what it is and who said so. Facts that
// nobody provides come with each decision; so do those `from device` or `from model` where no
// provider is of that source. The error has a line for everything that would silently decide
// otherwise than meant: a variable whose name was replaced, a value outside its domain, a key that
// its source does not have, an unknown override. The table must outlive the result.
SWITCHYARD_EXPORT Expected<ProbedFacts> probe_facts(const Table& table, const Surroundings& around);

// A line for each fact, "  arch = gfx950  from device arch  cuda:0", and one for each warning.
SWITCHYARD_EXPORT std::string to_text(const ProbedFacts& probed);

}  // namespace switchyard::facts
