#include "kernels/cpu/layer.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "kernels/cpu/format.h"
#include "kernels/cpu/grouping.h"
#include "kernels/cpu/operand.h"
#include "kernels/cpu/panel_matrix.h"
#include "kernels/cpu/prepare_panels.h"
#include "kernels/cpu/products.h"
#include "kernels/cpu/router.h"
#include "kernels/cpu/row_tiles.h"
#include "kernels/cpu/thread_pool.h"
#include "kernels/mx/block.h"

namespace switchyard::kernels::cpu {
namespace {

// Panels that are multiplied together: a gate panel and its up panel, or two neighbours of down.
constexpr std::size_t kTogether = 2;

// Panels of one work item, of gate and up each, or of down: more where its rows are packed into
// tiles first.
constexpr std::size_t kItemPanels = kTogether, kTileItemPanels = 32;
static_assert(mx::kBlock == kTogether * kPanelRows);

class CpuLayer final : public PreparedLayer {
 public:
  CpuLayer(const LayerConfig& config, const LayerWeights& weights, const Options& options,
           PanelMatrices panels)
      : config_(config),
        options_(options),
        products_(products(options.isa)),
        hidden_(static_cast<std::size_t>(config.shape.hidden)),
        intermediate_(static_cast<std::size_t>(config.shape.intermediate)),
        top_k_(static_cast<std::size_t>(config.shape.top_k)),
        router_(router_weights(config, weights)),
        panels_(std::move(panels)),
        biases_(config, weights),
        x_(operand(hidden_, weights.input_scale)),
        h_(operand(intermediate_, weights.hidden_scale)) {
    const bool elements =
        options.variant == Variant::native && is_mx(info(config.scheme).activation);
    const bool tiles = products_.packed_tiles != nullptr && !elements;
    item_panels_ = tiles ? kTileItemPanels : kItemPanels;
    tile_rows_least_ = tiles ? kFewRows : SIZE_MAX;
  }

  Routing route(std::span<const Bf16> x, ThreadPool& pool) const override {
    return cpu::route(config_, router_, x, pool);
  }

  Expected<void> run(std::span<const Bf16> x, const Routing& routing, Output out,
                     ThreadPool& pool) override;

  std::optional<PreparedWeights> prepared_weights() const override {
    return PreparedWeights{layout_of(config_), panels_.contents(), panels_.owner()};
  }

 private:
  struct Item {
    Grouping::Group rows;  // the expert and the slots of this item
    std::size_t panel;     // the first of its panels
    std::size_t panels;
  };
  // The rows of an item, and where they take tiles, packed, until this thread's next item.
  struct ItemRows {
    std::vector<Row> rows;
    const std::uint16_t* tiles = nullptr;
    float factor = 1;
  };

  bool integers() const {
    return options_.variant == Variant::native && products_.integer != nullptr &&
           config_.scheme == Scheme::w_mxfp4_a_mxfp4;
  }
  Operand operand(std::size_t columns, float static_scale) const;

  std::size_t tokens_a_chunk() const;
  std::vector<Item> items(std::span<const Grouping::Group> groups, Which which) const;
  void run_chunk(std::span<const Bf16> x, const Routing& routing, std::size_t first,
                 std::size_t count, Output out, ThreadPool& pool);
  void multiply(const Panel* panels, const ItemRows& rows, float* const* out) const;
  template <typename RowOf>
  ItemRows rows_of(const Item& item, const Operand& operand, std::size_t columns,
                   const RowOf& row_of) const;
  void gate_up_product(const Item& item, const Grouping& grouping);
  void down_product(const Item& item);
  void combine(const Grouping& grouping, const Routing& routing, std::size_t first, std::size_t t,
               Output out) const;

  LayerConfig config_;
  Options options_;
  const Products& products_;
  std::size_t hidden_, intermediate_, top_k_;
  RouterWeights router_;
  PanelMatrices panels_;
  Biases biases_;
  std::size_t item_panels_;
  std::size_t tile_rows_least_;         // experts with more tokens than this take tiles
  std::vector<std::size_t> tokens_of_;  // each expert's in the batch under way
  // Workspace of the chunk under way.
  Operand x_;             // [tokens, H]
  Operand h_;             // [slots, I]
  std::vector<float> y_;  // [slots, H]
};

Operand CpuLayer::operand(std::size_t columns, float static_scale) const {
  const ActivationFormat format = info(config_.scheme).activation;
  const Operand::Form form = format == ActivationFormat::bf16      ? Operand::Form::bf16
                             : format == ActivationFormat::fp8     ? Operand::Form::fp8
                             : options_.variant == Variant::native ? Operand::Form::mx_elements
                                                                   : Operand::Form::mx_dequantised;
  return {columns, form, format, static_scale,
          Operand::Kept{products_.reads_floats, !products_.reads_floats, integers()}};
}

std::size_t CpuLayer::tokens_a_chunk() const {
  const std::size_t a_token = top_k_ * (hidden_ + intermediate_) * sizeof(float);
  return std::max<std::size_t>(1, options_.workspace_bytes / a_token);
}

// Panel by panel, the experts of each in turn: a thread's part of the loop is the same share of
// every expert's panels, those that it filled.
std::vector<CpuLayer::Item> CpuLayer::items(std::span<const Grouping::Group> groups,
                                            Which which) const {
  std::vector<Item> result;
  const std::size_t all = panels_.panels(which);
  for (std::size_t panel = 0; panel < all; panel += item_panels_) {
    for (const Grouping::Group& group : groups) {
      for (std::size_t done = 0; done < group.count; done += options_.block_m) {
        const std::size_t count = std::min(options_.block_m, group.count - done);
        result.push_back({{group.expert, group.first + done, count},
                          panel,
                          std::min(item_panels_, all - panel)});
      }
    }
  }
  return result;
}

// All rows by the fast product, then again those that are not ordinary, and all of a panel that is
// not: what they got is no result. So no row's result depends on the others.
void CpuLayer::multiply(const Panel* panels, const ItemRows& it, float* const* out) const {
  const WeightFormat format = info(config_.scheme).weight;
  const std::size_t count = it.rows.size(), blocks = panels[0].blocks;
  if (options_.variant == Variant::emulated) {
    thread_local std::vector<std::uint16_t> decoded[kTogether];
    const std::uint16_t* values[kTogether];
    for (std::size_t p = 0; p < kTogether; ++p) {
      decoded[p].resize(blocks * mx::kBlock * kPanelRows);
      products_.decode(format, panels[p], decoded[p].data());
      values[p] = decoded[p].data();
    }
    if (it.tiles != nullptr) {
      products_.plain_tiles(values, blocks, it.tiles, count, out);
    } else {
      products_.plain(values, blocks, it.rows.data(), count, out);
    }
  } else if (it.tiles != nullptr) {
    products_.packed_tiles(format, panels, it.tiles, count, out);
  } else if (integers()) {
    products_.integer(panels, it.rows.data(), count, out);
  } else {
    products_.packed(format, panels, it.rows.data(), count, out);
  }
  for (std::size_t p = 0; p < kTogether; ++p) {
    for (std::size_t m = 0; m < count; ++m) {
      if (it.rows[m].ordinary && panels[p].ordinary) continue;
      exact_product(format, panels[p], it.rows[m], out[p] + m * kPanelRows);
    }
    if (it.factor == 1.0f) continue;
    for (std::size_t i = 0; i < count * kPanelRows; ++i) out[p][i] *= it.factor;
  }
}

template <typename RowOf>
CpuLayer::ItemRows CpuLayer::rows_of(const Item& item, const Operand& operand, std::size_t columns,
                                     const RowOf& row_of) const {
  thread_local std::vector<std::uint16_t> packed;
  ItemRows result;
  result.factor = operand.factor();
  result.rows.resize(item.rows.count);
  for (std::size_t m = 0; m < item.rows.count; ++m) {
    result.rows[m] = operand.row(row_of(item.rows.first + m));
  }
  if (tokens_of_[static_cast<std::size_t>(item.rows.expert)] > tile_rows_least_) {
    pack_rows(result.rows, columns / mx::kBlock, packed);
    result.tiles = packed.data();
  }
  return result;
}

void CpuLayer::gate_up_product(const Item& item, const Grouping& grouping) {
  const auto [expert, first, count] = item.rows;
  const ItemRows rows =
      rows_of(item, x_, hidden_, [&](std::size_t slot) { return grouping.token_of[slot]; });
  std::vector<float> gate(count * kPanelRows), up(count * kPanelRows);
  std::vector<float*> h(count);
  for (std::size_t panel = item.panel; panel < item.panel + item.panels; ++panel) {
    const Panel panels[kTogether] = {panels_.panel(expert, Which::gate, panel),
                                     panels_.panel(expert, Which::up, panel)};
    float* const out[kTogether] = {gate.data(), up.data()};
    multiply(panels, rows, out);
    for (std::size_t m = 0; m < count; ++m) h[m] = h_.floats(first + m) + panel * kPanelRows;
    products_.activate(config_.activation, gate.data(), up.data(),
                       biases_.of(expert, Which::gate) + panel * kPanelRows,
                       biases_.of(expert, Which::up) + panel * kPanelRows, count, h.data());
  }
}

void CpuLayer::down_product(const Item& item) {
  const auto [expert, first, count] = item.rows;
  const ItemRows rows = rows_of(item, h_, intermediate_, [](std::size_t slot) { return slot; });
  std::vector<float> sums[kTogether];
  Panel panels[kTogether];
  float* out[kTogether];
  for (std::size_t p = 0; p < kTogether; ++p) {
    sums[p].resize(count * kPanelRows);
    out[p] = sums[p].data();
  }
  for (std::size_t pair = item.panel; pair < item.panel + item.panels; pair += kTogether) {
    for (std::size_t p = 0; p < kTogether; ++p) {
      panels[p] = panels_.panel(expert, Which::down, pair + p);
    }
    multiply(panels, rows, out);
    for (std::size_t p = 0; p < kTogether; ++p) {
      const std::size_t column = (pair + p) * kPanelRows;
      const float* bias = biases_.of(expert, Which::down) + column;
      for (std::size_t m = 0; m < count; ++m) {
        float* y = y_.data() + (first + m) * hidden_ + column;
        for (std::size_t n = 0; n < kPanelRows; ++n) y[n] = sums[p][m * kPanelRows + n] + bias[n];
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
  const Grouping grouping =
      group_by_expert(std::span(routing.experts).subspan(first * top_k_, count * top_k_), top_k_,
                      panels_.experts());
  x_.resize(count);
  h_.resize(count * top_k_);
  y_.resize(count * top_k_ * hidden_);
  pool.for_each(count, [&](std::size_t t) {
    float* row = x_.floats(t);
    for (std::size_t k = 0; k < hidden_; ++k) row[k] = mx::to_float(x[(first + t) * hidden_ + k]);
    x_.finish_row(t);
  });
  const std::vector<Item> up_items = items(grouping.groups, Which::gate);
  pool.for_each(up_items.size(), [&](std::size_t i) { gate_up_product(up_items[i], grouping); });
  pool.for_each(count * top_k_, [&](std::size_t slot) { h_.finish_row(slot); });
  const std::vector<Item> down_items = items(grouping.groups, Which::down);
  pool.for_each(down_items.size(), [&](std::size_t i) { down_product(down_items[i]); });
  pool.for_each(count, [&](std::size_t t) { combine(grouping, routing, first, t, out); });
}

Expected<void> CpuLayer::run(std::span<const Bf16> x, const Routing& routing, Output out,
                             ThreadPool& pool) {
  if (auto ok = validate(config_, x, routing); !ok) return ok;
  const auto tokens = static_cast<std::size_t>(routing.tokens);
  tokens_of_.assign(panels_.experts(), 0);
  for (const std::int32_t expert : routing.experts) ++tokens_of_[static_cast<std::size_t>(expert)];
  const std::size_t chunk = tokens_a_chunk();
  for (std::size_t first = 0; first < tokens; first += chunk) {
    run_chunk(x, routing, first, std::min(chunk, tokens - first), out, pool);
  }
  return {};
}

}  // namespace

Numerics numerics_of(Scheme scheme, Isa isa) {
  Numerics numerics;
  numerics.run = isa == Isa::amx ? kAmxRun : static_cast<int>(mx::kBlock);
  numerics.h_bf16 = info(scheme).activation == ActivationFormat::bf16;
  return numerics;
}

Expected<std::unique_ptr<PreparedLayer>> prepare(const LayerConfig& config,
                                                 const LayerWeights& weights,
                                                 const Options& options,
                                                 const Preparation& preparation) {
  if (auto ok = validate(config); !ok) return tl::unexpected(ok.error());
  if (auto ok = validate(config, weights); !ok) return tl::unexpected(ok.error());
  if (!available(options.isa)) {
    return fail("this processor or build has no " + std::string(name_of(options.isa)) +
                " code path; available: " + available_isas());
  }
  auto panels = prepare_panels(config, weights, preparation);
  if (!panels) return tl::unexpected(panels.error());
  return std::make_unique<CpuLayer>(config, weights, options, std::move(*panels));
}

}  // namespace switchyard::kernels::cpu
