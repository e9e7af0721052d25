#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/table/decision.h"
#include "runtime/table/direct_rows.h"
#include "runtime/table/info.h"
#include "runtime/table/sections.h"

// The checked bytes of a table as the deciders read them: pointers and sizes, no checks left.
namespace switchyard {

// A declared fact's place in the struct of facts, and its domain.
struct FactView {
  std::int64_t low, high;
  std::uint32_t offset;
  bool wide;  // int64, else int32
};

// How a fact's code becomes its class.
struct AxisView {
  enum class Lookup : std::uint8_t { kConstant, kArray, kSearch } lookup;
  std::uint32_t classes;
  std::int64_t low;
  const std::uint16_t* array;     // kArray
  const std::int64_t* bounds;     // kSearch
  std::uint32_t intervals;
  std::uint32_t modulus;
  const std::uint16_t* residues;  // when modulus > 1
  std::uint32_t residue_classes;
  const std::uint16_t* cells;
};

// A fact that bit vectors restrict; class c's row is at rows + c * BlockView::row_words.
struct BitFact {
  std::uint32_t fact;
  const std::uint64_t* rows;
};
// The same for a declared int32 fact whose classes an array gives: the usual case, at hand.
struct ArrayBitFact {
  const std::uint16_t* array;
  const std::uint64_t* rows;
  std::uint32_t offset;
  std::int32_t low;
  std::uint32_t classes;
};

struct BlockView {
  Engine engine;
  bool complete;
  std::uint32_t first_row;
  const std::uint16_t* cells;               // kDense
  std::vector<std::uint32_t> strides;
  const std::uint32_t* nodes;               // kWalk
  std::uint32_t root;
  std::vector<ArrayBitFact> array_bit_facts;  // kBits
  std::vector<BitFact> other_bit_facts;
  DirectRows direct;                          // kBits, when every fact is an int32
  std::uint32_t boxes, row_words;
  const std::uint32_t* box_leaves;
  std::span<const std::uint32_t> program;   // kProgram
  std::uint32_t registers;
};

struct TableView {
  Sections sections;
  std::vector<FactView> facts;              // declared ones
  // When every fact is an int32, they are an array: the domains beside it, for one fast check.
  bool all_narrow = false;
  std::vector<std::int32_t> narrow_low;
  std::vector<std::uint32_t> narrow_span;   // high - low
  std::vector<AxisView> axes;               // declared facts, then decisions
  std::vector<BlockView> blocks;
  std::vector<std::uint32_t> block_of_decision;  // by fact - facts.size()
  std::vector<Decision> decisions;          // by leaf
  std::vector<std::uint32_t> row_code;      // by row: what it makes of its block's decision
  const format::Atom* atoms = nullptr;      // null when there are none
  const format::Interval* intervals = nullptr;
};

// The view of checked sections; keeps pointers into them.
TableView make_view(const Sections& sections);

// The class of a code that is in range.
[[gnu::always_inline]] inline std::uint32_t class_of(const AxisView& axis, std::int64_t code) {
  if (axis.lookup == AxisView::Lookup::kArray) {
    return axis.array[static_cast<std::uint64_t>(code) - static_cast<std::uint64_t>(axis.low)];
  }
  if (axis.lookup == AxisView::Lookup::kConstant) return 0;
  // The last bound that is not above the code; without branches on the data.
  const std::int64_t* base = axis.bounds;
  std::uint32_t size = axis.intervals;
  while (size > 1) {
    const std::uint32_t half = size / 2;
    base = base[half] <= code ? base + half : base;
    size -= half;
  }
  auto cell = static_cast<std::uint32_t>(base - axis.bounds) * axis.residue_classes;
  if (axis.modulus > 1) {
    const std::int64_t remainder = code % axis.modulus;
    cell += axis.residues[remainder < 0 ? remainder + axis.modulus : remainder];
  }
  return axis.cells[cell];
}

}  // namespace switchyard
