#pragma once

#include "runtime/base/error.h"
#include "runtime/base/export.h"
#include "runtime/table/table.h"

namespace switchyard {

// Whether a struct of facts that was filled for `built_for` means the same to `table`: the same
// facts in the same order at the same places, and every code that could be sent still in its domain
// with its meaning. So a domain may grow (an int's range; symbols added at the end of an enum or of
// flags; not a `name`, whose `other` is the last code), and nothing else may change: not the source
// or the default either, since rows are filled once. Targets, rules, docs and `replaces` are free.
// The error names the first fact that differs, what it was and what it is.
SWITCHYARD_EXPORT Expected<void> same_schema(const Table& built_for, const Table& table);

}  // namespace switchyard
