#pragma once

#include <string>
#include <vector>

#include "runtime/bench/ceilings/ceilings.h"
#include "runtime/bench/dispatcher.h"
#include "runtime/bench/floor.h"
#include "runtime/bench/shapes.h"

// What was measured, and what follows from it. Text, JSON and picture are made of this alone.
namespace switchyard::bench {

// The batches of one size.
struct BatchSize {
  std::int64_t tokens = 0;
  double experts_hit = 0;  // mean over the batches
  std::size_t batches = 0;
};

// What the machine can do at most, with so many threads.
struct Ceilings {
  int threads = 0;         // of a CPU; 0 where they are no choice
  double bandwidth = 0;    // bytes a second
  double matrix_rate = 0;  // flops a second; 0 if unknown
  std::string bandwidth_source, matrix_source;
  std::vector<ProductRate> products;  // all that was measured
};

// One kernel on the batches of one size.
struct Measurement {
  std::string kernel;  // "packed(block_m = 16, split_k = 1)"
  std::int64_t tokens = 0;
  int threads = 0;             // one of Results::ceilings
  double seconds = 0;          // of one layer; 0 where there is none, `problem` says why
  int rounds = 0;              // that `seconds` is the median of
  double routing_seconds = 0;  // of the router (measured on request), on a GPU with the sort
  bool decided = false;        // the policy picks it for these tokens
  bool wrong = false;          // its output is not the reference's
  std::string problem;
};

// What the policy says of one size, and what asking it costs.
struct DecidedSize {
  std::int64_t tokens = 0;
  std::string outcome;  // "packed(block_m = 16)", "refused"
  std::string reason;
  DispatchCost cost;  // all 0 where nothing ran
};

struct Results {
  std::string device;       // "cuda:0"
  std::string device_name;  // "NVIDIA H200, sm_90a", "x86_64, 2 threads"
  NamedShape shape;
  kernels::Scheme scheme = kernels::Scheme::w_mxfp4;
  std::vector<Ceilings> ceilings;  // one a number of threads, at least one
  std::string method;
  bool routing = false;
  std::string policy;  // empty without one
  std::vector<BatchSize> sizes;
  std::vector<Measurement> measurements;  // by kernel, then by size, then by threads
  std::vector<DecidedSize> decided;
};

Floor floor_of(const Results& results, const BatchSize& size, const Ceilings& ceilings);

// Kernels in the order of their first measurement, each once.
std::vector<std::string> kernels_of(const Results& results);

// The measurement of a kernel, size and number of threads that has a time; null if there is none.
const Measurement* find(const Results& results, const std::string& kernel, std::int64_t tokens,
                        int threads);

// "1 thread", "2 threads"; empty for 0.
std::string threads_text(int threads);

// For people: a table and what it stands on, lines ending in newlines.
std::string to_text(const Results& results);

// A document of its own, ending in a newline; README.md has its members.
std::string to_json(const Results& results);

// A roofline: flops a second over flops a byte of weights, both logarithmic, the roof of the
// machine, and each kernel's measurements under it. A document of its own, without scripts.
std::string to_svg(const Results& results);

}  // namespace switchyard::bench
