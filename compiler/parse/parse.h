#pragma once

#include <string>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/parse/ast.h"
#include "compiler/source/file_reader.h"

namespace switchyard {

// Parses one file. Reports every syntax error it finds (with recovery at the next declaration) and
// returns what could be understood; a file with errors still gives the items that parsed.
// Limits: nesting 256 deep. Thread-safe: calls are serialised inside (ANTLR 4.9 has raced).
ast::File parse_file(const SourceMap& sources, FileId file, DiagnosticSink& sink);

// Parses `root` and, relative to the importing file, everything that it imports (each file once;
// a cycle is an error that shows it; a file that cannot be read is an error at the import).
ast::Policy parse_policy(SourceMap& sources, FileId root, DiagnosticSink& sink);

// The same for files that `reader` finds: `path` as it knows it. Fails when `path` cannot be read.
Expected<ast::Policy> parse_policy(SourceMap& sources, const FileReader& reader,
                                   const std::string& path, DiagnosticSink& sink);

// Parses a condition that stands by itself, the value of an option say: `text` goes into `sources` under
// `name`. Null when an error was reported.
ast::ConditionPtr parse_condition(SourceMap& sources, const std::string& name,
                                  const std::string& text, DiagnosticSink& sink);

// The tree as text, for `--dump=ast`. Stable: golden tests depend on it.
std::string dump(const ast::Policy& policy, const SourceMap& sources);

// The canonical text of one file, comments kept, for `policyc fmt`. Idempotent, and parses to the
// same tree. Requires that the file parsed without errors.
std::string format_policy(const SourceMap& sources, const ast::File& file);

}  // namespace switchyard
