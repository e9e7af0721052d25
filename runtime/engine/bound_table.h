#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/registry.h"
#include "runtime/base/error.h"
#include "runtime/table/decision.h"
#include "runtime/table/table.h"

// A table stores names; here they become kernels, once, when the table is opened.
namespace switchyard {

// What an outcome of the table runs: a kernel with a value for each of its parameters that the
// policy knows (the kernel's own defaults stand for the others).
struct Launch {
  const kernels::Kernel* kernel = nullptr;
  std::vector<kernels::ParameterValue> parameters;
  std::string missing;  // why a target has no kernel on this device, though another device has one
};

// A table whose targets are all bound to kernels. Immutable, safe to read from any number of
// threads; copies share the table.
class BoundTable {
 public:
  // Binds the targets of the policy's own decision (not those of its `decision` blocks) to the
  // kernels of one device, by name, and checks every outcome's parameters against the kernel's. A
  // parameter that the kernel does not have is left out while it has the policy's default.
  //
  // `elsewhere` are kernels of other devices, of the same kind too, for a policy that decides for
  // several: an outcome that one of them can run and `device` cannot has no launch here, which is
  // no error until a decision picks it. An outcome that none can run, or a table that has nothing
  // for `device`, is refused before anything runs. Errors name table, target and parameter, what
  // was found, and what there is. `kernels` must outlive the result; `elsewhere` need not.
  static Expected<BoundTable> bind(const Table& table, std::span<const kernels::Kernel> kernels,
                                   std::string_view device,
                                   std::span<const kernels::Kernel> elsewhere = {});

  const Table& table() const { return table_; }
  const std::string& device() const { return device_; }

  // The launch of a decision of this table; null unless it is a target (a refusal, an excluded
  // combination, a bad fact) that has a kernel on this device. One look-up, no allocation.
  const Launch* launch(const Decision& decision) const noexcept;

  // Why a decision for a target has no launch: the kernel, parameter or value that the device
  // lacks. Empty for every other decision.
  std::string_view missing(const Decision& decision) const noexcept;

 private:
  BoundTable(const Table& table, std::string_view device) : table_(table), device_(device) {}

  Table table_;
  std::string device_;
  // By outcome; no kernel for a refusal, another block's target, or what this device lacks.
  std::vector<Launch> launches_;
};

}  // namespace switchyard
