#pragma once

#include <string>

#include "runtime/table/table.h"

namespace switchyard::driver {

// Decides one JSON object of facts a line of `path` (`-`: standard input) and writes one JSON object
// a line to standard output. Blank lines are skipped. A line that cannot be decided is answered with
// {"error": …}; the run goes on. Returns the exit status: the worst of the lines (0 decided, 1
// refused or excluded, 2 bad). Fails when the input cannot be read or the output not written.
Expected<int> eval_jsonl(const Table& table, const std::string& path);

}  // namespace switchyard::driver
