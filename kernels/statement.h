#pragma once

#include <span>
#include <string>
#include <vector>

#include "kernels/registry.h"

// What the kernels of one name can do on all of their devices, as one statement. A target of a
// policy names a kernel, not a device, so its `requires` must speak of every device at once.
namespace switchyard::kernels {

// A clause that must hold where the layer runs on one of `devices`; everywhere if that is empty.
struct GuardedClause {
  std::vector<std::string> devices;
  Clause clause;
};

// The clauses of kernels of one name and of different devices, in the order in which they first
// occur: those on `device` become one, the union of their symbols; one that all kernels have stands
// unguarded; another is guarded by the devices whose kernels have it. So for the facts of any one
// of the devices the result holds exactly where that device's capability does, and on another
// device never. Every capability must have a clause on `device` that names its kernel's own.
std::vector<GuardedClause> statement(std::span<const Kernel> kernels);

// `hidden % 32 == 0`, `device == hip implies supports_mx`,
// `device in <cuda, hip> implies experts in 1 .. 1024`.
std::string to_text(const GuardedClause& clause);

}  // namespace switchyard::kernels
