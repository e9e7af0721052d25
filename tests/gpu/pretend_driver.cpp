// A libcuda.so.1, or with PRETEND_HIP a libamdhip64.so, over the host's memory: one device, whose
// kernels record what they were launched with. What is wrong with it stands in the variable
// PRETEND_GPU, looked at in every call: none, memory, image, launch, fault.
#include "tests/gpu/pretend_driver.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <list>
#include <string>
#include <vector>

#ifdef PRETEND_HIP
#define NAME(cuda, hip) hip
#else
#define NAME(cuda, hip) cuda
#endif

namespace {

using Work = std::function<void()>;

struct Kernel {
  std::string name;
};
struct Module {
  std::string text;
  std::list<Kernel> kernels;  // that were asked for
};

bool capturing = false;
std::vector<Work> captured;
Launched last;

bool wrong(const char* what) {
  const char* const set = std::getenv("PRETEND_GPU");
  return set != nullptr && std::strcmp(set, what) == 0;
}

int later(Work work) {
  if (capturing)
    captured.push_back(std::move(work));
  else
    work();
  return 0;
}

// The bytes of an image: PTX ends with a zero byte, a code object says in its section header table,
// which clang puts last, where it ends (ELF-64: e_shoff at 0x28, e_shentsize 0x3A, e_shnum 0x3C).
std::string text_of(const char* image) {
  if (std::memcmp(image, "\177ELF", 4) != 0) return image;
  std::uint64_t offset = 0;
  std::uint16_t size = 0, count = 0;
  std::memcpy(&offset, image + 0x28, 8);
  std::memcpy(&size, image + 0x3A, 2);
  std::memcpy(&count, image + 0x3C, 2);
  return std::string(image, offset + std::uint64_t{size} * count);
}

}  // namespace

extern "C" {

const Launched* pretend_last_launch() { return &last; }

int NAME(cuInit, hipInit)(unsigned) { return wrong("none") ? 100 : 0; }
int NAME(cuDeviceGetCount, hipGetDeviceCount)(int* count) {
  *count = wrong("none") ? 0 : 1;
  return wrong("none") ? 100 : 0;
}
int NAME(cuDeviceGet, hipDeviceGet)(int* device, int index) {
  *device = 40 + index;
  return 0;
}
int NAME(cuDeviceGetName, hipDeviceGetName)(char* name, int bytes, int) {
  std::snprintf(name, static_cast<std::size_t>(bytes), "Pretend %s", NAME("H200", "MI355X"));
  return 0;
}
int NAME(cuDeviceTotalMem_v2, hipDeviceTotalMem)(std::size_t* bytes, int) {
  *bytes = std::size_t{1} << 30;
  return 0;
}
int NAME(cuMemGetInfo_v2, hipMemGetInfo)(std::size_t* left, std::size_t* all) {
  *left = 1000;
  *all = std::size_t{1} << 30;
  return 0;
}
int NAME(cuMemAlloc_v2, hipMalloc)(std::uint64_t* memory, std::size_t bytes) {
  if (wrong("memory")) return 2;
  *memory = reinterpret_cast<std::uint64_t>(std::malloc(bytes));
  return 0;
}
int NAME(cuMemFree_v2, hipFree)(std::uint64_t memory) {
  std::free(reinterpret_cast<void*>(memory));
  return 0;
}
int NAME(cuMemcpyHtoDAsync_v2, hipMemcpyHtoDAsync)(std::uint64_t to, const void* from,
                                                   std::size_t bytes, void*) {
  return later([=] { std::memcpy(reinterpret_cast<void*>(to), from, bytes); });
}
int NAME(cuMemcpyDtoHAsync_v2, hipMemcpyDtoHAsync)(void* to, std::uint64_t from, std::size_t bytes,
                                                   void*) {
  return later([=] { std::memcpy(to, reinterpret_cast<const void*>(from), bytes); });
}
int NAME(cuMemsetD8Async, hipMemsetD8Async)(std::uint64_t to, unsigned char value,
                                            std::size_t bytes, void*) {
  return later([=] { std::memset(reinterpret_cast<void*>(to), value, bytes); });
}
int NAME(cuModuleLoadDataEx, hipModuleLoadDataEx)(void** module, const void* image,
                                                  unsigned options, int* option, void** value) {
  if (wrong("image")) {
    for (unsigned i = 0; i < options; ++i) {
      if (option[i] == 5) std::strcpy(static_cast<char*>(value[i]), "ptxas: line 3: no such thing");
    }
    return NAME(218, 209);
  }
  *module = new Module{text_of(static_cast<const char*>(image)), {}};
  return 0;
}
int NAME(cuModuleUnload, hipModuleUnload)(void* module) {
  delete static_cast<Module*>(module);
  return 0;
}
int NAME(cuModuleGetFunction, hipModuleGetFunction)(void** function, void* module,
                                                    const char* name) {
  if (static_cast<Module*>(module)->text.find(name) == std::string::npos) return 500;
  *function = &static_cast<Module*>(module)->kernels.emplace_back(Kernel{name});
  return 0;
}
#if defined(PRETEND_HIP)
int hipModuleLaunchKernel(void* function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                          unsigned block_x, unsigned block_y, unsigned block_z, unsigned lds_bytes,
                          void*, void** parameters, void** extra) {
  const unsigned sizes[7] = {grid_x, grid_y, grid_z, block_x, block_y, block_z, lds_bytes};
#else
struct LaunchConfig {
  unsigned sizes[7];
  void* stream;
  const int* attributes;  // the first is an int, its number
  unsigned attribute_count;
};
int cuLaunchKernelEx(const LaunchConfig* config, void* function, void** parameters, void** extra) {
  const auto& sizes = config->sizes;
  // Programmatic stream serialisation, which is all that is ever asked for.
  if (config->attribute_count > 1 || config->attributes[0] != 6) return 1;
#endif
  if (wrong("launch") || extra != nullptr) return 1;
  Launched launched{};
  std::snprintf(launched.name, sizeof launched.name, "%s",
                static_cast<Kernel*>(function)->name.c_str());
  std::memcpy(launched.sizes, sizes, sizeof launched.sizes);
  launched.allowed_lds = last.allowed_lds;
  std::memcpy(launched.argument, parameters[0], sizeof launched.argument);
  return later([=] { last = launched; });
}
int NAME(cuStreamCreate, hipStreamCreateWithFlags)(void** stream, unsigned) {
  *stream = std::malloc(1);
  return 0;
}
int NAME(cuStreamDestroy_v2, hipStreamDestroy)(void* stream) {
  std::free(stream);
  return 0;
}
int NAME(cuStreamSynchronize, hipStreamSynchronize)(void*) { return wrong("fault") ? 700 : 0; }
int NAME(cuStreamBeginCapture_v2, hipStreamBeginCapture)(void*, int) {
  capturing = true;
  return 0;
}
int NAME(cuStreamEndCapture, hipStreamEndCapture)(void*, void** graph) {
  capturing = false;
  *graph = new std::vector<Work>(std::move(captured));
  captured.clear();
  return 0;
}
int NAME(cuGraphInstantiateWithFlags, hipGraphInstantiateWithFlags)(void** ready, void* graph,
                                                                    unsigned long long) {
  *ready = new std::vector<Work>(*static_cast<std::vector<Work>*>(graph));
  return 0;
}
int NAME(cuGraphDestroy, hipGraphDestroy)(void* graph) {
  delete static_cast<std::vector<Work>*>(graph);
  return 0;
}
int NAME(cuGraphExecDestroy, hipGraphExecDestroy)(void* graph) {
  delete static_cast<std::vector<Work>*>(graph);
  return 0;
}
int NAME(cuGraphLaunch, hipGraphLaunch)(void* graph, void*) {
  for (const Work& work : *static_cast<std::vector<Work>*>(graph)) work();
  return 0;
}

#ifdef PRETEND_HIP
int hipSetDevice(int) { return 0; }
int hipDeviceGetAttribute(int* value, int attribute, int) {
  *value = attribute == 63 ? 256 : attribute == 74 ? 163'840 : attribute == 87 ? 64 : -1;
  return 0;
}
int hipGetDevicePropertiesR0600(void* properties, int) {
  std::strcpy(static_cast<char*>(properties) + 1'160, "gfx950:sramecc+:xnack-");
  return 0;
}
const char* hipGetErrorName(int status) {
  return status == 700 ? "hipErrorIllegalAddress" : "hipError";
}
const char* hipGetErrorString(int) { return "something is wrong"; }
#else
int cuDevicePrimaryCtxRetain(void** context, int) {
  *context = &last;
  return 0;
}
int cuDevicePrimaryCtxRelease_v2(int) { return 0; }
int cuCtxSetCurrent(void* context) { return context == &last ? 0 : 201; }
int cuFuncSetAttribute(void*, int attribute, int value) {
  if (attribute != 8 || value > 232'448) return 1;
  last.allowed_lds = static_cast<unsigned>(value);
  return 0;
}
int cuDeviceGetAttribute(int* value, int attribute, int) {
  *value = attribute == 10   ? 32
           : attribute == 16 ? 132
           : attribute == 75 ? 9
           : attribute == 76 ? 0
           : attribute == 97 ? 232'448
                             : -1;
  return 0;
}
int cuGetErrorName(int status, const char** name) {
  *name = status == 700 ? "CUDA_ERROR_ILLEGAL_ADDRESS" : "CUDA_ERROR";
  return 0;
}
int cuGetErrorString(int, const char** text) {
  *text = "something is wrong";
  return 0;
}
#endif
}
