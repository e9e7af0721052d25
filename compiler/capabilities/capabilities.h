#pragma once

#include <set>
#include <string>
#include <vector>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/sema/model.h"
#include "compiler/source/source_file.h"

namespace switchyard {

struct Capabilities {
  std::vector<std::string> unknown_targets;  // named by lines, not in the policy; each once, sorted
  std::set<FileId> files;                    // of the lines
};

// Files of `requires` lines; the path `-` stands for standard input, which has been read.
struct CapabilityFiles {
  std::vector<std::string> paths;
  std::string standard_input;
};

// Reads files of `requires` lines, as a kernel library prints them (`moe capabilities`), and puts them
// in place of the policy's own lines of the targets that they name: what the model's entries and
// targets require is then the kernels' statement. Rows stay as they are, so the policy decides as
// before. `root` is the policy's file in `sources`, parsed and resolved without errors. What a line names
// and the policy lacks is a warning in `sink`, what is wrong with a line an error (foreign_lines.h).
// Fails when a file cannot be read or holds anything but `requires` lines.
Expected<Capabilities> apply_capabilities(const CapabilityFiles& files, FileId root, SourceMap& sources,
                                          Model& model, DiagnosticSink& sink);

}  // namespace switchyard
