#include "compiler/diagram/diagram.h"

#include <algorithm>
#include <utility>

#include "runtime/base/check.h"

namespace switchyard {

namespace {

std::uint32_t hash_of(std::uint32_t level, std::span<const Run> runs) {
  std::uint64_t hash = level * 0x9E3779B97F4A7C15u + 1;
  for (const Run& run : runs) {
    hash = (hash ^ run.child ^ (std::uint64_t{run.end} << 32)) * 0xD6E8FEB86659FD93u;
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

DiagramRef DiagramManager::node(std::uint32_t level, std::span<const Run> runs) {
  SWITCHYARD_CHECK(!runs.empty() && runs.back().end == classes_[order_[level]]);
  if (runs.size() == 1) return runs[0].child;
  if (exhausted_) return kDiagramFalse;
  const std::uint32_t hash = hash_of(level, runs);
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash & mask;
  for (; slots_[slot] != 0; slot = (slot + 1) & mask) {
    const std::uint32_t index = slots_[slot] - 1;
    const Node& known = nodes_[index];
    if (known.hash == hash && known.level == level && std::ranges::equal(runs, this->runs(index))) {
      return index;
    }
  }
  if (nodes_.size() >= budget_.nodes || runs_.size() + runs.size() > budget_.edges) {
    exhausted_ = true;
    return kDiagramFalse;
  }
  const auto index = static_cast<std::uint32_t>(nodes_.size());
  nodes_.push_back({level, static_cast<std::uint32_t>(runs_.size()),
                    static_cast<std::uint32_t>(runs.size()), hash});
  runs_.insert(runs_.end(), runs.begin(), runs.end());
  slots_[slot] = index + 1;
  if (nodes_.size() * 2 > slots_.size()) grow();
  return index;
}

DiagramRef DiagramManager::node(std::uint32_t level, const ClassSet& set, DiagramRef in,
                                DiagramRef out) {
  Runs runs;
  bool member = set.contains(0);
  for (ClassId at = 0; at < set.size(); member = !member) {
    at = set.next(at, !member);
    runs.append(at, member ? in : out);
  }
  return node(level, runs.all());
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
