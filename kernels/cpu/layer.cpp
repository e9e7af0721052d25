#include "kernels/cpu/layer.h"

#include <algorithm>
#include <string>
#include <utility>

#include "kernels/cpu/activation.h"
#include "kernels/cpu/format.h"
#include "kernels/cpu/grouping.h"
#include "kernels/cpu/operand.h"
#include "kernels/cpu/router.h"
#include "kernels/cpu/thread_pool.h"
#include "kernels/cpu/weight_rows.h"
#include "kernels/mx/block.h"

namespace switchyard::kernels::cpu {
namespace {

// Output columns of one work item.
constexpr std::size_t kItemColumns = 32;
static_assert(kItemColumns % kTileRows == 0 && mx::kBlock % kItemColumns == 0);

std::unique_ptr<WeightRows> rows_for(const LayerConfig& config, const LayerWeights& weights,
                                     Variant variant) {
  if (variant == Variant::packed) return packed_rows(config, weights);
  if (variant == Variant::emulated) return emulated_rows(config, weights);
  return is_mx(info(config.scheme).activation) ? native_integer_rows(config, weights)
                                               : native_float_rows(config, weights);
}

class CpuLayer final : public PreparedLayer {
 public:
  CpuLayer(const LayerConfig& config, const LayerWeights& weights, const Options& options)
      : config_(config),
        options_(options),
        hidden_(static_cast<std::size_t>(config.shape.hidden)),
        intermediate_(static_cast<std::size_t>(config.shape.intermediate)),
        top_k_(static_cast<std::size_t>(config.shape.top_k)),
        experts_(weights.experts),
        router_(router_weights(config, weights)),
        rows_(rows_for(config, weights, options.variant)),
        x_(operand(hidden_, weights.input_scale)),
        h_(operand(intermediate_, weights.hidden_scale)) {}

  Routing route(std::span<const Bf16> x, ThreadPool& pool) const override {
    return cpu::route(config_, router_, x, pool);
  }

  Expected<void> run(std::span<const Bf16> x, const Routing& routing, Output out,
                     ThreadPool& pool) override;

 private:
  struct Item {
    Grouping::Group rows;  // the expert and the slots of this item
    std::size_t column;    // the first of its kItemColumns output columns
  };

  Operand operand(std::size_t columns, float static_scale) const {
    const ActivationFormat format = info(config_.scheme).activation;
    return {columns, Operand::form_of(format, rows_->kind()), format, static_scale};
  }

  std::size_t tokens_a_chunk() const;
  std::vector<Item> items(std::span<const Grouping::Group> groups, std::size_t columns) const;
  void run_chunk(std::span<const Bf16> x, const Routing& routing, std::size_t first,
                 std::size_t count, Output out, ThreadPool& pool);
  void gate_up_product(const Item& item, const Grouping& grouping);
  void down_product(const Item& item);
  void combine(const Grouping& grouping, const Routing& routing, std::size_t first, std::size_t t,
               Output out) const;

  LayerConfig config_;
  Options options_;
  std::size_t hidden_, intermediate_, top_k_;
  std::vector<ExpertWeights> experts_;
  RouterWeights router_;
  std::unique_ptr<WeightRows> rows_;
  // Workspace of the chunk under way.
  Operand x_;             // [tokens, H]
  Operand h_;             // [slots, I]
  std::vector<float> y_;  // [slots, H]
};

std::size_t CpuLayer::tokens_a_chunk() const {
  const std::size_t a_token = top_k_ * (hidden_ + intermediate_) * sizeof(float);
  return std::max<std::size_t>(1, options_.workspace_bytes / a_token);
}

std::vector<CpuLayer::Item> CpuLayer::items(std::span<const Grouping::Group> groups,
                                            std::size_t columns) const {
  std::vector<Item> result;
  for (const Grouping::Group& group : groups) {
    for (std::size_t done = 0; done < group.count; done += options_.block_m) {
      const std::size_t count = std::min(options_.block_m, group.count - done);
      for (std::size_t column = 0; column < columns; column += kItemColumns) {
        result.push_back({{group.expert, group.first + done, count}, column});
      }
    }
  }
  return result;
}

void CpuLayer::gate_up_product(const Item& item, const Grouping& grouping) {
  const Products& table = products(options_.isa);
  const auto [expert, first, count] = item.rows;
  const ExpertWeights& weights = experts_[static_cast<std::size_t>(expert)];
  const std::uint32_t* tokens = grouping.token_of.data() + first;
  Tile tile(hidden_);
  std::vector<float> gate(count * kTileRows), up(count * kTileRows);
  for (std::size_t n = item.column; n < item.column + kItemColumns; n += kTileRows) {
    rows_->load(expert, Which::gate, n, tile);
    x_.multiply(table, tokens, count, tile, rows_->kind(), gate.data());
    rows_->load(expert, Which::up, n, tile);
    x_.multiply(table, tokens, count, tile, rows_->kind(), up.data());
    for (std::size_t i = 0; i < kTileRows; ++i) {
      const float gate_bias = value_at(weights.gate.bias, (n + i) * weights.gate.row_step);
      const float up_bias = value_at(weights.up.bias, (n + i) * weights.up.row_step);
      for (std::size_t m = 0; m < count; ++m) {
        const std::size_t at = m * kTileRows + i;
        h_.row(first + m)[n + i] =
            activate(config_.activation, gate[at] + gate_bias, up[at] + up_bias);
      }
    }
  }
}

void CpuLayer::down_product(const Item& item) {
  const auto [expert, first, count] = item.rows;
  const MxMatrix& weights = experts_[static_cast<std::size_t>(expert)].down;
  std::vector<std::uint32_t> slots(count);
  for (std::size_t m = 0; m < count; ++m) slots[m] = static_cast<std::uint32_t>(first + m);
  Tile tile(intermediate_);
  std::vector<float> sums(count * kTileRows);
  for (std::size_t n = item.column; n < item.column + kItemColumns; n += kTileRows) {
    rows_->load(expert, Which::down, n, tile);
    h_.multiply(products(options_.isa), slots.data(), count, tile, rows_->kind(), sums.data());
    for (std::size_t i = 0; i < kTileRows; ++i) {
      const float bias = value_at(weights.bias, (n + i) * weights.row_step);
      for (std::size_t m = 0; m < count; ++m) {
        y_[(first + m) * hidden_ + n + i] = sums[m * kTileRows + i] + bias;
      }
    }
  }
}

void CpuLayer::combine(const Grouping& grouping, const Routing& routing, std::size_t first,
                       std::size_t t, Output out) const {
  std::vector<float> sum(hidden_, 0.0f);
  for (std::size_t j = 0; j < top_k_; ++j) {
    const float weight = routing.weights[(first + t) * top_k_ + j];
    const float* y = y_.data() + std::size_t{grouping.slot_of[t * top_k_ + j]} * hidden_;
    for (std::size_t k = 0; k < hidden_; ++k) sum[k] += weight * y[k];
  }
  const std::size_t at = (first + t) * hidden_;
  if (float* const* values = std::get_if<float*>(&out)) {
    std::copy(sum.begin(), sum.end(), *values + at);
  } else {
    Bf16* rounded = std::get<Bf16*>(out) + at;
    for (std::size_t k = 0; k < hidden_; ++k) rounded[k] = mx::to_bf16(sum[k]);
  }
}

void CpuLayer::run_chunk(std::span<const Bf16> x, const Routing& routing, std::size_t first,
                         std::size_t count, Output out, ThreadPool& pool) {
  const Grouping grouping = group_by_expert(
      std::span(routing.experts).subspan(first * top_k_, count * top_k_), top_k_, experts_.size());
  x_.resize(count);
  h_.resize(count * top_k_);
  y_.resize(count * top_k_ * hidden_);
  pool.for_each(count, [&](std::size_t t) {
    float* row = x_.row(t);
    for (std::size_t k = 0; k < hidden_; ++k) row[k] = mx::to_float(x[(first + t) * hidden_ + k]);
    x_.finish_row(t);
  });

  const std::size_t an_expert = rows_->bytes_an_expert();
  const std::size_t batch = an_expert == 0
                                ? grouping.groups.size()
                                : std::max<std::size_t>(1, options_.workspace_bytes / an_expert);
  for (std::size_t done = 0; done < grouping.groups.size(); done += batch) {
    const auto groups =
        std::span(grouping.groups).subspan(done, std::min(batch, grouping.groups.size() - done));
    std::vector<std::int32_t> used;
    for (const Grouping::Group& group : groups) used.push_back(group.expert);
    rows_->use(used, pool);

    const std::vector<Item> up_items = items(groups, intermediate_);
    pool.for_each(up_items.size(), [&](std::size_t i) { gate_up_product(up_items[i], grouping); });
    const std::size_t first_slot = groups.front().first;
    const std::size_t slots = groups.back().first + groups.back().count - first_slot;
    pool.for_each(slots, [&](std::size_t i) { h_.finish_row(first_slot + i); });
    const std::vector<Item> down_items = items(groups, hidden_);
    pool.for_each(down_items.size(), [&](std::size_t i) { down_product(down_items[i]); });
  }
  pool.for_each(count, [&](std::size_t t) { combine(grouping, routing, first, t, out); });
}

Expected<void> CpuLayer::run(std::span<const Bf16> x, const Routing& routing, Output out,
                             ThreadPool& pool) {
  if (auto ok = validate(config_, x, routing); !ok) return ok;
  const auto tokens = static_cast<std::size_t>(routing.tokens);
  const std::size_t chunk = tokens_a_chunk();
  for (std::size_t first = 0; first < tokens; first += chunk) {
    run_chunk(x, routing, first, std::min(chunk, tokens - first), out, pool);
  }
  return {};
}

}  // namespace

Numerics numerics_of(Scheme scheme, Isa isa) {
  Numerics numerics;
  numerics.partial_sums = partial_sums(isa);
  numerics.h_bf16 = info(scheme).activation == ActivationFormat::bf16;
  return numerics;
}

Expected<std::unique_ptr<PreparedLayer>> prepare(const LayerConfig& config,
                                                 const LayerWeights& weights,
                                                 const Options& options) {
  if (auto ok = validate(config); !ok) return tl::unexpected(ok.error());
  if (auto ok = validate(config, weights); !ok) return tl::unexpected(ok.error());
  if (!available(options.isa)) {
    return fail("this processor or build has no " + std::string(name_of(options.isa)) +
                " code path; the widest available is " + std::string(name_of(best_isa())));
  }
  return std::make_unique<CpuLayer>(config, weights, options);
}

}  // namespace switchyard::kernels::cpu
