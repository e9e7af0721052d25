#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The device code that was built with this library: a code object for each AMD architecture, PTX
// for NVIDIA's. Empty in a build without device code (-DSWITCHYARD_GPU=OFF).
namespace switchyard::kernels::gpu {

struct CodeObject {
  std::string_view source;        // the file of kernels/device, without ".hip"
  std::string_view architecture;  // "gfx950", "sm_90a"
  std::string_view file;          // as the build names it: "down_gfx950.co", "down_sm_90a.ptx"
  // A zero byte follows, which the loader of PTX needs.
  std::span<const std::byte> bytes;
};

// Whether the object holds a kernel of that name: it stands in it as a whole word. Linear in the
// object.
bool defines(const CodeObject& object, std::string_view kernel);

// By source, then architecture.
std::span<const CodeObject> code_objects();

// Those of one architecture; none where the build has none.
std::vector<CodeObject> code_objects_for(std::string_view architecture);

// "gfx942, gfx950, sm_90a", or "none".
std::string built_architectures();

}  // namespace switchyard::kernels::gpu
