#pragma once

#include <optional>
#include <string>

#include "compiler/diff/align.h"
#include "compiler/driver/report.h"

namespace switchyard::driver {

// A condition that the user gave (`name`: the option or file) as a formula of both sides of the pair.
// It may name facts, and lets that have one meaning and read no decision. None when errors were
// reported, with the user's own text.
std::optional<FormulaId> read_region(const std::string& text, const std::string& name,
                                     diff::Pair& pair, const ReportOptions& options);

}  // namespace switchyard::driver
