#include "kernels/cpu/grouping.h"

namespace switchyard::kernels::cpu {

Grouping group_by_expert(std::span<const std::int32_t> experts, std::size_t top_k,
                         std::size_t expert_count) {
  std::vector<std::size_t> next(expert_count + 1, 0);
  for (const std::int32_t expert : experts) ++next[static_cast<std::size_t>(expert) + 1];
  for (std::size_t e = 0; e < expert_count; ++e) next[e + 1] += next[e];

  Grouping result;
  for (std::size_t e = 0; e < expert_count; ++e) {
    const std::size_t count = next[e + 1] - next[e];
    if (count > 0) result.groups.push_back({static_cast<std::int32_t>(e), next[e], count});
  }
  result.token_of.resize(experts.size());
  result.slot_of.resize(experts.size());
  for (std::size_t i = 0; i < experts.size(); ++i) {
    const std::size_t slot = next[static_cast<std::size_t>(experts[i])]++;
    result.token_of[slot] = static_cast<std::uint32_t>(i / top_k);
    result.slot_of[i] = static_cast<std::uint32_t>(slot);
  }
  return result;
}

}  // namespace switchyard::kernels::cpu
