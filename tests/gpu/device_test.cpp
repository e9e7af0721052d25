#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <functional>

#include "kernels/cpu/thread_pool.h"
#include "kernels/device/kernel_list.h"
#include "kernels/gpu/code_objects.h"
#include "kernels/gpu/devices.h"
#include "kernels/gpu/kernels.h"
#include "kernels/gpu/layer.h"
#include "kernels/mx/block.h"
#include "kernels/reference/reference.h"
#include "tests/kernels/random_layer.h"

// Every GPU of this machine that the build has device code for, through its real driver. Without
// one each test says so and passes; ctest then reports it as skipped.
namespace switchyard::kernels::gpu {
namespace {

void on_every_gpu(const std::function<void(Device&)>& test) {
  const DeviceList list = list_devices();
  std::size_t tested = 0;
  std::string why;
  for (const std::string& problem : list.problems) why += "\n  " + problem;
  for (const DeviceInfo& info : list.devices) {
    const std::string name = info.kind + ":" + std::to_string(info.index);
    const auto device = open_device(name);
    if (code_objects_for(info.architecture).empty()) {
      why += "\n  " + device.error().message;
      continue;
    }
    INFO(name << ", " << info.name << ", " << info.architecture);
    if (!device) FAIL(device.error().message);
    test(**device);
    ++tested;
  }
  if (tested == 0) WARN("SKIPPED: no GPU to test on" << why);
}

void require(const Expected<void>& done) {
  if (!done) FAIL(done.error().message);
}
template <typename T>
T require(Expected<T> value) {
  if (!value) FAIL(value.error().message);
  return std::move(*value);
}

template <typename T>
Memory to_device(Device& device, const std::vector<T>& values) {
  Memory memory = require(Memory::allocate(device, values.size() * sizeof(T)));
  require(device.upload(memory.address(), values.data(), memory.bytes(), 0));
  require(device.synchronise(0));
  return memory;
}

template <typename T>
std::vector<T> to_host(Device& device, const Memory& memory) {
  std::vector<T> values(memory.bytes() / sizeof(T));
  require(device.download(values.data(), memory.address(), memory.bytes(), 0));
  require(device.synchronise(0));
  return values;
}

// The blocks of a dequantise kernel: every code of a format under every scale.
template <typename Format>
struct AllCodes {
  static constexpr std::uint32_t kBlocks = 512;  // two a scale hold all codes
  static constexpr std::size_t kBytes = mx::packed_bytes(mx::kBlock, Format::bits);
  std::vector<std::uint8_t> elements, scales;

  AllCodes() : elements(kBlocks * kBytes), scales(kBlocks) {
    for (std::size_t b = 0; b < kBlocks; ++b) {
      std::uint8_t codes[mx::kBlock];
      for (std::size_t i = 0; i < mx::kBlock; ++i) {
        codes[i] = static_cast<std::uint8_t>((b % 2 * mx::kBlock + i) % (1u << Format::bits));
      }
      mx::pack_block<Format>(codes, elements.data() + b * kBytes);
      scales[b] = static_cast<std::uint8_t>(b / 2);
    }
  }

  void compare(const std::vector<Bf16>& values) const {
    REQUIRE(values.size() == kBlocks * mx::kBlock);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::size_t block = i / mx::kBlock;
      const auto code = mx::load_code<Format>(elements.data() + block * kBytes, i % mx::kBlock);
      const float expected = mx::dequantise<Format>(code, scales[block]);
      const float value = mx::to_float(values[i]);
      INFO("code " << unsigned{code} << " under scale " << unsigned{scales[block]});
      REQUIRE((std::isnan(expected) ? std::isnan(value) : value == expected));
    }
  }
};

// A launch of the dequantise kernel over AllCodes, of one expert.
template <typename Format>
struct Dequantising {
  AllCodes<Format> codes;
  Memory elements, scales, counts, out;
  Function function = 0;
  Launch launch;
  device::Dequantise argument = {};

  Dequantising(Device& device, const char* name)
      : elements(to_device(device, codes.elements)),
        scales(to_device(device, codes.scales)),
        counts(to_device(device, std::vector<std::uint32_t>{1})),
        out(require(Memory::allocate(device, codes.kBlocks * mx::kBlock * sizeof(Bf16)))),
        function(require(device.function(name))) {
    const std::uint32_t threads = device::kWorkgroupWaves * device.info().wave;
    launch = {{codes.kBlocks / threads, 1, 1}, {threads, 1, 1}, 0};
    argument = {elements.as<const std::uint8_t>(),
                scales.as<const std::uint8_t>(),
                out.as<Bf16>(),
                counts.as<const std::uint32_t>(),
                codes.kBlocks,
                0};
  }
};

using DequantisingFp4 = Dequantising<mx::Fp4E2M1>;
constexpr const char* kDequantiseFp4 = "switchyard_dequantise_mxfp4";

// Every block_m, and every split_k.
std::vector<std::vector<ParameterValue>> choices_of(const Device& device) {
  std::vector<std::vector<ParameterValue>> choices = {{{"block_m", 16}},
                                                      {{"block_m", 32}},
                                                      {{"block_m", 64}},
                                                      {{"block_m", 16}, {"split_k", 2}},
                                                      {{"block_m", 16}, {"split_k", 4}}};
  if (device.info().kind == "cuda") {
    choices.push_back({{"block_m", 48}});
    choices.push_back({{"block_m", 128}});
  }
  return choices;
}

// What every kernel of the device makes of the layer is within its bound of the reference, and so
// are the experts that its router picks.
void check_layer(Device& device, const LayerConfig& config, std::int64_t tokens,
                 std::span<const ParameterValue> parameters, std::mt19937& random) {
  const auto layout = tokens % 2 == 0 ? GateUpLayout::concatenated : GateUpLayout::interleaved;
  RandomLayer layer = random_layer(config, random, layout, tokens % 3 != 0);
  layer.view();
  const auto x = random_tokens(tokens, config.shape.hidden, random);
  ThreadPool pool(1);
  for (const Kernel& kernel : gpu_kernels(device)) {
    // Which packed alone takes.
    const bool of_packed = parameters.size() > 1 || parameters.front().value == 48;
    if (kernel.name != "packed" && of_packed) continue;
    INFO(kernel.name << ", " << info(config.scheme).name << ", hidden " << config.shape.hidden
                     << ", intermediate " << config.shape.intermediate << ", tokens " << tokens);
    const auto prepared = require(prepare(kernel, layer.config, layer.weights, parameters));
    const Routing routing = prepared->route(x, pool);
    std::vector<float> out(x.size(), 1.25e30f);
    require(prepared->run(x, routing, out.data(), pool));
    require(reference::check_routing(layer.config, layer.weights, x, routing));
    const auto all = all_tokens(tokens);
    const auto expected = reference::run(layer.config, layer.weights, x, routing, all,
                                         kernel.numerics(config.scheme));
    const auto comparison =
        reference::compare(expected, config.shape.hidden, all, std::span<const float>(out));
    CHECK(comparison.first_failure == "");
    CHECK(comparison.elements == static_cast<std::int64_t>(out.size()));
  }
}

}  // namespace

TEMPLATE_TEST_CASE("every code under every scale", "[codes]", mx::Fp4E2M1, mx::Fp6E3M2,
                   mx::Fp6E2M3) {
  on_every_gpu([](Device& device) {
    Dequantising<TestType> work(device, TestType::bits == 4   ? kDequantiseFp4
                                        : TestType::emax == 4 ? "switchyard_dequantise_mxfp6_e3m2"
                                                              : "switchyard_dequantise_mxfp6_e2m3");
    require(device.launch(work.function, work.launch, work.argument, 0));
    work.codes.compare(to_host<Bf16>(device, work.out));
  });
}

TEST_CASE("a graph is replayed, on what is in memory then", "[graph]") {
  on_every_gpu([](Device& device) {
    DequantisingFp4 work(device, kDequantiseFp4);
    const Stream stream = require(device.make_stream());
    require(device.begin_capture(stream));
    require(device.fill(work.out.address(), 0xFF, work.out.bytes(), stream));
    require(device.launch(work.function, work.launch, work.argument, stream));
    const Graph graph = require(device.end_capture(stream));
    for (int round = 0; round < 2; ++round) {
      require(device.fill(work.out.address(), 0x11, work.out.bytes(), stream));
      require(device.synchronise(stream));
      CHECK(to_host<Bf16>(device, work.out)[7].bits == 0x1111);  // capturing ran nothing
      require(device.replay(graph, stream));
      require(device.synchronise(stream));
      work.codes.compare(to_host<Bf16>(device, work.out));
    }
    device.release_graph(graph);
    device.release_stream(stream);
  });
}

TEST_CASE("all LDS of a workgroup can be asked for, and no more", "[errors]") {
  on_every_gpu([](Device& device) {
    DequantisingFp4 work(device, kDequantiseFp4);
    work.launch.lds_bytes = device.info().lds_bytes;
    require(device.launch(work.function, work.launch, work.argument, 0));
    work.codes.compare(to_host<Bf16>(device, work.out));
    work.launch.lds_bytes += 1024;
    const auto refused = device.launch(work.function, work.launch, work.argument, 0);
    REQUIRE_FALSE(refused);
    CHECK_THAT(refused.error().message, Catch::Contains("could not launch `switchyard_deq"));
  });
}

TEST_CASE("what a device refuses leaves it well", "[errors]") {
  on_every_gpu([](Device& device) {
    const auto memory = device.allocate(2 * device.info().memory_bytes);
    REQUIRE_FALSE(memory);
    CHECK_THAT(
        memory.error().message,
        Catch::Contains("is out of memory: " + std::to_string(2 * device.info().memory_bytes)) &&
            Catch::Contains(" are free"));
    const auto function = device.function("switchyard_nothing");
    REQUIRE_FALSE(function);
    CHECK_THAT(function.error().message, Catch::Contains("no kernel `switchyard_nothing`"));
    DequantisingFp4 work(device, kDequantiseFp4);
    Launch wide = work.launch;
    wide.block[0] = 2048;
    const auto launched = device.launch(work.function, wide, work.argument, 0);
    REQUIRE_FALSE(launched);
    CHECK_THAT(launched.error().message, Catch::Contains("blocks of 2048 x 1 x 1"));
    require(device.launch(work.function, work.launch, work.argument, 0));
    work.codes.compare(to_host<Bf16>(device, work.out));
  });
}

TEST_CASE("every kernel, scheme and parameter against the reference", "[layer]") {
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const Shape shapes[] = {{64, 96, 5, 2}, {96, 32, 4, 3}, {480, 288, 8, 4}};
  on_every_gpu([&](Device& device) {
    const auto choices = choices_of(device);
    std::size_t turn = 0;  // eight numbers of tokens, of which each meets each choice
    for (const SchemeInfo& scheme : kSchemes) {
      for (const Shape& shape : shapes) {
        for (const std::int64_t tokens : {0, 1, 5, 16, 75, 100, 140, 300}) {
          const auto activation = turn % 2 == 0 ? Activation::swigluoai : Activation::silu;
          check_layer(device, {scheme.scheme, shape, activation, {}}, tokens,
                      choices[turn++ % std::size(choices)], random);
        }
      }
    }
    check_layer(device, {Scheme::w_mxfp4, {2880, 2880, 2, 1}, Activation::swigluoai, {}}, 3,
                choices[3], random);
  });
}

// Short enough for compute-sanitizer, which is run on it (tests/gpu/README.md).
TEST_CASE("one small layer of every kernel, format and parameter", "[small]") {
  std::mt19937 random(77);
  const Shape shape = {160, 96, 4, 2};
  on_every_gpu([&](Device& device) {
    const auto choices = choices_of(device);
    std::size_t turn = 0;
    for (const Scheme scheme :
         {Scheme::w_mxfp4, Scheme::w_mxfp6_e3m2_a_mxfp6_e3m2, Scheme::w_mxfp6_e2m3_a_fp8}) {
      for (const auto& parameters : choices) {
        const auto activation = turn++ % 2 == 0 ? Activation::swigluoai : Activation::silu;
        check_layer(device, {scheme, shape, activation, {}}, 75, parameters, random);
      }
    }
  });
}

// Last: the driver gives the device up. Not on HIP, whose runtime ends the process then.
TEST_CASE("after a fault the device answers with it, and the process goes on", "[fault]") {
  on_every_gpu([](Device& device) {
    if (device.info().kind == "hip") return;
    DequantisingFp4 work(device, kDequantiseFp4);
    work.argument.out = nullptr;
    require(device.launch(work.function, work.launch, work.argument, 0));
    const auto done = device.synchronise(0);
    REQUIRE_FALSE(done);
    CHECK_THAT(done.error().message,
               Catch::Contains("ILLEGAL_ADDRESS (700)") && Catch::Contains("the device was lost"));
    CHECK(device.allocate(16).error().message == done.error().message);
  });
}

}  // namespace switchyard::kernels::gpu
