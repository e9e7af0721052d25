#include "kernels/cpu/prepare_panels.h"

#include <algorithm>
#include <mutex>

#include "kernels/cpu/thread_pool.h"

namespace switchyard::kernels::cpu {
namespace {

// Counts raised whenever the order of bytes changes (panel.h, panel_matrix.h).
constexpr int kLayoutVersion = 1;

// Panels reordered by one item: enough to be worth handing out.
constexpr std::size_t kItemPanels = 16;

struct Item {
  std::int32_t expert;
  Which which;
  std::size_t first, last;
};

// In the order in which products take panels: the same share of every expert's matrices together.
std::vector<Item> items_of(const PanelMatrices& panels) {
  std::size_t steps = 1;
  for (const Which which : {Which::gate, Which::up, Which::down}) {
    steps = std::max(steps, panels.panels(which) / kItemPanels);
  }
  std::vector<Item> items;
  for (std::size_t step = 0; step < steps; ++step) {
    for (std::size_t expert = 0; expert < panels.experts(); ++expert) {
      for (const Which which : {Which::gate, Which::up, Which::down}) {
        const std::size_t all = panels.panels(which);
        items.push_back({static_cast<std::int32_t>(expert), which, all * step / steps,
                         all * (step + 1) / steps});
      }
    }
  }
  return items;
}

}  // namespace

std::string layout_of(const LayerConfig& config) {
  return "switchyard cpu panels " + std::to_string(kLayoutVersion) + ": scheme weights " +
         std::to_string(static_cast<int>(info(config.scheme).weight)) + ", hidden " +
         std::to_string(config.shape.hidden) + ", intermediate " +
         std::to_string(config.shape.intermediate) + ", experts " +
         std::to_string(config.shape.experts);
}

Expected<PanelMatrices> prepare_panels(const LayerConfig& config, const LayerWeights& weights,
                                       const Preparation& preparation) {
  PanelMatrices panels(config, weights.experts.size());
  const auto& adopt = preparation.adopt;
  if (adopt) {
    if (adopt->layout != layout_of(config) || adopt->bytes.size() != panels.bytes()) {
      return fail("prepared weights are those of another layer: `" + adopt->layout + "`, " +
                  std::to_string(adopt->bytes.size()) + " bytes, not `" + layout_of(config) +
                  "`, " + std::to_string(panels.bytes()) + " bytes");
    }
    panels.adopt(adopt->bytes, adopt->owner);
  } else {
    panels.allocate();
  }
  const std::vector<Item> items = items_of(panels);
  std::mutex reporting;
  std::size_t done = 0;
  const auto prepare = [&](std::size_t i) {
    const Item& item = items[i];
    for (std::size_t panel = item.first; panel < item.last; ++panel) {
      if (adopt) {
        panels.examine(item.expert, item.which, panel);
      } else {
        panels.fill(weights, item.expert, item.which, panel);
      }
    }
    if (!preparation.progress) return;
    const std::lock_guard lock(reporting);
    ++done;
    preparation.progress(panels.bytes() * done / items.size(), panels.bytes());
  };
  if (preparation.pool != nullptr) {
    preparation.pool->for_each(items.size(), prepare);
  } else {
    for (std::size_t i = 0; i < items.size(); ++i) prepare(i);
  }
  return panels;
}

Biases::Biases(const LayerConfig& config, const LayerWeights& weights)
    : hidden_(static_cast<std::size_t>(config.shape.hidden)),
      intermediate_(static_cast<std::size_t>(config.shape.intermediate)) {
  values_.reserve(weights.experts.size() * (2 * intermediate_ + hidden_));
  for (const ExpertWeights& expert : weights.experts) {
    for (const Which which : {Which::gate, Which::up, Which::down}) {
      const MxMatrix& matrix = matrix_of(expert, which);
      const std::size_t rows = which == Which::down ? hidden_ : intermediate_;
      for (std::size_t r = 0; r < rows; ++r) {
        values_.push_back(value_at(matrix.bias, r * matrix.row_step));
      }
    }
  }
}

const float* Biases::of(std::int32_t expert, Which which) const {
  const std::size_t before = static_cast<std::size_t>(which) * intermediate_;
  return values_.data() + static_cast<std::size_t>(expert) * (2 * intermediate_ + hidden_) + before;
}

}  // namespace switchyard::kernels::cpu
