#pragma once

#include <string>

#include "runtime/base/export.h"
#include "runtime/table/table.h"

namespace switchyard {

// What is in a table, for people: policy, format, compiler, hash, sizes, facts, targets, how each
// block decides. Lines of text; the same table gives the same text.
SWITCHYARD_EXPORT std::string inspect(const Table& table);

}  // namespace switchyard
