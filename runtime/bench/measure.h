#pragma once

#include <functional>
#include <string>
#include <vector>

#include "runtime/bench/machine.h"
#include "runtime/bench/results.h"

namespace switchyard::bench {

// A kernel and the sizes of batches that it is measured on.
struct Job {
  KernelChoice choice;
  std::vector<std::int64_t> tokens;
};

// The policy's answer for one size; `outcome` and `choice` only where it is a target.
struct PolicyAnswer {
  DecidedSize size;
  std::uint32_t outcome = 0;
  KernelChoice choice;  // no kernel for a refusal
  Dispatcher dispatcher;
};

struct Plan {
  kernels::LayerConfig config;
  std::vector<std::int64_t> tokens;
  std::vector<Job> jobs;
  std::vector<PolicyAnswer> policy;  // empty without one; else one a size
  bool routing = false;
  Rounds rounds;
  std::size_t batches = 8;  // of one size, at least
  std::uint64_t seed = 1;
  std::int64_t check_rows =
      0;  // of an output, compared with the reference; 0: as ReferenceCheck says
};

// Jobs of `choices` on all sizes, and of the policy's own on the sizes it picks them for.
std::vector<Job> jobs_of(std::span<const KernelChoice> choices,
                         std::span<const std::int64_t> tokens,
                         std::span<const PolicyAnswer> policy);

// Measures all jobs, one prepared layer at a time, with each number of threads of
// `results.ceilings`, each output compared with the reference before
// it is timed. Fills sizes, measurements and decided; a job that fails is a measurement with a
// problem and the others go on. `progress` is told of each before it starts. Fails only where the
// inputs do not fit this machine.
Expected<void> measure(Machine& machine, Plan& plan,
                       const std::function<void(const std::string&)>& progress, Results& results);

}  // namespace switchyard::bench
