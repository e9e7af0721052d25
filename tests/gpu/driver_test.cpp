#include <dlfcn.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <vector>

#include "kernels/gpu/code_objects.h"
#include "kernels/gpu/devices.h"
#include "tests/gpu/pretend_driver.h"

// Run three times (CMakeLists.txt): with pretend drivers, with libraries that are no drivers, and
// with what the machine has.
namespace switchyard::kernels::gpu {
namespace {

// Something that is wrong with the pretend drivers, until the end of the scope.
class Wrong {
 public:
  explicit Wrong(const char* what) { ::setenv("PRETEND_GPU", what, 1); }
  ~Wrong() { ::unsetenv("PRETEND_GPU"); }
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Whether the build has code for the pretend device of a kind; a test says what it skips.
bool has_code(const std::string& kind) {
  if (!code_objects_for(kind == "cuda" ? "sm_90a" : "gfx950").empty()) return true;
  WARN("SKIPPED: " << kind << ", for which this build has no device code; it has "
                   << built_architectures());
  return false;
}

struct Argument {
  std::uint64_t memory;
  std::uint32_t number;
  float factor;
};

}  // namespace

TEST_CASE("the devices of both drivers", "[pretend]") {
  const DeviceList list = list_devices();
  CHECK(list.problems.empty());
  REQUIRE(list.devices.size() == 2);
  const DeviceInfo &hip = list.devices[0], &cuda = list.devices[1];
  CHECK(hip.kind == "hip");
  CHECK(hip.architecture == "gfx950");
  CHECK(hip.wave == 64);
  CHECK(hip.multiprocessors == 256);
  CHECK(hip.lds_bytes == 163'840);
  CHECK(cuda.kind == "cuda");
  CHECK(cuda.name == "Pretend H200");
  CHECK(cuda.architecture == "sm_90a");
  CHECK(cuda.wave == 32);
  CHECK(cuda.multiprocessors == 132);
  CHECK(cuda.lds_bytes == 232'448);
  CHECK(cuda.memory_bytes == std::size_t{1} << 30);
}

TEST_CASE("memory, launches and graphs of a device", "[pretend]") {
  const std::string kind = GENERATE("cuda", "hip");
  if (!has_code(kind)) return;
  const auto device = open_device(kind + ":0");
  REQUIRE(device);
  const auto stream = (*device)->make_stream();
  REQUIRE(stream);

  std::vector<std::uint8_t> bytes(1000), back(1000);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{3});
  const auto memory = (*device)->allocate(bytes.size());
  REQUIRE(memory);
  REQUIRE((*device)->upload(*memory, bytes.data(), bytes.size(), *stream));
  REQUIRE((*device)->fill(*memory + 10, 0xAB, 20, *stream));
  REQUIRE((*device)->download(back.data(), *memory, back.size(), *stream));
  REQUIRE((*device)->synchronise(*stream));
  std::fill(bytes.begin() + 10, bytes.begin() + 30, std::uint8_t{0xAB});
  CHECK(back == bytes);
  CHECK(*(*device)->allocate(0) == 0);

  const auto function = (*device)->function("switchyard_dequantise_mxfp4");
  REQUIRE(function);
  CHECK(*(*device)->function("switchyard_dequantise_mxfp4") == *function);
  const Argument argument{*memory, 7, 0.5f};
  REQUIRE((*device)->launch(*function, {{5, 2, 3}, {128, 1, 1}, 100'000}, argument, *stream));
  void* const library = ::dlopen(kind == "cuda" ? "libcuda.so.1" : "libamdhip64.so", RTLD_NOW);
  const auto last =
      reinterpret_cast<const Launched* (*)()>(::dlsym(library, "pretend_last_launch"));
  REQUIRE(last != nullptr);
  CHECK(std::string(last()->name) == "switchyard_dequantise_mxfp4");
  const unsigned sizes[] = {5, 2, 3, 128, 1, 1, 100'000};
  CHECK(std::memcmp(last()->sizes, sizes, sizeof sizes) == 0);
  CHECK(std::memcmp(last()->argument, &argument, sizeof argument) == 0);
  if (kind == "cuda") CHECK(last()->allowed_lds == 100'000);

  REQUIRE((*device)->begin_capture(*stream));
  REQUIRE((*device)->fill(*memory, 0x11, 1, *stream));
  const auto graph = (*device)->end_capture(*stream);
  REQUIRE(graph);
  REQUIRE((*device)->fill(*memory, 0x22, 1, *stream));
  const auto first = [&] {
    REQUIRE((*device)->download(back.data(), *memory, 1, *stream));
    REQUIRE((*device)->synchronise(*stream));
    return back[0];
  };
  CHECK(first() == 0x22);
  REQUIRE((*device)->replay(*graph, *stream));
  CHECK(first() == 0x11);
  (*device)->release_graph(*graph);
  (*device)->release(*memory);
  (*device)->release_stream(*stream);
}

TEST_CASE("what a user asked for that is not there", "[pretend]") {
  const auto message = [](const char* name) {
    const auto device = open_device(name);
    REQUIRE_FALSE(device);
    return device.error().message;
  };
  CHECK(message("rocm") == "`rocm` is not a GPU: `hip`, `cuda`, or one by its index, `cuda:1`");
  CHECK(has(message("cuda:x"), "`cuda:x` is not a GPU"));
  CHECK(has(message("cuda:"), "`cuda:` is not a GPU"));
  CHECK(has(message("cuda:99999999999999999999"), "is not a GPU"));
  CHECK(message("cuda:3") == "there is no cuda:3, only cuda:0 (Pretend H200)");
  const Wrong wrong("none");
  CHECK(message("cuda") == "libcuda.so.1 is there, but reports no device");
  CHECK(message("hip") == "libamdhip64.so is there, but reports no device");
  CHECK(list_devices().problems.size() == 2);
}

TEST_CASE("what a device refuses", "[pretend]") {
  if (!has_code("cuda")) return;
  const auto opened = open_device("cuda");
  REQUIRE(opened);
  Device& device = **opened;
  {
    const Wrong wrong("image");
    const auto function = device.function("switchyard_dequantise_mxfp4");
    REQUIRE_FALSE(function);
    CHECK(has(function.error().message, "cuda:0 (Pretend H200) could not load "));
    CHECK(has(function.error().message, "_sm_90a.ptx\nptxas: line 3: no such thing"));
  }
  const auto unknown = device.function("switchyard_nothing");
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().message ==
        "cuda:0 (Pretend H200): no kernel `switchyard_nothing` in the code objects for sm_90a");
  {
    const Wrong wrong("memory");
    const auto memory = device.allocate(5000);
    REQUIRE_FALSE(memory);
    CHECK(memory.error().message ==
          "cuda:0 (Pretend H200) is out of memory: 5000 bytes were asked for, "
          "1000 of 1073741824 are free");
  }
  const auto function = device.function("switchyard_dequantise_mxfp4");
  REQUIRE(function);
  {
    const Wrong wrong("launch");
    const auto launched = device.launch(*function, {{1, 1, 1}, {2048, 1, 1}, 0}, Argument{}, 0);
    REQUIRE_FALSE(launched);
    CHECK(has(launched.error().message,
              "could not launch `switchyard_dequantise_mxfp4` with a grid of 1 x 1 x 1, blocks of "
              "2048 x 1 x 1 and 0 bytes of LDS: CUDA_ERROR (1): something is wrong"));
  }
  const auto greedy = device.launch(*function, {{1, 1, 1}, {32, 1, 1}, 300'000}, Argument{}, 0);
  REQUIRE_FALSE(greedy);
  CHECK(has(greedy.error().message, "(a workgroup can have 232448)"));
  CHECK(device.synchronise(0));
}

TEST_CASE("after a fault every call says which it was", "[pretend]") {
  const std::string kind = GENERATE("cuda", "hip");
  if (!has_code(kind)) return;
  const auto opened = open_device(kind);
  REQUIRE(opened);
  Device& device = **opened;
  const auto memory = device.allocate(16);
  REQUIRE(memory);
  std::string first;
  {
    const Wrong wrong("fault");
    const auto done = device.synchronise(0);
    REQUIRE_FALSE(done);
    first = done.error().message;
    CHECK(has(first, "could not finish what was launched: "));
    CHECK(has(first, "a kernel failed"));
  }
  CHECK(device.synchronise(0).error().message == first);
  CHECK(device.allocate(16).error().message == first);
  CHECK(device.fill(*memory, 0, 16, 0).error().message == first);
  CHECK(device.upload(0, nullptr, 0, 0).error().message == first);
  CHECK(device.function("switchyard_dequantise_mxfp4").error().message == first);
  CHECK(device.make_stream().error().message == first);
  CHECK(device.begin_capture(0).error().message == first);
  device.release(*memory);
}

TEST_CASE("libraries that are no drivers", "[empty]") {
  const auto cuda = open_device("cuda"), hip = open_device("hip");
  REQUIRE_FALSE(cuda);
  REQUIRE_FALSE(hip);
  CHECK(cuda.error().message ==
        "libcuda.so.1 has no `cuInit`; a driver for CUDA 12.0 or newer is needed");
  CHECK(hip.error().message == "libamdhip64.so has no `hipInit`; ROCm 5.2 or newer is needed");
  CHECK(list_devices().problems.size() == 2);
}

TEST_CASE("a machine without drivers", "[machine]") {
  if (::dlopen("libcuda.so.1", RTLD_NOW) != nullptr) {
    WARN("there is a CUDA driver: nothing to see");
    return;
  }
  const auto cuda = open_device("cuda");
  REQUIRE_FALSE(cuda);
  CHECK(has(cuda.error().message, "no CUDA driver: libcuda.so.1 was not opened ("));
  CHECK(list_devices().problems.size() >= 1);
}

TEST_CASE("the device code of this build", "[machine]") {
  for (const CodeObject& object : code_objects()) {
    INFO(object.file);
    REQUIRE(object.bytes.size() > 100);
    const std::string text(reinterpret_cast<const char*>(object.bytes.data()), object.bytes.size());
    CHECK(text.starts_with(object.file.ends_with(".ptx") ? "//" : "\177ELF"));
    CHECK(object.bytes.data()[object.bytes.size()] == std::byte{0});
    CHECK(has(text, object.file.ends_with(".ptx")
                        ? ".target " + std::string(object.architecture)
                        : "amdgcn-amd-amdhsa--" + std::string(object.architecture)));
  }
  CHECK(code_objects_for("sm_12").empty());
  CHECK((built_architectures() == "none") == code_objects().empty());
  for (const CodeObject& object : code_objects()) {
    CHECK(has(built_architectures(), std::string(object.architecture)));
  }
}

}  // namespace switchyard::kernels::gpu
