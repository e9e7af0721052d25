#pragma once

#include <cstddef>
#include <type_traits>

#include "kernels/gpu/device.h"
#include "kernels/gpu/dynamic_library.h"

// The entry points of a driver that a Device is made of. CUDA's driver API and HIP's module API
// have the same C interface for them but for the names, so one table of pointers serves both; no
// header of either is included. Sources: CUDA Driver API reference, HIP runtime API reference
// (module API).
namespace switchyard::kernels::gpu {

// X(field, CUDA's name, HIP's name, C type). Every call answers 0 or an error's number.
#define SWITCHYARD_DRIVER_CALLS(X)                                                                \
  X(init, cuInit, hipInit, int(unsigned flags))                                                   \
  X(device_count, cuDeviceGetCount, hipGetDeviceCount, int(int* count))                           \
  X(device_get, cuDeviceGet, hipDeviceGet, int(int* device, int index))                           \
  X(device_name, cuDeviceGetName, hipDeviceGetName, int(char* name, int bytes, int device))       \
  X(device_memory, cuDeviceTotalMem_v2, hipDeviceTotalMem, int(std::size_t * bytes, int device))  \
  X(device_attribute, cuDeviceGetAttribute, hipDeviceGetAttribute,                                \
    int(int* value, int attribute, int device))                                                   \
  X(memory_left, cuMemGetInfo_v2, hipMemGetInfo, int(std::size_t * left, std::size_t * all))      \
  X(allocate, cuMemAlloc_v2, hipMalloc, int(Address * memory, std::size_t bytes))                 \
  X(release, cuMemFree_v2, hipFree, int(Address memory))                                          \
  X(upload, cuMemcpyHtoDAsync_v2, hipMemcpyHtoDAsync,                                             \
    int(Address to, const void* from, std::size_t bytes, Stream stream))                          \
  X(download, cuMemcpyDtoHAsync_v2, hipMemcpyDtoHAsync,                                           \
    int(void* to, Address from, std::size_t bytes, Stream stream))                                \
  X(fill, cuMemsetD8Async, hipMemsetD8Async,                                                      \
    int(Address to, unsigned char value, std::size_t bytes, Stream stream))                       \
  X(load_module, cuModuleLoadDataEx, hipModuleLoadDataEx,                                         \
    int(void** module, const void* image, unsigned options, int* option, void** value))           \
  X(unload_module, cuModuleUnload, hipModuleUnload, int(void* module))                            \
  X(find_function, cuModuleGetFunction, hipModuleGetFunction,                                     \
    int(Function * function, void* module, const char* name))                                     \
  X(make_stream, cuStreamCreate, hipStreamCreateWithFlags, int(Stream * stream, unsigned flags))  \
  X(release_stream, cuStreamDestroy_v2, hipStreamDestroy, int(Stream stream))                     \
  X(synchronise, cuStreamSynchronize, hipStreamSynchronize, int(Stream stream))                   \
  X(begin_capture, cuStreamBeginCapture_v2, hipStreamBeginCapture, int(Stream stream, int mode))  \
  X(end_capture, cuStreamEndCapture, hipStreamEndCapture, int(Stream stream, void** graph))       \
  X(instantiate, cuGraphInstantiateWithFlags, hipGraphInstantiateWithFlags,                       \
    int(Graph * ready, void* graph, unsigned long long flags))                                    \
  X(release_captured, cuGraphDestroy, hipGraphDestroy, int(void* graph))                          \
  X(replay, cuGraphLaunch, hipGraphLaunch, int(Graph graph, Stream stream))                       \
  X(release_graph, cuGraphExecDestroy, hipGraphExecDestroy, int(Graph graph))

struct DriverCalls {
#define SWITCHYARD_CALL_FIELD(field, cuda, hip, ...) \
  std::add_pointer_t<__VA_ARGS__> field = nullptr;
  SWITCHYARD_DRIVER_CALLS(SWITCHYARD_CALL_FIELD)
#undef SWITCHYARD_CALL_FIELD
};

// Looks entry points up, and remembers the first that is not there.
class CallFinder {
 public:
  explicit CallFinder(const DynamicLibrary& library) : library_(library) {}

  template <typename Type>
  void operator()(Type*& call, const char* name) {
    call = reinterpret_cast<Type*>(library_.symbol(name));
    if (call == nullptr && missing_ == nullptr) missing_ = name;
  }
  const char* missing() const { return missing_; }  // null: all are there

 private:
  const DynamicLibrary& library_;
  const char* missing_ = nullptr;
};

// Numbers that both drivers use, under CUDA's names.
namespace status {
inline constexpr int kOutOfMemory = 2;  // CUDA_ERROR_OUT_OF_MEMORY
inline constexpr int kNoDevice = 100;   // CUDA_ERROR_NO_DEVICE
}  // namespace status

// Whether an error leaves the device's context useless: what a kernel did
// (CUDA_ERROR_ILLEGAL_ADDRESS 700, LAUNCH_TIMEOUT 702, ASSERT 710 to LAUNCH_FAILED 719), or the
// hardware (ECC_UNCORRECTABLE 214).
constexpr bool is_fault(int status) {
  return status == 214 || status == 700 || status == 702 || (status >= 710 && status <= 719);
}

}  // namespace switchyard::kernels::gpu
