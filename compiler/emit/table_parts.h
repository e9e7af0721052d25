#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/format/policy_table_generated.h"

namespace switchyard::emit_detail {

// What one block's decider adds to the table; format::Block says what each means.
struct BlockParts {
  format::Engine engine = format::Engine::kDense;
  bool complete = true;
  std::uint64_t data = 0, size = 0;
  std::vector<std::uint32_t> strides;
  std::uint32_t root = 0;
  std::uint32_t boxes = 0, first_leaf = 0, row_words = 0;
  std::vector<std::uint32_t> bit_facts, bit_rows;
  std::uint32_t registers = 0;
};

// The text section: every text once.
class TextPool {
 public:
  format::Text add(std::string_view text);
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
  std::map<std::string, format::Text, std::less<>> known_;
};

// The sections of a table while they are filled. Vectors only grow.
struct TableParts {
  TextPool text;
  std::vector<format::Axis> axes;
  std::vector<BlockParts> blocks;
  std::vector<std::uint16_t> lookups;
  std::vector<std::int64_t> bounds;
  std::vector<std::uint16_t> cells;
  std::vector<std::uint32_t> nodes;
  std::vector<std::uint64_t> bit_rows;
  std::vector<std::uint32_t> leaves;
  std::vector<std::uint32_t> program;
};

// The file: header, directory, sections, hash. `policy` is the finished FlatBuffer.
std::vector<std::byte> write_sections(const TableParts& parts,
                                      const flatbuffers::FlatBufferBuilder& policy);

}  // namespace switchyard::emit_detail
