#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace switchyard {

struct BlockView;
struct TableView;

// Facts of few codes whose row of bits is found without a look-up: it is the code that counts, so
// all their addresses are one pass of multiplications over the struct of facts.
struct DirectRows {
  // By declared fact, also those that are not direct: where the row of code `low` is, and how far
  // the next one's is. `address` is used where `facts` says so only.
  std::vector<std::uint64_t> address;
  std::vector<std::uint32_t> stride;  // bytes
  std::vector<std::int32_t> low;
  std::vector<std::uint16_t> facts;   // the direct ones

 private:
  friend void use_direct_rows(const TableView& table, BlockView& block);
  struct Delete {
    void operator()(std::uint64_t* words) const;
  };
  // Rows by code, where several codes share a class and so a row in the file. At multiples of 64 bytes.
  std::vector<std::unique_ptr<std::uint64_t[], Delete>> copies;
};

// Limits: a deciding thread keeps an address a declared fact on its stack.
inline constexpr std::size_t kMaxDirectFacts = 256;     // declared facts of the table
inline constexpr std::uint32_t kMaxDirectCodes = 64;    // codes of one fact
inline constexpr std::size_t kMaxCopiedBytes = 1u << 20;  // of one block

// Takes facts out of `array_bit_facts` of a checked kBits block and makes them direct. All facts of
// the table must be int32 (TableView::all_narrow). Cost: the copies, when a table is opened.
void use_direct_rows(const TableView& table, BlockView& block);

}  // namespace switchyard
