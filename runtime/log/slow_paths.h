#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <unordered_set>

#include "runtime/log/logged_table.h"
#include "runtime/log/slow_path.h"
#include "runtime/table/decision.h"

namespace switchyard {

// Finds slow paths, each once a box (LoggedTable::box_of) of one table's content, so that a table
// that comes back as another generation is not told again. Not thread-safe.
class SlowPaths {
 public:
  static constexpr std::size_t kMostBoxes = 1'000;  // told, of one table
  // Boxes of so many tables are known; then those of the table that was looked at longest ago are
  // forgotten.
  static constexpr std::size_t kMostTables = 64;

  // `decision` = decide(table, facts). Nothing for one that is no slow path, or told.
  std::optional<SlowPath> look(const LoggedTable& logged, const void* facts,
                               const Decision& decision);

 private:
  struct Told {
    std::string hash;  // of the table
    std::unordered_set<std::uint64_t> boxes;
  };
  Told& told_of(const Table& table);

  std::list<Told> told_;  // looked at last first
};

}  // namespace switchyard
