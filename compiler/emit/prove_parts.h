#pragma once

#include <string>

#include "compiler/diagram/build.h"
#include "compiler/emit/deciders.h"
#include "compiler/sema/model.h"
#include "runtime/table/table.h"

// The parts of `prove`. Each returns an empty string, or the first difference between what the
// opened table says and the model.
namespace switchyard::emit_detail {

// Facts, targets, outcomes, rows, rules with their conditions, assumptions, formulas.
std::string compare_policy(const Table& table, const Model& model, const SourceMap& sources);

// The class of every code (arrays) or of both ends of every interval in every residue (searches).
std::string compare_axis(const Table& table, const Model& model, const Partition& partition, FactId fact);

// The decider of one block, whichever it is.
std::string compare_decider(const Table& table, const Model& model, const Partition& partition,
                            const std::optional<PolicyDiagram>& diagrams, BlockId block);

}  // namespace switchyard::emit_detail
