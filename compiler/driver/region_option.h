#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/diff/align.h"
#include "compiler/driver/report.h"
#include "compiler/sema/condition.h"

namespace switchyard::driver {

// Reads conditions that the user gave (`name`: the option or file) as formulas of both sides of a pair,
// which must outlive it. They may name facts, and lets that have one meaning and read no decision. The
// new side has the formulas when the reader is gone: they are copied once, however many are read.
class RegionReader {
 public:
  RegionReader(diff::Pair& pair, const ReportOptions& options);
  ~RegionReader();
  RegionReader(const RegionReader&) = delete;
  RegionReader& operator=(const RegionReader&) = delete;

  // None when errors were reported, with the user's own text.
  std::optional<FormulaId> read(const std::string& text, const std::string& name);

 private:
  diff::Pair& pair_;
  const ReportOptions& options_;
  const std::vector<KnownName> lets_;
};

}  // namespace switchyard::driver
