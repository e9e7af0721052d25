#pragma once

#include <string>

#include "compiler/diagnostic/diagnostic.h"

namespace switchyard {

// The message of a registered diagnostic with "…" for what differs from finding to finding: "the
// guarantee `…` does not hold".
std::string message_pattern(const DiagnosticInfo& info);

}  // namespace switchyard
