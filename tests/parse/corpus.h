#pragma once

#include <string>
#include <vector>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/parse/parse.h"

namespace switchyard {

// The policies that this repository holds: policies/ and tests/golden/, with and without errors.
struct CorpusFile {
  std::string path;
  std::string text;
};
std::vector<CorpusFile> read_corpus();

// A text parsed by itself; imports are not followed.
struct Parsed {
  SourceMap sources;
  DiagnosticSink sink;
  ast::Policy policy;  // one file

  explicit Parsed(const std::string& text);
  std::string dumped() const { return dump(policy, sources); }
  std::string formatted() const { return format_policy(sources, policy.files.front()); }
  // "SY0101@3 …": codes and lines.
  std::string findings() const;
};

}  // namespace switchyard
