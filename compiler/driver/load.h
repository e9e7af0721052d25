#pragma once

#include <optional>
#include <string>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/driver/report.h"
#include "compiler/sema/model.h"
#include "compiler/source/file_reader.h"
#include "compiler/source/source_file.h"
#include "runtime/base/error.h"
#include "runtime/table/table.h"

namespace switchyard::driver {

// What a command works on when it asks for a policy, a table or either: always a model.
struct Loaded {
  std::string name;            // for messages: the path, "<stdin>" for `-`
  SourceMap sources;           // of a table: what it tells of them (compiler/restore)
  DiagnosticSink sink;         // warnings, and errors when there is no model
  std::optional<Model> model;  // resolved, not verified
  std::optional<Table> table;  // when it was one
};

// Opens `path` (`-`: standard input; `REV:path`, where no such file exists: as it was in that revision
// of git, imports too): a table by its first bytes, else a policy, parsed and resolved. Errors in the
// policy are in `sink`; an error of the world (unreadable, a damaged table) is the result.
Expected<void> load(const std::string& path, Loaded& out);

// The file `path` of `reader`.
Expected<void> load(const FileReader& reader, const std::string& path, Loaded& out);

// The first, and reports everything: true when there is a model, else the command ends with kBadInput.
bool load_or_report(const std::string& path, const ReportOptions& options, Loaded& out);

// Whether a file begins as tables do. False for what is no regular file: reading the head of a pipe
// would take it from whoever reads the policy.
bool looks_like_table(const std::string& path);

}  // namespace switchyard::driver
