#pragma once

#include <string>
#include <vector>

#include "tests/process/repository.h"

namespace switchyard::testing {

// A repository and `policyc history` in it.
struct Versions : Repository {
  ProcessResult history(std::vector<std::string> arguments, const std::string& sub = ".") const {
    arguments.insert(arguments.begin(), {POLICYC, "history"});
    return run_process(arguments, "", environment(), folder().path(sub));
  }
};

// How often `part` stands in `text`.
inline std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace switchyard::testing
