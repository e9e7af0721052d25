#pragma once

#include <cstdint>
#include <vector>

#include "compiler/region/box.h"
#include "compiler/region/partition.h"
#include "runtime/table/table.h"

namespace switchyard {

// Where each declared fact is in a table's struct of facts.
class FactCodes {
 public:
  explicit FactCodes(const Table& table);
  std::size_t size() const { return places_.size(); }
  std::int64_t operator()(const void* facts, FactId fact) const;

 private:
  struct Place {
    std::uint32_t offset;
    bool wide;
  };
  std::vector<Place> places_;
};

// Of many combinations, the classes of each fact that were met: the smallest box around them. Its
// size depends on the policy, not on how many are added.
class Seen {
 public:
  // Both must outlive it.
  Seen(const Partition& partition, const FactCodes& codes);
  void add(const void* facts);
  Box box() const;

 private:
  const Partition* partition_;
  const FactCodes* codes_;
  std::vector<ClassSet> classes_;  // by declared fact
};

}  // namespace switchyard
