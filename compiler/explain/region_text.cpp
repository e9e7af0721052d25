#include <algorithm>

#include <fmt/format.h>

#include "compiler/diagnostic/counted.h"
#include "compiler/diagnostic/snippet.h"
#include "compiler/explain/text_parts.h"

namespace switchyard {

namespace {

using namespace explaining;

std::string combinations(const Count& count) {
  return counted(spell(count), "combination");
}

void add_changes(const Told& told, const Partition& partition, const std::vector<Change>& changes,
                 std::size_t limit, std::string& out) {
  Columns columns;
  for (std::size_t i = 0; i < std::min(limit, changes.size()); ++i) {
    const Change& change = changes[i];
    columns.add(printable(spell(told.model, partition, change.box)), ending_text(told.model, change.to),
                places_of(told, change.rows));
  }
  if (changes.size() > limit) {
    columns.add(fmt::format("… and {} more (--limit shows them)", changes.size() - limit));
  }
  out += columns.text();
}

}  // namespace

std::string nearest_text(const Told& told, const Partition& partition, const Nearest& nearest,
                         std::size_t limit, std::optional<TargetId> towards) {
  const std::string goal =
      towards ? "lead to " + told.model.targets[*towards].name : "change the decision";
  std::string out;
  if (nearest.one.empty()) {
    out += fmt::format("\nno change of one fact would {}\n", goal);
  } else {
    out += fmt::format("\nchanges of one fact that would {}\n", goal);
    add_changes(told, partition, nearest.one, limit, out);
  }
  if (!nearest.two_asked) return out;
  if (nearest.two.empty()) {
    out += fmt::format("\nno change of two facts would {}{}\n", goal,
                       nearest.one.empty() ? "" : " otherwise");
  } else {
    out += fmt::format("\nchanges of two facts that would {}{}\n", goal,
                       nearest.one.empty() ? "" : ", where neither alone does");
    add_changes(told, partition, nearest.two, limit, out);
  }
  if (nearest.pairs_left > 0) {
    out += fmt::format("  {} not looked at: the policy is too large\n",
                       counted(nearest.pairs_left, "pair of facts was", "pairs of facts were"));
  }
  return out;
}

std::string residual_text(const Told& told, const Residual& residual, const Known& known,
                          std::size_t limit, std::optional<TargetId> towards) {
  std::string free;
  for (FactId fact = 0; fact < known.size(); ++fact) {
    if (!known[fact]) free += (free.empty() ? "" : ", ") + told.model.facts[fact].name;
  }
  std::string out;
  const std::string over = free.empty() ? "with all facts given" : "over " + free;
  const std::string size =
      residual.admitted ? fmt::format(" ({})", combinations(*residual.admitted)) : "";
  if (residual.admitted && *residual.admitted == 0) {
    return fmt::format("excluded: no value of {} is possible with these facts\n",
                       free.empty() ? "any fact" : free);
  }
  if (towards) {
    const std::string& name = told.model.targets[*towards].name;
    if (residual.rows.empty()) return fmt::format("{} is chosen nowhere {}{}\n", name, over, size);
    out = fmt::format("{} is chosen {}{} when\n", name, over, size);
  } else {
    out = fmt::format("what is left to decide {}{}\n", over, size);
  }
  Columns columns;
  for (const ResidualRow& row : residual.rows) {
    const bool decided = row.row != kUndecided;
    const std::string end =
        decided ? outcome_text(told.model, told.model.rows[row.row].outcome) : "undecided";
    std::string where = decided ? places_of(told, {row.row}) : "";
    if (!decided && !told.model.blocks[row.block].name.empty()) {
      where = fmt::format("in the decision `{}`", told.model.blocks[row.block].name);
    }
    const Cover& cover = row.cover;
    const std::string count =
        fmt::format("{}{}", cover.exact ? "" : "at least ", combinations(cover.size));
    for (std::size_t i = 0; i < std::min(limit, cover.boxes.size()); ++i) {
      const std::string box =
          printable(spell(residual.model, residual.partition, cover.boxes[i]));
      if (towards) {
        columns.add(box);
      } else {
        columns.add(box, end, i == 0 ? fmt::format("{}  {}", where, count) : where);
      }
    }
    if (cover.boxes.size() > limit) {
      columns.add(fmt::format("… and {} more for {} (--limit shows them)",
                              cover.boxes.size() - limit, end));
    } else if (!cover.complete) {
      columns.add(fmt::format("… and more for {}: {} in all", end, count));
    } else if (towards) {
      columns.add(fmt::format("({})", count));
    }
  }
  out += columns.text();
  if (!residual.within_budget) {
    out += "the policy is too large for the whole table: of each line one region is shown, of every "
           "outcome at least one\n";
  }
  return out;
}

}  // namespace switchyard
