#pragma once

#include <cstddef>
#include <utility>

#include "kernels/gpu/device.h"

namespace switchyard::kernels::gpu {

// Memory of a device that is given back with its owner. The device must outlive it.
class Memory {
 public:
  Memory() = default;
  static Expected<Memory> allocate(Device& device, std::size_t bytes) {
    auto address = device.allocate(bytes);
    if (!address) return tl::unexpected(address.error());
    return Memory(device, *address, bytes);
  }
  Memory(Memory&& other) noexcept { *this = std::move(other); }
  Memory& operator=(Memory&& other) noexcept {
    std::swap(device_, other.device_);
    std::swap(address_, other.address_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Memory() {
    if (device_ != nullptr) device_->release(address_);
  }

  Address address() const { return address_; }
  std::size_t bytes() const { return bytes_; }
  // As the argument structs have it; not to be followed here.
  template <typename T>
  T* as() const {
    return reinterpret_cast<T*>(address_);
  }

 private:
  Memory(Device& device, Address address, std::size_t bytes)
      : device_(&device), address_(address), bytes_(bytes) {}

  Device* device_ = nullptr;
  Address address_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace switchyard::kernels::gpu
