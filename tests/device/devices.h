#pragma once

#include <cstddef>
#include <vector>

#include "kernels/device/host/host_device.h"

// Devices of the host executor for tests, and arrays of their memory.
namespace switchyard::kernels::device {

inline constexpr host::Model kModels[] = {host::Model::gfx942, host::Model::gfx950,
                                          host::Model::sm_90a};

inline const host::Order kOrders[] = {{host::Order::Kind::ascending, 0},
                                      {host::Order::Kind::descending, 0},
                                      {host::Order::Kind::random, 1},
                                      {host::Order::Kind::random, 2}};

// Values of T in the memory of a device of the executor, which is the host's.
template <typename T>
class DeviceArray {
 public:
  DeviceArray(gpu::Device& device, std::size_t count)
      : device_(device), address_(*device.allocate(count * sizeof(T))), count_(count) {}
  DeviceArray(gpu::Device& device, const std::vector<T>& values)
      : DeviceArray(device, values.size()) {
    for (std::size_t i = 0; i < count_; ++i) data()[i] = values[i];
  }
  ~DeviceArray() { device_.release(address_); }
  DeviceArray(const DeviceArray&) = delete;
  DeviceArray& operator=(const DeviceArray&) = delete;

  T* data() { return reinterpret_cast<T*>(address_); }
  std::vector<T> values() { return std::vector<T>(data(), data() + count_); }

 private:
  gpu::Device& device_;
  gpu::Address address_;
  std::size_t count_;
};

}  // namespace switchyard::kernels::device
