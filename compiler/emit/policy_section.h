#pragma once

#include <string_view>

#include "compiler/emit/table_parts.h"
#include "compiler/sema/model.h"

namespace switchyard::emit_detail {

// Writes the FlatBuffer: the model's names, rules, formulas and conditions, and the blocks' records.
// Adds their texts to `parts.text`.
void write_policy(const Model& model, const SourceMap& sources, std::string_view compiler,
                  TableParts& parts, flatbuffers::FlatBufferBuilder& builder);

}  // namespace switchyard::emit_detail
