#pragma once

#include <cstdint>

// The words of a program, which decides where bit vectors would need too many boxes: formulas in an
// order in which operands come first, and for each row a test.
//
//   word 0: op in bits 0 .. 1, destination (register) or leaf in bits 2 .. 31
//   word 1: count of operands
//   then the operands: bit 0 negated, bit 1 set for an atom (index into PolicyTable.atoms) and
//   clear for a register; index in bits 2 .. 31
//
// kAnd, kOr: register = the operands combined (none: true, false). kLeaf: when all operands hold
// the program ends with the leaf. Past the last word: undecided. There are no jumps. A register is
// a bit, initially false.
namespace switchyard::format {

enum class Op : std::uint32_t { kAnd = 0, kOr = 1, kLeaf = 2 };

inline constexpr std::uint32_t kMaxProgramIndex = (1u << 30) - 1;

constexpr std::uint32_t program_word(Op op, std::uint32_t value) {
  return static_cast<std::uint32_t>(op) | (value << 2);
}
constexpr std::uint32_t program_operand(bool atom, std::uint32_t index, bool negated) {
  return (negated ? 1u : 0u) | (atom ? 2u : 0u) | (index << 2);
}
constexpr std::uint32_t op_of(std::uint32_t word) { return word & 3; }
constexpr bool is_negated(std::uint32_t operand) { return (operand & 1) != 0; }
constexpr bool is_atom(std::uint32_t operand) { return (operand & 2) != 0; }
constexpr std::uint32_t index_of(std::uint32_t word) { return word >> 2; }

}  // namespace switchyard::format
