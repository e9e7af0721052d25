#pragma once

#include <string>
#include <vector>

#include "compiler/emit/emit.h"
#include "runtime/table/table.h"

namespace switchyard::testing {

// Compiles the text of a policy through every stage, proves the table and returns its bytes; fails
// the test when the policy has errors. `path` is what locations say.
std::vector<std::byte> compile_policy(const std::string& text,
                                      DeciderChoice decider = DeciderChoice::kAuto,
                                      const std::string& path = "test.policy");
Table open_policy(const std::string& text, DeciderChoice decider = DeciderChoice::kAuto);

// The policy that the tests of deciding ask: every type of fact, every kind of rule.
extern const char* const kEveryKind;

}  // namespace switchyard::testing
