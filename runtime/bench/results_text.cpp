#include <fmt/format.h>

#include <algorithm>

#include "runtime/bench/results.h"

namespace switchyard::bench {
namespace {

std::string rate_text(double flops_a_second) {
  if (flops_a_second >= 1e13) return fmt::format("{:.0f} TFLOP/s", flops_a_second / 1e12);
  if (flops_a_second >= 1e12) return fmt::format("{:.2f} TFLOP/s", flops_a_second / 1e12);
  return fmt::format("{:.1f} GFLOP/s", flops_a_second / 1e9);
}

std::string bandwidth_text(double bytes_a_second) {
  return bytes_a_second >= 1e12 ? fmt::format("{:.2f} TB/s", bytes_a_second / 1e12)
                                : fmt::format("{:.1f} GB/s", bytes_a_second / 1e9);
}

// Lines of a label and of a text for each number of threads.
template <typename Text>
std::string each(const Results& results, std::string_view label, const Text& text) {
  std::string lines;
  for (const Ceilings& ceilings : results.ceilings) {
    const std::string threads =
        results.ceilings.size() == 1 ? std::string() : threads_text(ceilings.threads) + ": ";
    const std::string line = text(ceilings);
    if (line.empty()) continue;
    lines += fmt::format("{:<11}{}{}\n", lines.empty() ? label : "", threads, line);
  }
  return lines;
}

std::string products_text(const Ceilings& ceilings) {
  std::string text;
  for (const ProductRate& rate : ceilings.products) {
    text += fmt::format("{}{} {} ({})", text.empty() ? "" : "; ", name_of(rate.operands),
                        rate_text(rate.rate), rate.name);
  }
  return text;
}

std::string head(const Results& results) {
  const kernels::Shape& shape = results.shape.shape;
  std::string text = fmt::format(
      "device     {} ({})\n"
      "layer      {}: hidden {}, intermediate {}, {} experts, {} a token, {}, {}\n",
      results.device, results.device_name, results.shape.name, shape.hidden, shape.intermediate,
      shape.experts, shape.top_k, name_of(results.shape.activation), info(results.scheme).name);
  text += each(results, "bandwidth", [](const Ceilings& ceilings) {
    return fmt::format("{}, {}", bandwidth_text(ceilings.bandwidth), ceilings.bandwidth_source);
  });
  text += each(results, "products", products_text);
  text += each(results, "matrices", [](const Ceilings& ceilings) {
    return ceilings.matrix_rate > 0
               ? fmt::format("{}, {}", rate_text(ceilings.matrix_rate), ceilings.matrix_source)
               : ceilings.matrix_source;
  });
  text += fmt::format(
      "times      of a layer without its router, batches with experts of their own in turn,\n"
      "           {}\n",
      results.method);
  if (!results.policy.empty()) text += fmt::format("policy     {}\n", results.policy);
  return text;
}

// The kernel that is fastest for so many tokens and threads; null if none has a time.
const Measurement* best_of(const Results& results, std::int64_t tokens, int threads) {
  const Measurement* best = nullptr;
  for (const Measurement& measurement : results.measurements) {
    if (measurement.tokens != tokens || measurement.threads != threads) continue;
    if (measurement.seconds <= 0) continue;
    if (best == nullptr || measurement.seconds < best->seconds) best = &measurement;
  }
  return best;
}

std::string notes(const Results& results, const Measurement& measurement) {
  std::string text;
  if (&measurement == best_of(results, measurement.tokens, measurement.threads)) text = "best";
  if (measurement.decided) text += text.empty() ? "policy" : ", policy";
  return text;
}

// A unit that shows the fastest measurement with some digits.
struct FlopsUnit {
  double flops;
  const char* name;
};
FlopsUnit unit_of(const Results& results) {
  double most = 0;
  for (const Measurement& measurement : results.measurements) {
    if (measurement.seconds <= 0) continue;
    const double flops = layer_flops(results.shape.shape, measurement.tokens);
    most = std::max(most, flops / measurement.seconds);
  }
  return most >= 1e12 ? FlopsUnit{1e12, "TFLOP/s"} : FlopsUnit{1e9, "GFLOP/s"};
}

std::string row(const Results& results, const Floor& floor, const Measurement& measurement,
                std::size_t width) {
  if (measurement.seconds <= 0) {
    return fmt::format("        {:<{}}  {}\n", measurement.kernel, width,
                       measurement.wrong ? "WRONG, so it has no time" : "not measured");
  }
  std::string text =
      fmt::format("        {:<{}}  {:10.1f}  {:7.1f}%  {:9.1f}  {:9.2f}  {:6}", measurement.kernel,
                  width, measurement.seconds * 1e6, 100 * floor.seconds / measurement.seconds,
                  floor.bytes / measurement.seconds / 1e9,
                  floor.flops / measurement.seconds / unit_of(results).flops, measurement.rounds);
  if (results.routing) text += fmt::format("  {:10.1f}", measurement.routing_seconds * 1e6);
  const std::string note = notes(results, measurement);
  return text + (note.empty() ? "" : "  " + note) + "\n";
}

// What the floor of a size is made of: "floor, 2 threads: 4.0 experts".
std::string floor_text(const Results& results, const BatchSize& size, const Ceilings& ceilings,
                       const Floor& floor) {
  return fmt::format("floor{}{}: {}", results.ceilings.size() == 1 ? "" : ", ",
                     results.ceilings.size() == 1 ? "" : threads_text(ceilings.threads),
                     floor.memory ? fmt::format("{:.1f} experts", size.experts_hit) : "products");
}

std::string table(const Results& results) {
  std::size_t width = results.ceilings.size() == 1 ? 6 : 30;
  for (const std::string& kernel : kernels_of(results)) width = std::max(width, kernel.size());
  std::string text = fmt::format("\ntokens  {:<{}}  {:>10}  {:>8}  {:>9}  {:>9}  {:>6}{}\n",
                                 "kernel", width, "us", "of floor", "GB/s", unit_of(results).name,
                                 "rounds", results.routing ? "   us router" : "");
  for (const BatchSize& size : results.sizes) {
    for (const Ceilings& ceilings : results.ceilings) {
      const Floor floor = floor_of(results, size, ceilings);
      text += fmt::format("{:>6}  {:<{}}  {:10.1f}\n", size.tokens,
                          floor_text(results, size, ceilings, floor), width, floor.seconds * 1e6);
      for (const Measurement& measurement : results.measurements) {
        if (measurement.tokens != size.tokens || measurement.threads != ceilings.threads) continue;
        text += row(results, floor, measurement, width);
      }
    }
  }
  return text;
}

// Each problem of a kernel once, with all sizes that have it.
std::string problems(const Results& results) {
  std::string text;
  const std::vector<Measurement>& all = results.measurements;
  for (std::size_t i = 0; i < all.size();) {
    std::size_t last = i;
    std::string tokens;
    for (; last < all.size() && all[last].kernel == all[i].kernel &&
           all[last].problem == all[i].problem;
         ++last) {
      if (last > i && all[last].tokens == all[last - 1].tokens) continue;  // other threads
      tokens += fmt::format("{}{}", last == i ? "" : ", ", all[last].tokens);
    }
    if (!all[i].problem.empty()) {
      text += fmt::format("\n{}, T = {}: {}\n", all[i].kernel, tokens, all[i].problem);
    }
    i = last;
  }
  return text;
}

std::string decisions(const Results& results) {
  if (results.decided.empty()) return {};
  std::size_t width = 7;
  bool launches = false;
  for (const DecidedSize& size : results.decided) {
    width = std::max(width, size.outcome.size());
    launches = launches || size.cost.direct > 0;
  }
  std::string text =
      fmt::format("\nhost time of deciding, ns; medians\ntokens  {:<{}}  {:>8}{}\n", "outcome",
                  width, "decide", launches ? "    launches  by the table       added" : "");
  for (const DecidedSize& size : results.decided) {
    text += fmt::format("{:>6}  {:<{}}", size.tokens, size.outcome, width);
    text += size.cost.decide > 0 ? fmt::format("  {:8.1f}", size.cost.decide * 1e9)
                                 : std::string(10, ' ');
    if (size.cost.direct > 0) {
      text += fmt::format("  {:10.0f}  {:12.0f}  {:10.0f}", size.cost.direct * 1e9,
                          size.cost.through_table * 1e9,
                          (size.cost.through_table - size.cost.direct) * 1e9);
    } else if (launches) {
      text += std::string(38, ' ');
    }
    text += fmt::format("  {}\n", size.reason);
  }
  return text;
}

}  // namespace

std::string to_text(const Results& results) {
  return head(results) + table(results) + problems(results) + decisions(results);
}

}  // namespace switchyard::bench
