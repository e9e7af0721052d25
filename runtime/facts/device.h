#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/error.h"
#include "runtime/facts/provided.h"

namespace switchyard::facts {

// Something that can run a layer.
struct Device {
  std::string kind;          // cpu, cuda, hip
  std::int64_t index = 0;    // among its kind, as the driver counts
  std::string arch;          // x86_64, aarch64; sm_90; gfx950
  bool supports_mx = false;  // has matrix instructions for OCP MX operands
  std::string name;          // the vendor's, for people; may be empty
  std::string origin;        // who said so
};

// The CPU first, then the GPUs of the drivers that are there. Opens the drivers' libraries, which
// may take a second; asks no device to do anything. A driver that answers with an error counts as
// no GPU, and `problems` gets a line that says so.
std::vector<Device> find_devices(std::vector<std::string>& problems);

// gfx950; NVIDIA's compute capability 10 and later.
bool has_mx_instructions(std::string_view kind, std::string_view arch);

// The device named "cpu", "hip", "cuda:1"; an error lists those that are there.
Expected<Device> choose_device(std::span<const Device> devices, std::string_view wanted);

// What a policy is told of a device. `devices` are all that were found.
std::vector<Provided> device_facts(const Device& device, std::span<const Device> devices);

}  // namespace switchyard::facts
