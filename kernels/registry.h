#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "kernels/error.h"
#include "kernels/moe/layer.h"
#include "kernels/moe/numerics.h"

// What kernels there are, what each can do, which parameters it takes, and how to run it.
namespace switchyard::kernels {

// One condition of a capability. A capability is the `and` of its clauses.
// Facts that clauses speak of: device (cpu, cuda, hip), supports_mx (the device has matrix
// instructions for OCP MX operands), scheme, activation, hidden, intermediate, experts, top_k,
// tokens.
struct Clause {
  struct OneOf {
    std::vector<std::string> symbols;
    bool operator==(const OneOf&) const = default;
  };
  struct MultipleOf {
    std::int64_t divisor;
    bool operator==(const MultipleOf&) const = default;
  };
  struct Within {
    std::int64_t low, high;  // inclusive
    bool operator==(const Within&) const = default;
  };
  struct Holds {  // of a fact that is true or false
    bool operator==(const Holds&) const = default;
  };
  std::string fact;
  std::variant<OneOf, MultipleOf, Within, Holds> test;

  bool operator==(const Clause&) const = default;
};

using Capability = std::vector<Clause>;

// The clause in the policy language: `scheme in <a, b>`, `device == cpu`, `hidden % 32 == 0`,
// `top_k in 1 .. 64`, `supports_mx`.
std::string to_text(const Clause& clause);

// A fact that a capability is checked against: a symbol, an integer, or true or false.
struct FactValue {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, bool> value;
};

// Whether every clause holds. The error names the clause and the fact's value. A clause whose fact
// is not among `facts` is skipped: what is not known yet is checked later.
Expected<void> satisfied(const Capability& capability, std::span<const FactValue> facts);

struct Parameter {
  std::string name;
  std::int64_t low, high;  // inclusive
  std::int64_t default_value;
  std::string doc;
};

// A parameter's value by name; those left out take their default.
struct ParameterValue {
  std::string name;
  std::int64_t value;
};

// Threads that the CPU kernels run on; made once, shared by layers (kernels/cpu/thread_pool.h).
class ThreadPool;

// The weights of a prepared layer, as one block of memory in a kernel's own order.
struct PreparedWeights {
  // Names order, version and shape: bytes fit a layer that states the same text.
  std::string layout;
  std::span<const std::uint8_t> bytes;  // aligned to 64; never written
  std::shared_ptr<const void> owner;    // keeps them alive
};

// How `prepare` goes about it; all of it may be left out.
struct Preparation {
  // Threads to prepare with, and the ones that will run the layer: each first touches the memory
  // that it is likely to read. Null: the calling thread alone.
  ThreadPool* pool = nullptr;
  // Called with bytes done and bytes to do as the work goes on: from any thread, one at a time,
  // with `done` rising, last with done == total.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress = {};
  // CPU kernels: the instruction set (kernels/cpu/isa.h); empty: the widest there is.
  std::string isa = {};
  // Weights that an equal layer had prepared, so that only they are read; a layout or size that is
  // not this layer's is an error. What they hold is believed.
  std::optional<PreparedWeights> adopt = std::nullopt;
};

// Where the output goes, [T, H] row-major: bf16 as an engine wants it, or float before that last
// rounding, which comparisons want.
using Output = std::variant<Bf16*, float*>;

// A layer that is ready to run. One run at a time on one object; different objects may run at the
// same time, each with its own pool.
class PreparedLayer {
 public:
  virtual ~PreparedLayer() = default;

  // The router for x [tokens, H]; tokens may be 0.
  virtual Routing route(std::span<const Bf16> x, ThreadPool& pool) const = 0;

  // The experts for x [routing.tokens, H] under a given routing: expert ids in 0 .. E-1, distinct
  // within a token. Same bits for every number of threads. Fails if sizes or ids do not fit.
  virtual Expected<void> run(std::span<const Bf16> x, const Routing& routing, Output out,
                             ThreadPool& pool) = 0;

  // What `Preparation::adopt` takes another time; nothing where a kernel keeps no such block.
  virtual std::optional<PreparedWeights> prepared_weights() const { return std::nullopt; }

  // route, then run.
  Expected<void> run(std::span<const Bf16> x, Output out, ThreadPool& pool) {
    return run(x, route(x, pool), out, pool);
  }
};

struct Kernel {
  std::string name;  // the target's name in a policy: native, packed, emulated
  std::string device;
  std::string doc;
  std::vector<Parameter> parameters;
  Capability capability;

  // The roundings this kernel declares for a scheme, from which the error bound follows.
  Numerics (*numerics)(Scheme scheme);

  // What `prepare` calls when all is checked: `parameters` has the values of all parameters, in
  // order. A GPU's kernel holds its device here, and
  // heeds nothing of the preparation.
  std::function<Expected<std::unique_ptr<PreparedLayer>>(const LayerConfig& config,
                                                         const LayerWeights& weights,
                                                         std::span<const std::int64_t> parameters,
                                                         const Preparation& preparation)>
      make;
};

// The kernels of the CPU: native, packed, emulated. Always the same list in the same order.
const std::vector<Kernel>& cpu_kernels();

// Checks parameters, capability, configuration and weights, then makes the layer. It keeps views of
// the weights, so their memory must outlive it. Errors name the kernel and what does not fit; an
// unknown parameter or a value outside its range names parameter, value and range.
Expected<std::unique_ptr<PreparedLayer>> prepare(const Kernel& kernel, const LayerConfig& config,
                                                 const LayerWeights& weights,
                                                 std::span<const ParameterValue> parameters = {},
                                                 const Preparation& preparation = {});

// The facts that a configuration settles: scheme, activation, hidden, intermediate, experts, top_k.
std::vector<FactValue> facts_of(const LayerConfig& config);

// The values of all parameters of `kernel`, in its order: the given ones, else the defaults.
Expected<std::vector<std::int64_t>> resolve_parameters(const Kernel& kernel,
                                                       std::span<const ParameterValue> given);

}  // namespace switchyard::kernels
