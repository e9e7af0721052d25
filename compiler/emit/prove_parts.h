#pragma once

#include <string>

#include "compiler/diagram/build.h"
#include "compiler/emit/deciders.h"
#include "compiler/sema/model.h"
#include "runtime/table/table.h"

// The parts of `prove`. Each returns an empty string, or the first difference between what the
// opened table says and the model.
namespace switchyard::emit_detail {

// All that the table tells: facts, targets, outcomes, rows, rules with their conditions and texts,
// assumptions, formulas with their atoms.
std::string compare_policy(const Table& table, const Model& model, const SourceMap& sources);

// The table's look-ups with the axes, and the axes with the atoms: the class of every code, and that
// the classes of every atom hold exactly the codes that satisfy it. By the structure of intervals and
// remainders, not code by code. Cost: the look-ups' size, and for each atom the cells that it covers.
std::string compare_classes(const Table& table, const Model& model, const Partition& partition);

// The dense arrays of all blocks with the model's formulas, for every combination of classes, asked
// through `decide`. `partition` must have passed compare_classes.
std::string compare_dense(const Table& table, const Model& model, const Partition& partition);

// The decider of one block, whichever it is; of a dense one all but its cells.
std::string compare_decider(const Table& table, const Model& model, const Partition& partition,
                            const std::optional<PolicyDiagram>& diagrams, BlockId block);

}  // namespace switchyard::emit_detail
