#pragma once

#include "compiler/diff/align.h"

namespace switchyard::diff {

// The pair with one more assumption on both sides: outside `formula`, one of the pair's, both exclude,
// so that only what changes inside is found. A partition of the pair as it was serves, since no atom is
// new. Boxes of changes may reach outside, as they may into whatever both exclude.
Pair restricted(const Pair& pair, FormulaId formula);

}  // namespace switchyard::diff
