#pragma once

#include <cstdint>

#include "kernels/device/arguments.h"

// The workgroups of grouping.hip, for its kernels and for those who launch them.
namespace switchyard::kernels::device {

// Pairs that a workgroup places.
constexpr std::uint32_t grouping_pairs(std::uint32_t runs, std::uint32_t wave) {
  return kGroupingWaves * wave * runs;
}

// As many as place all pairs, those of count_pairs.
constexpr std::uint32_t placing_workgroups(std::uint32_t pairs, std::uint32_t runs,
                                           std::uint32_t wave) {
  const std::uint32_t own = grouping_pairs(runs, wave);
  return pairs / own + (pairs % own != 0 ? 1 : 0);
}

// Of group_pairs: those, and so many that each wave writes the tiles of one expert.
constexpr std::uint32_t grouping_workgroups(std::uint32_t pairs, std::uint32_t experts,
                                            std::uint32_t runs, std::uint32_t wave) {
  const std::uint32_t placing = placing_workgroups(pairs, runs, wave);
  const std::uint32_t writing = (experts + kGroupingWaves - 1) / kGroupingWaves;
  return placing > writing ? placing : writing;
}

}  // namespace switchyard::kernels::device
