#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/decide/residual.h"
#include "runtime/table/view.h"

// The steps from a table and its static facts to a ResidualTable.
namespace switchyard::residual {

inline constexpr std::uint64_t kMostCells = 65'536;
inline constexpr std::size_t kMostStruct = 16 * 1024;  // bytes, copied onto the stack

// Codes by declared fact; nothing where it is left open.
using Known = std::vector<std::optional<std::int64_t>>;

// An open fact: its classes, and which of them the restricted table still tells apart.
struct OpenFact {
  std::uint32_t fact = 0;
  std::vector<std::int64_t> representative;  // by class; of a class without codes, any
  std::vector<std::uint32_t> group;          // by class
  std::uint32_t groups = 1;
};

// Of every open fact, in order. Nothing when finding representatives would take too long.
std::optional<std::vector<OpenFact>> open_facts(const TableView& table, const Known& known);

// The domains of the facts, for one check of all of them that vectorises; known facts always pass.
struct Domains {
  std::vector<std::int32_t> low;
  std::vector<std::uint32_t> span;
};
// Where there are more open facts than this, and all are int32, Domains checks them.
inline constexpr std::size_t kMostChecks = 6;

// How a code of an open fact is checked and read. Facts that no decision depends on are kCheck.
struct Step {
  enum class Kind : std::uint8_t { kCheck, kArray, kBounds, kClass } kind = Kind::kCheck;
  bool wide = false;
  std::uint32_t fact = 0, offset = 0;
  std::int64_t low = 0;
  std::uint64_t span = 0;                // high - low
  std::vector<std::uint32_t> weights;    // kArray: by code - low; kBounds: by passed; kClass: by class
  std::vector<std::int64_t> bounds;      // kBounds: where the weight changes, ascending
};

// That checks the fact's domain, and no more.
inline Step check_of(const FactView& fact, std::uint32_t index) {
  Step step;
  step.wide = fact.wide;
  step.fact = index;
  step.offset = fact.offset;
  step.low = fact.low;
  step.span = static_cast<std::uint64_t>(fact.high) - static_cast<std::uint64_t>(fact.low);
  return step;
}

struct Cells {
  std::vector<Step> steps;
  std::vector<Decision> cells;  // at the sum of the steps' weights
};
// Nothing when there are too many.
std::optional<Cells> make_cells(const Table& table, const Known& known,
                                const std::vector<OpenFact>& open);

struct Diagram {
  std::vector<std::uint32_t> nodes;  // a fact, then a child for each class, as in the table
  std::uint32_t root = 0;
};
Diagram restrict_diagram(const TableView& table, const BlockView& block, const Known& known);

// What is left of a block of bit vectors, as a block: scanned like the table's own.
struct Boxes {
  BlockView block{};  // pointers into the members below, and into the table
  std::vector<std::uint64_t> bits;
  std::size_t first_bit_word = 0;  // of `bits`, at a multiple of 64 bytes
  std::vector<std::uint32_t> leaves;
};
std::unique_ptr<Boxes> restrict_boxes(const TableView& table, std::uint32_t block, const Known& known,
                                      const std::vector<OpenFact>& open);

// The boxes of a block that the known facts leave, as bits, and the row of a fact's class.
std::vector<std::uint64_t> boxes_left(const TableView& table, std::uint32_t block, const Known& known);
struct ClassRows {
  std::uint32_t fact;
  const std::uint64_t* rows;
  std::uint32_t words;
  const std::uint64_t* row(std::uint32_t of_class) const { return rows + std::size_t{of_class} * words; }
};
std::vector<ClassRows> class_rows(const TableView& table, std::uint32_t block);

// Words of the nodes that the known facts leave reachable from the root, each once.
std::vector<std::uint32_t> nodes_left(const TableView& table, const BlockView& block,
                                      const Known& known);

// Atoms that a program still reads: those of its formulas that the known facts do not settle.
std::vector<std::uint32_t> atoms_left(const TableView& table, const BlockView& block,
                                      const Known& known);

}  // namespace switchyard::residual
