#pragma once

#include <cstdint>

#include "runtime/decide/inputs.h"

namespace switchyard {

// "code in intervals" and the like: compiler/sema/formula.h says what an atom means.
bool holds(const TableView& table, const format::Atom& atom, std::int64_t code) noexcept;

// Runs a kProgram block (runtime/format/program.h) and returns its leaf. Needs 8 KiB of stack.
std::uint32_t run_program(const BlockView& block, const Inputs& inputs) noexcept;

}  // namespace switchyard
