#pragma once

#include <cstdint>
#include <vector>

#include "compiler/sema/model.h"
#include "compiler/traffic/seen.h"
#include "compiler/verify/judge.h"
#include "runtime/table/table.h"

namespace switchyard {

// What of a policy real traffic reached: rows (a rule, or an entry of one), and of each row the boxes
// of its region. Constant memory.
class Coverage {
 public:
  // The boxes of one row's region, as far as a readable cover goes.
  static constexpr std::size_t kMaxBoxes = 16;

  struct Row {
    std::uint64_t count = 0;               // decisions
    Cover cover;                           // where the row decides
    std::vector<std::uint64_t> box_count;  // by box of the cover, the first that holds the input
    std::uint64_t elsewhere = 0;           // in no box of a cover that is not complete
  };

  // `judge` answers for the table's policy; used here only. The others must outlive it.
  Coverage(const Table& table, const Model& model, const Partition& partition, Judge& judge);

  // One input inside its domains; all blocks are asked.
  void add(const void* facts);

  const std::vector<Row>& rows() const { return rows_; }             // by RowId
  const std::vector<std::uint64_t>& excluded() const { return excluded_; }  // by assumption
  std::uint64_t total() const { return total_; }

 private:
  bool inside(const Box& box, const void* facts) const;

  const Table& table_;
  const Model& model_;
  const Partition& partition_;
  FactCodes codes_;
  std::vector<Row> rows_;
  std::vector<std::uint64_t> excluded_;
  std::uint64_t total_ = 0;
};

}  // namespace switchyard
