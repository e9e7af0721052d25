#pragma once

#include <cstdint>
#include <vector>

namespace switchyard {

// Partition refinement: items 0 .. n-1 start in one group; each round touches some items and `split`
// then parts every group into its touched and its untouched items. Cost: the items touched.
class Refinement {
 public:
  explicit Refinement(std::size_t items)
      : group_(items, 0), size_{items}, touched_in_{0}, parted_{0} {}

  void touch(std::size_t item) { touched_.push_back(static_cast<std::uint32_t>(item)); }

  void split() {
    for (const std::uint32_t item : touched_) ++touched_in_[group_[item]];
    for (const std::uint32_t item : touched_) {
      const std::uint32_t from = group_[item];
      if (touched_in_[from] == size_[from]) continue;  // all of it: nothing to part
      if (parted_[from] == 0) {
        parted_[from] = static_cast<std::uint32_t>(size_.size());
        sources_.push_back(from);
        size_.push_back(0);
        touched_in_.push_back(0);
        parted_.push_back(0);
      }
      group_[item] = parted_[from];
      ++size_[parted_[from]];
    }
    for (const std::uint32_t from : sources_) {
      size_[from] -= size_[parted_[from]];
      touched_in_[from] = 0;
      parted_[from] = 0;
    }
    for (const std::uint32_t item : touched_) touched_in_[group_[item]] = 0;
    sources_.clear();
    touched_.clear();
  }

  // By item: its group. Every group number below groups() is in use.
  const std::vector<std::uint32_t>& numbered() const { return group_; }
  std::uint32_t groups() const { return static_cast<std::uint32_t>(size_.size()); }

 private:
  std::vector<std::uint32_t> group_;
  std::vector<std::size_t> size_;        // by group
  std::vector<std::size_t> touched_in_;  // by group: touched this round
  std::vector<std::uint32_t> parted_;    // by group: where its touched items go, 0 for none
  std::vector<std::uint32_t> sources_;   // groups parted this round
  std::vector<std::uint32_t> touched_;
};

}  // namespace switchyard
