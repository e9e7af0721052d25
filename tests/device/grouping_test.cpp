#include "kernels/cpu/grouping.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "kernels/device/grouping_grid.h"
#include "kernels/device/kernel_list.h"
#include "tests/device/devices.h"

using namespace switchyard::kernels;
using namespace switchyard::kernels::device;

namespace {

void launch(gpu::Device& device, const char* name, std::uint32_t workgroups, std::uint64_t lds,
            const Group& argument) {
  const auto function = device.function(name);
  REQUIRE(function);
  const std::uint32_t threads = kGroupingWaves * device.info().wave;
  REQUIRE(device.launch(*function,
                        {{workgroups, 1, 1}, {threads, 1, 1}, static_cast<std::uint32_t>(lds)},
                        argument, 0));
  const auto ok = device.synchronise(0);
  if (!ok) FAIL(ok.error().message);
}

void group(gpu::Device& device, const Group& argument) {
  const std::uint32_t pairs = argument.pairs, runs = argument.runs, wave = device.info().wave;
  if (argument.block_counts != nullptr) {
    launch(device, "switchyard_count_pairs", placing_workgroups(pairs, runs, wave),
           std::uint64_t{4} * argument.experts, argument);
  }
  launch(device, "switchyard_group_pairs", grouping_workgroups(pairs, argument.experts, runs, wave),
         grouping_lds(argument.experts), argument);
}

}  // namespace

TEST_CASE("pairs are sorted by expert in tiles, as the CPU groups them", "[grouping]") {
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  std::size_t turn = 0;
  for (const host::Model model : kModels) {
    for (const std::size_t pairs : {1u, 7u, 513u, 5000u}) {
      for (const std::uint32_t experts : {1u, 9u, 150u, 600u}) {
        const std::uint32_t block_m = 16u << (turn % 3);
        std::vector<std::int32_t> picked(pairs);
        for (auto& expert : picked) expert = static_cast<std::int32_t>(random() % experts);
        const auto device = host::make_host_device({model, kOrders[turn++ % 4], {}});
        const std::uint32_t runs = 1 + turn % 5 % 3;
        const bool first_counted = turn % 2 != 0;
        const std::size_t most = pairs / block_m + experts;
        DeviceArray<std::int32_t> given(*device, picked), tile_expert(*device, most),
            tile_pairs(*device, most * block_m);
        DeviceArray<std::uint32_t> counts(*device, experts), tile_begin(*device, experts + 1),
            block_counts(*device, kMostRunsAtOnce * experts);
        const Group argument{given.data(),
                             counts.data(),
                             tile_begin.data(),
                             tile_expert.data(),
                             tile_pairs.data(),
                             first_counted ? block_counts.data() : nullptr,
                             static_cast<std::uint32_t>(pairs),
                             experts,
                             block_m,
                             runs};
        INFO("pairs " << pairs << ", experts " << experts << ", runs " << runs);
        group(*device, argument);

        const auto expected = cpu::group_by_expert(picked, 1, experts);
        std::vector<std::uint32_t> counted(experts, 0);
        std::size_t tile = 0;
        for (const auto& group : expected.groups) {
          const auto e = static_cast<std::size_t>(group.expert);
          counted[e] = static_cast<std::uint32_t>(group.count);
          REQUIRE(tile_begin.data()[e] == tile);
          for (std::size_t row = 0; row < (group.count + block_m - 1) / block_m * block_m; ++row) {
            REQUIRE(tile_expert.data()[tile + row / block_m] == group.expert);
            const std::int32_t pair =
                row < group.count ? static_cast<std::int32_t>(expected.token_of[group.first + row])
                                  : -1;
            REQUIRE(tile_pairs.data()[tile * block_m + row] == pair);
          }
          tile += (group.count + block_m - 1) / block_m;
        }
        REQUIRE(counts.values() == counted);
        REQUIRE(tile_begin.data()[experts] == tile);
        REQUIRE(tile <= most);
      }
    }
  }
}

TEST_CASE("the runs of a workgroup", "[grouping]") {
  CHECK(grouping_runs(1, 512) == 1);
  CHECK(grouping_runs(64 * 512, 512) == 1);
  CHECK(grouping_runs(64 * 512 + 1, 512) == 2);
  CHECK(grouping_runs(std::uint64_t{8} << 18, 512) == 64);
  CHECK(placing_workgroups(513, 1, 32) == 2);
  CHECK(grouping_workgroups(4, 128, 1, 32) == 8);
  CHECK(grouping_workgroups(16 * 512, 128, 1, 32) == 16);
  CHECK(grouping_lds(1000) <= 48 * 1024);  // what occupancy.h states
}
