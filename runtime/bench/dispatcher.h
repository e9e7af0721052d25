#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/bench/rounds.h"
#include "runtime/decide/decide.h"
#include "runtime/decide/fact_row.h"

namespace switchyard::bench {

// What an engine asks a table before each batch: facts that stay, and the number of tokens.
class Dispatcher {
 public:
  // `row` is complete; `tokens_fact` is the table's fact that a launch provides, if it has one. The
  // table must outlive it.
  Dispatcher(const Table& table, FactRow row, std::optional<std::uint32_t> tokens_fact)
      : table_(table), row_(std::move(row)), tokens_fact_(tokens_fact) {}

  // The outcome for so many tokens, an index into Table::outcomes; nothing unless it is a target.
  std::optional<std::uint32_t> ask(std::int64_t tokens) {
    if (tokens_fact_ && !row_.set_int(*tokens_fact_, tokens)) return std::nullopt;
    const Decision decision = decide(table_, row_.data());
    if (decision.kind != Decision::Kind::kTarget) return std::nullopt;
    return decision.index;
  }

  std::size_t outcomes() const { return table_.outcomes().size(); }

 private:
  const Table& table_;
  FactRow row_;
  std::optional<std::uint32_t> tokens_fact_;
};

// What deciding costs the host, in seconds; medians.
struct DispatchCost {
  double decide = 0;         // tokens to the layer that runs them, alone
  double direct = 0;         // the launches of a layer that is at hand; 0 where nothing is launched
  double through_table = 0;  // the same launches of the layer that the table picks
};

// The cost of `decide`: from tokens to an element of `layers`, by outcome. Many calls a sample.
template <typename Layer>
double time_deciding(Dispatcher& dispatcher, std::int64_t tokens,
                     const std::vector<Layer*>& layers) {
  constexpr int kCalls = 1000, kSamples = 101;
  std::vector<double> samples;
  for (int sample = 0; sample < kSamples; ++sample) {
    const Clock::time_point start = Clock::now();
    for (int call = 0; call < kCalls; ++call) {
      std::int64_t unknown = tokens;
      asm volatile("" : "+r"(unknown));  // so that each call is made
      const auto outcome = dispatcher.ask(unknown);
      Layer* layer = outcome ? layers[*outcome] : nullptr;
      asm volatile("" : : "r"(layer) : "memory");
    }
    samples.push_back(seconds_since(start) / kCalls);
  }
  return median_of(samples);
}

}  // namespace switchyard::bench
