#include "compiler/diagram/diagram.h"

#include <algorithm>
#include <utility>

#include "runtime/base/check.h"

namespace switchyard {

namespace {

std::uint32_t hash_of(std::uint32_t level, std::span<const DiagramRef> children) {
  std::uint64_t hash = level * 0x9E3779B97F4A7C15u + 1;
  for (const DiagramRef child : children) {
    hash = (hash ^ child) * 0xD6E8FEB86659FD93u;
    hash ^= hash >> 32;
  }
  return static_cast<std::uint32_t>(hash ^ (hash >> 29));
}

}  // namespace

DiagramManager::DiagramManager(std::vector<FactId> order, std::vector<std::uint32_t> classes,
                               DiagramBudget budget)
    : order_(std::move(order)),
      classes_(std::move(classes)),
      level_of_(classes_.size(), static_cast<std::uint32_t>(order_.size())),
      budget_(budget),
      slots_(1024, 0) {
  for (std::uint32_t level = 0; level < order_.size(); ++level) level_of_[order_[level]] = level;
}

DiagramRef DiagramManager::node(std::uint32_t level, std::span<const DiagramRef> children) {
  SWITCHYARD_CHECK(children.size() == classes_[order_[level]]);
  if (std::all_of(children.begin(), children.end(),
                  [&](DiagramRef child) { return child == children[0]; })) {
    return children[0];
  }
  if (exhausted_) return kDiagramFalse;
  const std::uint32_t hash = hash_of(level, children);
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash & mask;
  for (; slots_[slot] != 0; slot = (slot + 1) & mask) {
    const std::uint32_t index = slots_[slot] - 1;
    const Node& known = nodes_[index];
    if (known.hash == hash && known.level == level &&
        std::equal(children.begin(), children.end(), edges_.begin() + known.first_edge)) {
      return index;
    }
  }
  if (nodes_.size() >= budget_.nodes || edges_.size() + children.size() > budget_.edges) {
    exhausted_ = true;
    return kDiagramFalse;
  }
  const auto index = static_cast<std::uint32_t>(nodes_.size());
  nodes_.push_back({level, static_cast<std::uint32_t>(edges_.size()), hash});
  edges_.insert(edges_.end(), children.begin(), children.end());
  slots_[slot] = index + 1;
  if (nodes_.size() * 2 > slots_.size()) grow();
  return index;
}

void DiagramManager::grow() {
  slots_.assign(slots_.size() * 2, 0);
  const std::size_t mask = slots_.size() - 1;
  for (std::uint32_t index = 0; index < nodes_.size(); ++index) {
    std::size_t slot = nodes_[index].hash & mask;
    while (slots_[slot] != 0) slot = (slot + 1) & mask;
    slots_[slot] = index + 1;
  }
}

}  // namespace switchyard
