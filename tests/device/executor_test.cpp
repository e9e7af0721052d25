#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <random>

#include "tests/device/devices.h"
#include "tests/device/executor_kernels.h"

using namespace switchyard::kernels;
using namespace switchyard::kernels::device;
using host::HostKernel;
using host::Model;
using host::Order;

#define TEST_KERNELS(X, model) \
  X(model, test_neighbour)     \
  X(model, test_bad_neighbour) \
  X(model, test_bad_reuse)     \
  X(model, test_bad_shuffle)   \
  X(model, test_bad_barrier) X(model, test_lds_of) X(model, test_waves)
#define TILE_KERNELS(X, model) X(model, test_tile)
#define WARPGROUP_KERNELS(X, model) \
  X(model, test_warpgroup)          \
  X(model, test_bad_copy_wait)      \
  X(model, test_bad_copy_barrier)   \
  X(model, test_bad_matrix_wait)    \
  X(model, test_bad_overwriting) X(model, test_bad_copying)
#define DECLARE(model, name) void name##_on_##model(const TestArgument& argument);
extern "C" {
TEST_KERNELS(DECLARE, gfx942)
TILE_KERNELS(DECLARE, gfx942)
TEST_KERNELS(DECLARE, gfx950)
TILE_KERNELS(DECLARE, gfx950)
TEST_KERNELS(DECLARE, sm_90a)
WARPGROUP_KERNELS(DECLARE, sm_90a)
}

namespace {

template <void (*kKernel)(const TestArgument&)>
void call(const void* argument) {
  kKernel(*static_cast<const TestArgument*>(argument));
}

#define ENTRY(model, name) {#name, call<name##_on_##model>, sizeof(TestArgument)},

std::vector<HostKernel> test_kernels_of(Model model) {
  if (model == Model::gfx942) return {TEST_KERNELS(ENTRY, gfx942) TILE_KERNELS(ENTRY, gfx942)};
  if (model == Model::gfx950) return {TEST_KERNELS(ENTRY, gfx950) TILE_KERNELS(ENTRY, gfx950)};
  return {TEST_KERNELS(ENTRY, sm_90a) WARPGROUP_KERNELS(ENTRY, sm_90a)};
}

std::unique_ptr<gpu::Device> device_of(Model model, Order order = {}) {
  return host::make_host_device({model, order, test_kernels_of(model)});
}

std::uint32_t threads_of(const gpu::Device& device) { return 4 * device.info().wave; }

// Empty, or the error of a launch of 3 workgroups.
std::string run(gpu::Device& device, const char* name, const TestArgument& argument,
                std::uint32_t lds_bytes = 4096) {
  const gpu::Launch launch{{3, 1, 1}, {threads_of(device), 1, 1}, lds_bytes};
  const auto function = device.function(name);
  if (!function) return function.error().message;
  if (auto ok = device.launch(*function, launch, argument, 0); !ok) return ok.error().message;
  const auto ok = device.synchronise(0);
  return ok ? "" : ok.error().message;
}

// Whether the neighbours' numbers come out right.
bool neighbours_right(Model model, Order order, const char* name) {
  const auto device = device_of(model, order);
  const std::uint32_t threads = threads_of(*device);
  DeviceArray<float> out(*device, 3 * threads);
  REQUIRE(run(*device, name, {nullptr, nullptr, out.data(), nullptr, 100}) == "");
  for (std::size_t i = 0; i < 3 * threads; ++i) {
    const std::uint32_t t = static_cast<std::uint32_t>(i % threads);
    const float once = static_cast<float>((t + 1) % threads + 100);
    const float twice = 2 * static_cast<float>((t + threads / 4) % threads + 100) + 1;
    const float expected = std::strcmp(name, "test_bad_reuse") == 0 ? twice : once;
    if (out.data()[i] != expected) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("a missing barrier changes the result in some order", "[executor]") {
  for (const Model model : kModels) {
    bool neighbour_seen = false, reuse_seen = false;
    for (const Order& order : kOrders) {
      CHECK(neighbours_right(model, order, "test_neighbour"));
      neighbour_seen = neighbour_seen || !neighbours_right(model, order, "test_bad_neighbour");
      reuse_seen = reuse_seen || !neighbours_right(model, order, "test_bad_reuse");
    }
    CHECK(neighbour_seen);
    CHECK(reuse_seen);
  }
}

TEST_CASE("lanes that part at a wave operation are named", "[executor]") {
  const auto device = device_of(Model::sm_90a);
  DeviceArray<std::uint32_t> counts(*device, threads_of(*device));
  const std::string error =
      run(*device, "test_bad_shuffle", {nullptr, nullptr, nullptr, counts.data(), 37});
  CHECK_THAT(error, Catch::StartsWith("kernel test_bad_shuffle, workgroup (0, 0, 0), thread 37: "
                                      "lanes of a wave have parted: it has ended, but thread 32 is "
                                      "at the shuffle of line "));
  // Afterwards the device works.
  CHECK(neighbours_right(Model::sm_90a, {}, "test_neighbour"));
}

TEST_CASE("threads that part at a barrier are named", "[executor]") {
  for (const Model model : kModels) {
    const auto device = device_of(model);
    DeviceArray<std::uint32_t> counts(*device, threads_of(*device));
    const std::string error =
        run(*device, "test_bad_barrier", {nullptr, nullptr, nullptr, counts.data(), 2});
    CHECK_THAT(error,
               Catch::Contains("thread " + std::to_string(2 * device->info().wave) +
                               ": threads have parted at a barrier: it has ended, but thread 0 is "
                               "at the barrier of line "));
  }
}

TEST_CASE("LDS outside of the view or of the launch is an error", "[executor]") {
  const auto device = device_of(Model::gfx950);
  const auto error = [&](std::uint32_t element, std::uint32_t lds_bytes) {
    return run(*device, "test_lds_of", {nullptr, nullptr, nullptr, nullptr, element}, lds_bytes);
  };
  CHECK(error(255, 16 + 1024) == "");
  CHECK(error(256, 4096) ==
        "kernel test_lds_of, workgroup (0, 0, 0), thread 7: element 256 of a view of 256 in LDS");
  CHECK(error(255, 1024) ==
        "kernel test_lds_of, workgroup (0, 0, 0), thread 7: bytes 1036 .. 1039 of LDS, which has "
        "1024");
}

TEST_CASE("launches that no machine would take are refused", "[executor]") {
  const auto device = device_of(Model::gfx942);
  const TestArgument argument{};
  const auto function = device->function("test_waves");
  REQUIRE(function);
  const auto error = [&](gpu::Launch launch) {
    const auto ok = device->launch(*function, launch, argument, 0);
    return ok ? std::string() : ok.error().message;
  };
  const std::string which = "device host 0 (host executor of gfx942) cannot launch test_waves: ";
  CHECK(error({{1, 1, 1}, {128, 1, 1}, 0}) == which + "a workgroup of 128 threads, not 256");
  CHECK(error({{1, 65536, 1}, {256, 1, 1}, 0}) == which + "a grid of 1 x 65536 x 1 workgroups");
  CHECK(error({{1, 1, 1}, {256, 1, 1}, 65537}) == which + "65537 bytes of LDS, of 65536");
  CHECK(device->launch(*function, {{1, 1, 1}, {256, 1, 1}, 0}, 1.0f, 0).error().message ==
        which + "an argument of 4 bytes, not " + std::to_string(sizeof(TestArgument)));
  CHECK(run(*device, "test_nothing", argument) ==
        "device host 0 (host executor of gfx942) has no kernel test_nothing");
}

TEST_CASE("work waits for the stream, captured work for the replay", "[executor]") {
  const auto device = device_of(Model::sm_90a);
  const auto memory = device->allocate(8);
  REQUIRE(memory);
  const std::uint64_t value = 42;
  std::uint64_t back = 0;
  const auto stream = device->make_stream();
  REQUIRE(device->upload(*memory, &value, 8, *stream));
  REQUIRE(device->download(&back, *memory, 8, *stream));
  CHECK(back == 0);
  REQUIRE(device->synchronise(*stream));
  CHECK(back == 42);

  REQUIRE(device->begin_capture(*stream));
  REQUIRE(device->fill(*memory, 0, 8, *stream));
  const auto graph = device->end_capture(*stream);
  REQUIRE(graph);
  REQUIRE(device->synchronise(*stream));
  CHECK(*reinterpret_cast<const std::uint64_t*>(*memory) == 42);
  REQUIRE(device->replay(*graph, *stream));
  REQUIRE(device->synchronise(*stream));
  CHECK(*reinterpret_cast<const std::uint64_t*>(*memory) == 0);
  CHECK_THAT(device->upload(*memory + 1, &value, 8, 0).error().message,
             Catch::Contains("an upload of 8 bytes, which do not lie in one allocation"));
  device->release(*memory);
}

TEST_CASE("sums over a wave", "[executor]") {
  for (const Model model : kModels) {
    const auto device = device_of(model, {Order::Kind::random, 3});
    const std::uint32_t threads = threads_of(*device), wave = device->info().wave;
    std::vector<std::uint32_t> values(3 * threads, 0);
    for (std::uint32_t t = 0; t < threads; ++t) values[t] = t * t + 1;
    DeviceArray<std::uint32_t> counts(*device, values);
    REQUIRE(run(*device, "test_waves", {nullptr, nullptr, nullptr, counts.data(), 0}) == "");
    for (std::uint32_t t = 0; t < threads; ++t) {
      std::uint32_t all = 0, below = 0;
      for (std::uint32_t other = t - t % wave; other < t - t % wave + wave; ++other) {
        all += values[other];
        if (other < t) below += values[other];
      }
      REQUIRE(counts.data()[threads + t] == all);
      REQUIRE(counts.data()[2 * threads + t] == below);
    }
  }
}

TEST_CASE("the tile operation multiplies on AMD machines", "[executor]") {
  std::mt19937 random(5);
  std::uniform_int_distribution<int> small(-8, 8);
  std::vector<Bf16> a, b;
  for (int i = 0; i < 16 * 32; ++i) {
    a.push_back(mx::to_bf16(static_cast<float>(small(random))));
    b.push_back(mx::to_bf16(static_cast<float>(small(random))));
  }
  for (const Model model : {Model::gfx942, Model::gfx950}) {
    const auto device = device_of(model);
    DeviceArray<Bf16> left(*device, a), right(*device, b);
    DeviceArray<float> out(*device, 4 * 256);
    REQUIRE(run(*device, "test_tile", {left.data(), right.data(), out.data(), nullptr, 3}) == "");
    for (std::size_t i = 0; i < 4 * 256; ++i) {
      const std::size_t row = i % 256 / 16, column = i % 16;
      float sum = 3;
      for (std::size_t k = 0; k < 32; ++k) {
        sum += mx::to_float(a[row * 32 + k]) * mx::to_float(b[column * 32 + k]);
      }
      REQUIRE(out.data()[i] == sum);
    }
  }
}

TEST_CASE(
    "the matrix operation of a workgroup multiplies, and a missing wait is seen in some order",
    "[executor]") {
  std::mt19937 random(6);
  std::uniform_int_distribution<int> small(-8, 8);
  std::vector<Bf16> a, b;
  for (int i = 0; i < 64 * 32; ++i) a.push_back(mx::to_bf16(static_cast<float>(small(random))));
  for (int i = 0; i < 32 * 32; ++i) b.push_back(mx::to_bf16(static_cast<float>(small(random))));
  const auto right = [&](const char* name, const Order& order) {
    const auto device = device_of(Model::sm_90a, order);
    DeviceArray<Bf16> left(*device, a), rows(*device, b);
    DeviceArray<float> out(*device, 64 * 32);
    REQUIRE(run(*device, name, {left.data(), rows.data(), out.data(), nullptr, 3}) == "");
    for (std::size_t i = 0; i < 64 * 32; ++i) {
      float sum = 3;
      for (std::size_t k = 0; k < 32; ++k) {
        sum += mx::to_float(a[i / 32 * 32 + k]) * mx::to_float(b[i % 32 * 32 + k]);
      }
      if (out.data()[i] != sum) return false;
    }
    return true;
  };
  for (const Order& order : kOrders) CHECK(right("test_warpgroup", order));
  for (const char* const bad :
       {"test_bad_copy_wait", "test_bad_copy_barrier", "test_bad_matrix_wait",
        "test_bad_overwriting", "test_bad_copying"}) {
    INFO(bad);
    CHECK(!std::all_of(std::begin(kOrders), std::end(kOrders),
                       [&](const Order& order) { return right(bad, order); }));
  }
}
