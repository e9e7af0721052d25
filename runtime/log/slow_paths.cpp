#include "runtime/log/slow_paths.h"

#include <algorithm>
#include <utility>

#include "runtime/decide/faster_targets.h"

namespace switchyard {

std::optional<SlowPath> SlowPaths::look(const LoggedTable& logged, const void* facts,
                                        const Decision& decision) {
  const Table& table = logged.table();
  if (decision.kind != Decision::Kind::kTarget ||
      logged.faster()[table.outcomes()[decision.index].target].empty()) {
    return std::nullopt;
  }
  Told& told = told_of(table);
  const std::uint64_t box = logged.box_of(facts);
  if (told.boxes.size() >= kMostBoxes || told.boxes.count(box) != 0) return std::nullopt;
  auto faster = faster_that_could_run(table, logged.faster(), facts, decision);
  if (faster.empty()) return std::nullopt;
  told.boxes.insert(box);
  return SlowPath{table.policy(), logged.generation(), describe(table, decision, facts),
                  std::move(faster), spell_facts(table, facts)};
}

SlowPaths::Told& SlowPaths::told_of(const Table& table) {
  const auto known = std::find_if(told_.begin(), told_.end(),
                                  [&](const Told& told) { return told.hash == table.hash(); });
  if (known != told_.end()) {
    told_.splice(told_.begin(), told_, known);
  } else {
    if (told_.size() == kMostTables) told_.pop_back();
    told_.push_front({table.hash(), {}});
  }
  return told_.front();
}

}  // namespace switchyard
