#pragma once

#include <string>

#include "compiler/sema/model.h"
#include "compiler/source/source_file.h"
#include "runtime/base/error.h"
#include "runtime/table/table.h"

namespace switchyard {

// The policy that a table was made from, as far as the table tells it.
struct Restored {
  SourceMap sources;
  Model model;
};

// The model of an opened table, so that what works on policies works on tables. Everything that
// decides is there: facts, targets, outcomes, blocks, rules, rows, entries, requirements, clauses,
// assumptions, `faster`. Of tables that policyc wrote, formulas and all other ids are those of the
// model it had. Promises, influences and `allow unsupported` are not in a table and stay empty; `allow
// slower` neither in one of format 1.0.
//
// Sources are synthetic. For spans of rules, `when` conditions, entries, requirements and assumptions
// `sources.location` gives the "file:line" that the table tells and `sources.text` the text, on one
// line as the table has it: a requirement's is its condition. Lines past kMaxToldLines in all have no
// place: such a location is the name of a file, with line 1. Facts, targets and blocks are told
// without a place; their spans are in a file called `name` that lists them.
//
// A table may come from a stranger: what Table::open leaves unchecked and no policy can say (two facts
// of one name, a rule whose rows are another's, a decision read before it is made) is an error, so
// that every stage may rely on the result as on resolve's. That its engines decide what its
// conditions say is not looked at. Linear in the size of the table.
Expected<Restored> restore(const Table& table, const std::string& name = "table");

}  // namespace switchyard
