#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/source/source_file.h"

namespace switchyard {

// A golden case: a policy, the findings that its markers announce, and what the compiler says.
//
//   native when a b        #~ error SY0101     this line has the finding
//   #~^ error SY0102                           the line above has; ^^ two lines above, and so on
struct GoldenCase {
  struct Mark {
    std::string path;
    std::uint32_t line = 0;
    std::string severity;  // "error" or "warning"
    std::string code;
    friend auto operator<=>(const Mark&, const Mark&) = default;
  };

  std::string path;                // tests/golden/<folder>/<name>.policy
  std::string expected_path;       // the same with .expected
  std::string output;              // what stands in .expected when all is well
  std::vector<Mark> announced;     // sorted
  std::vector<Mark> found;         // sorted
  std::vector<Diagnostic> diagnostics;
  SourceMap sources;
};

// Every policy below tests/golden, by path. The folder says what is compared: `ast` the dumped
// tree, `fmt` the canonical text, any other folder the rendered diagnostics; in `capabilities` a
// policy is judged by the lines of the `.requires` file beside it.
std::vector<std::string> golden_paths();

// Runs the stages that the case's folder asks for.
GoldenCase run_golden(const std::string& path);

std::string to_string(const std::vector<GoldenCase::Mark>& marks);

}  // namespace switchyard
