#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace switchyard::kernels::cpu {

// A chunk of tokens sorted by expert. A slot is one (token, expert) pair; the slots of an expert
// are adjacent, in token order.
struct Grouping {
  struct Group {
    std::int32_t expert;
    std::size_t first, count;  // its slots
  };
  std::vector<Group> groups;            // experts that have a token, ascending
  std::vector<std::uint32_t> token_of;  // slot -> token within the chunk
  std::vector<std::uint32_t> slot_of;   // token * top_k + rank -> slot
};

// `experts`: row-major [tokens, top_k], ids in 0 .. expert_count-1. A counting sort.
Grouping group_by_expert(std::span<const std::int32_t> experts, std::size_t top_k,
                         std::size_t expert_count);

}  // namespace switchyard::kernels::cpu
