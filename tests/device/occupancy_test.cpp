#include "kernels/device/occupancy.h"

#include <catch2/catch.hpp>
#include <map>
#include <string>

#include "kernels/cpu/thread_pool.h"
#include "kernels/gpu/layer.h"
#include "tests/device/devices.h"
#include "tests/kernels/random_layer.h"

using namespace switchyard::kernels;
using namespace switchyard::kernels::device;
using host::Model;

namespace {

// A device of the executor that keeps the LDS of each kernel's launches.
class Recording final : public gpu::Device {
 public:
  explicit Recording(Model model) : device_(host::make_host_device({model, {}, {}})) {}

  std::map<std::string, std::uint32_t> lds;  // of the last launch, by the kernel's name

  const gpu::DeviceInfo& info() const override { return device_->info(); }
  Expected<gpu::Address> allocate(std::size_t bytes) override { return device_->allocate(bytes); }
  void release(gpu::Address memory) override { device_->release(memory); }
  Expected<void> upload(gpu::Address to, const void* from, std::size_t bytes,
                        gpu::Stream stream) override {
    return device_->upload(to, from, bytes, stream);
  }
  Expected<void> download(void* to, gpu::Address from, std::size_t bytes,
                          gpu::Stream stream) override {
    return device_->download(to, from, bytes, stream);
  }
  Expected<void> fill(gpu::Address to, std::uint8_t value, std::size_t bytes,
                      gpu::Stream stream) override {
    return device_->fill(to, value, bytes, stream);
  }
  Expected<gpu::Function> function(std::string_view name) override {
    auto found = device_->function(name);
    if (found) names_[*found] = name;
    return found;
  }
  Expected<void> launch(gpu::Function function, const gpu::Launch& launch,
                        std::span<const std::byte> argument, gpu::Stream stream) override {
    lds[names_.at(function)] = launch.lds_bytes;
    return device_->launch(function, launch, argument, stream);
  }
  Expected<gpu::Stream> make_stream() override { return device_->make_stream(); }
  void release_stream(gpu::Stream stream) override { device_->release_stream(stream); }
  Expected<void> synchronise(gpu::Stream stream) override { return device_->synchronise(stream); }
  Expected<void> begin_capture(gpu::Stream stream) override {
    return device_->begin_capture(stream);
  }
  Expected<gpu::Graph> end_capture(gpu::Stream stream) override {
    return device_->end_capture(stream);
  }
  Expected<void> replay(gpu::Graph graph, gpu::Stream stream) override {
    return device_->replay(graph, stream);
  }
  void release_graph(gpu::Graph graph) override { device_->release_graph(graph); }

 private:
  std::unique_ptr<gpu::Device> device_;
  std::map<gpu::Function, std::string> names_;
};

// One token through a layer, routing included.
void run(Recording& device, Scheme scheme, const gpu::Options& options) {
  std::mt19937 random(61);
  RandomLayer layer = random_layer({scheme, {32, 32, 4, 1}, Activation::silu, {}}, random,
                                   GateUpLayout::concatenated, false);
  layer.view();
  auto prepared = gpu::Layer::prepare(device, layer.config, layer.weights, options);
  REQUIRE(prepared);
  REQUIRE((*prepared)->reserve(1));
  DeviceArray<Bf16> x(device, random_tokens(1, 32, random)), out(device, 32);
  DeviceArray<std::int32_t> experts(device, 1);
  DeviceArray<float> weights(device, 1);
  const auto at = [](auto& array) { return reinterpret_cast<gpu::Address>(array.data()); };
  REQUIRE((*prepared)->route(at(x), 1, at(experts), at(weights), 0));
  const auto tiles = (*prepared)->make_tiles(1);
  REQUIRE(tiles);
  REQUIRE((*prepared)->group(1, at(experts), *tiles, 0));
  REQUIRE((*prepared)->run(at(x), 1, *tiles, at(weights), {at(out), 0}, 0));
  REQUIRE(device.synchronise(0));
}

}  // namespace

TEST_CASE("a launch takes the LDS that its kernel states", "[occupancy]") {
  std::size_t products = 0;
  for (const Model model : {Model::gfx942, Model::gfx950}) {
    Recording device(model);
    for (const Scheme scheme :
         {Scheme::w_mxfp4, Scheme::w_mxfp4_a_mxfp4, Scheme::w_mxfp6_e3m2_a_fp8}) {
      for (const std::uint32_t block_m : {16u, 32u, 64u}) {
        gpu::Options options;
        options.block_m = block_m;
        options.variant = Variant::emulated;
        run(device, scheme, options);
        if (model == Model::gfx950) {
          options.variant = Variant::native;
          run(device, scheme, options);
        }
        options.variant = Variant::packed;
        for (const std::uint32_t split_k : {1u, 2u, 4u}) {
          options.split_k = split_k;
          if (split_k == 1 || block_m == 16) run(device, scheme, options);
        }
      }
    }
    for (const auto& [name, bytes] : device.lds) {
      INFO(name);
      const std::uint32_t stated = occupancy_of(name.c_str(), model == Model::gfx950).lds_bytes;
      const bool product = name.find("_m16") != name.npos || name.find("_m32") != name.npos ||
                           name.find("_m64") != name.npos;
      products += product ? 1 : 0;
      // These follow the number of experts; group_pairs has four times four waves.
      if (name == "switchyard_router_pick" || name == "switchyard_group_pairs") {
        CHECK(bytes < stated);
      } else {
        CHECK(bytes == stated);
      }
    }
  }
  // Two products of: emulated 3; packed 2 formats in 5 shapes; native 2 schemes in 3.
  CHECK(products == 2 * (2 * (3 + 2 * 5) + 2 * 3));
}

TEST_CASE("what a kernel's name says of its shape is read as it is written", "[occupancy]") {
  CHECK(number_after("switchyard_packed_down_mxfp4_m32_s1", "_m") == 32);
  CHECK(number_after("switchyard_native_down_mxfp6_e3m2_a_mxfp6_e3m2_m64", "_m") == 64);
  CHECK(number_after("switchyard_combine", "_m") == 0);
  CHECK(after("abab", "ba") == std::string("b"));
  CHECK(after("abab", "bb") == nullptr);
  CHECK(occupancy_of("switchyard_down_m64", false).waves_per_simd == 2);
  CHECK(occupancy_of("switchyard_down_m64", true).waves_per_simd == 4);
}
