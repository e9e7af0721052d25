#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "runtime/table/table.h"

namespace switchyard {

// A table that a PolicyStore accepted, and what the engine made of it before the swap. Immutable;
// read from any number of threads.
class PolicyVersion : public std::enable_shared_from_this<PolicyVersion> {
 public:
  PolicyVersion(Table table, std::uint64_t generation, std::shared_ptr<const void> attachment)
      : table_(std::move(table)), generation_(generation), attachment_(std::move(attachment)) {}

  const Table& table() const noexcept { return table_; }

  // Counts the swaps of its store from 1. A table that comes back by rollback or pin has a new one.
  std::uint64_t generation() const noexcept { return generation_; }

  // What PolicyStoreOptions::attach returned for this table, which was a `T`; null without `attach`.
  template <typename T>
  const T* attachment() const noexcept {
    return static_cast<const T*>(attachment_.get());
  }
  const std::shared_ptr<const void>& shared_attachment() const noexcept { return attachment_; }

 private:
  Table table_;
  std::uint64_t generation_;
  std::shared_ptr<const void> attachment_;
};

}  // namespace switchyard
