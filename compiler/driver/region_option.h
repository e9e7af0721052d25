#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/diff/align.h"
#include "compiler/sema/condition.h"
#include "compiler/source/source_file.h"

namespace switchyard::driver {

// Reads conditions that the user gave (`name`: the option or file) as formulas of both sides of a
// pair, which must outlive it. They may name facts, and lets that have one meaning and read no
// decision. The new side has the formulas when the reader is gone: they are copied once, however
// many are read.
class RegionReader {
 public:
  explicit RegionReader(diff::Pair& pair);
  ~RegionReader();
  RegionReader(const RegionReader&) = delete;
  RegionReader& operator=(const RegionReader&) = delete;

  // None when there are errors in `sink`, which show the user's own text, in `sources`.
  std::optional<FormulaId> read(const std::string& text, const std::string& name,
                                SourceMap& sources, DiagnosticSink& sink);

 private:
  diff::Pair& pair_;
  const std::vector<KnownName> lets_;
};

}  // namespace switchyard::driver
