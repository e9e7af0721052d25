#include "runtime/log/logged_table.h"

#include "runtime/decide/faster_targets.h"
#include "runtime/log/json_text.h"

namespace switchyard {

LoggedTable::LoggedTable(const Table& table, std::uint64_t generation, LogConfig::First first)
    : table_(table),
      view_(&table_.view()),
      generation_(generation),
      facts_size_(table_.facts_size()),
      leaves_(view_->decisions.size()),
      first_(first),
      seen_(std::make_unique<std::atomic<std::uint64_t>[]>(counters() / 64 + 1)),
      boxes_(first == LogConfig::First::kBox ? std::make_unique<SeenBoxes>() : nullptr),
      hash_of_box_(*view_),
      faster_(faster_than(table_)) {
  counted.resize(counters());
  outcome_texts_.resize(leaves_);
}

Decision LoggedTable::decision_of(std::size_t counter) const {
  if (counter < leaves_) return view_->decisions[counter];
  return {Decision::Kind::kBadFact, Decision::kNone, static_cast<std::uint32_t>(counter - leaves_),
          Decision::kNone};
}

const std::string& LoggedTable::outcome_text(const Decision& decision) {
  std::string& text = outcome_texts_[decision.leaf];
  if (text.empty()) text = json_outcome(table_, decision, nullptr);
  return text;
}

}  // namespace switchyard
