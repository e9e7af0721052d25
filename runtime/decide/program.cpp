#include "runtime/decide/program.h"

#include <algorithm>

#include "runtime/format/program.h"

namespace switchyard {
namespace {

bool in_intervals(const TableView& table, const format::Atom& atom, std::int64_t value) {
  const format::Interval* begin = table.intervals + atom.first_interval();
  const format::Interval* end = begin + atom.intervals();
  const format::Interval* next =
      std::upper_bound(begin, end, value, [](std::int64_t code, const format::Interval& interval) {
        return code < interval.low();
      });
  return next != begin && value <= (next - 1)->high();
}

}  // namespace

bool holds(const TableView& table, const format::Atom& atom, std::int64_t code) noexcept {
  switch (atom.kind()) {
    case 0: return in_intervals(table, atom, code);
    case 1: {
      const std::int64_t remainder = code % atom.operand();
      return in_intervals(table, atom, remainder < 0 ? remainder + atom.operand() : remainder);
    }
    case 2: return (code & atom.operand()) != 0;
    default: return (code & atom.operand()) == atom.operand();
  }
}

std::uint32_t run_program(const BlockView& block, const Inputs& inputs) noexcept {
  std::uint64_t registers[format::kMaxRegisters / 64];
  std::memset(registers, 0, (block.registers + 63) / 64 * sizeof registers[0]);

  const auto value_of = [&](std::uint32_t operand) {
    const std::uint32_t index = format::index_of(operand);
    bool value;
    if (format::is_atom(operand)) {
      const format::Atom& atom = inputs.table.atoms[index];
      value = holds(inputs.table, atom, inputs.code(atom.fact()));
    } else {
      value = ((registers[index / 64] >> (index % 64)) & 1) != 0;
    }
    return value != format::is_negated(operand);
  };

  const std::uint32_t* word = block.program.data();
  const std::uint32_t* const last = word + block.program.size();
  while (word != last) {
    const auto op = static_cast<format::Op>(format::op_of(word[0]));
    const std::uint32_t target = format::index_of(word[0]);
    const std::uint32_t* operand = word + 2;
    const std::uint32_t* const end = operand + word[1];
    // A conjunction ends at the first operand that is false, a disjunction at the first true one.
    const bool ends_at = op == format::Op::kOr;
    while (operand != end && value_of(*operand) != ends_at) ++operand;
    const bool result = (operand != end) == ends_at;
    if (op == format::Op::kLeaf) {
      if (result) return target;
    } else {
      const std::uint64_t bit = std::uint64_t{1} << (target % 64);
      std::uint64_t& into = registers[target / 64];
      into = result ? into | bit : into & ~bit;
    }
    word = end;
  }
  return inputs.table.decisions.back().leaf;  // undecided
}

}  // namespace switchyard
