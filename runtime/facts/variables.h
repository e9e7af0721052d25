#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/base/export.h"
#include "runtime/table/table.h"

namespace switchyard::facts {

// A variable that is set and that the policy does not read, though it seems meant for it.
struct UnreadVariable {
  enum class Kind : std::uint8_t {
    kRenamed,   // the old name of one that is read (`replaces`)
    kMisspelt,  // near to the name of one that is read
  };
  Kind kind = Kind::kMisspelt;
  std::string variable;  // as it is set
  std::string instead;   // the name that is read
  std::string fact;      // by which fact
  std::string message;   // for people: what was found, and what to do
};

// Of the variables that are set (process_variables()), those that the policy's author would want to
// know of; in the order of `set`. `others` are names that something else in the process reads: they
// are never taken for misspelt ones. Near is, whatever the case of letters:
// - the same words (between underscores) in another order, or joined or split otherwise;
// - as many words, each the same or one slip from it: a letter too many, too few, another, or two
//   swapped. Words of fewer than three characters, and digits, must be the same: FP4 is not FP8;
// - the name without its first word, or with one more before it.
SWITCHYARD_EXPORT std::vector<UnreadVariable> unread_variables(const Table& table,
                                                               std::span<const std::string> set,
                                                               std::span<const std::string> others);

}  // namespace switchyard::facts
