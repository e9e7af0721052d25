#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "compiler/traffic/seen.h"
#include "runtime/table/decision.h"
#include "runtime/table/table.h"

namespace switchyard {

// What a line of a decision log (docs/log-format.md) says was decided.
struct RecordedOutcome {
  enum class Kind : std::uint8_t { kNothing, kTarget, kRefused, kExcluded } kind = Kind::kNothing;
  std::string_view target;      // kTarget
  bool has_parameters = false;  // else they are not compared
  std::vector<std::pair<std::string_view, std::variant<std::int64_t, std::string_view>>> parameters;
};

// Whether a table's decision is what was recorded. Parameters count only where they were recorded, and
// then all of them. Nothing recorded agrees with nothing.
bool agrees(const Table& table, const RecordedOutcome& recorded, const Decision& now);

// "packed(block_m = 16)", "refused", "excluded": as the policy language writes it, parameters in the
// order of the line. Something must be recorded.
std::string spell(const RecordedOutcome& recorded);

// Holds recorded decisions against a table and groups what differs. Constant memory: a group keeps
// a count and the smallest box around its combinations.
class Audit {
 public:
  // Recorded outcomes may be any text; past this many groups the rest is counted only.
  static constexpr std::size_t kMaxGroups = 10'000;

  struct Group {
    std::string recorded;         // "emulated", "packed(block_m = 16)", "refused", "excluded"
    Decision now;                 // of the first line; all lines have its leaf
    std::uint64_t count = 0;
    std::uint64_t first_line = 0;
    std::string first_text;       // the line as it was read, at most kMaxText bytes
    Seen seen;
  };
  static constexpr std::size_t kMaxText = 2'000;

  // Both must outlive it; `partition` is of the table's policy.
  Audit(const Table& table, const Partition& partition);

  // One decision: `now` is what the table decides for `facts`.
  void add(const RecordedOutcome& recorded, const void* facts, const Decision& now,
           std::uint64_t line, std::string_view text);

  std::uint64_t same() const { return same_; }
  std::uint64_t unrecorded() const { return unrecorded_; }  // lines that tell facts only
  std::uint64_t differing() const { return differing_; }
  std::uint64_t ungrouped() const { return ungrouped_; }    // of those, past kMaxGroups
  std::vector<const Group*> groups() const;                 // biggest first, then by first line

  // How the table's decision reads: "packed(block_m = 16)", "refused", "excluded", "undecided".
  static std::string spell(const Table& table, const Decision& decision);

 private:
  const Table& table_;
  const Partition& partition_;
  FactCodes codes_;
  std::map<std::pair<std::string, std::uint32_t>, Group> groups_;  // by recorded text and leaf
  std::uint64_t same_ = 0, unrecorded_ = 0, differing_ = 0, ungrouped_ = 0;
};

}  // namespace switchyard
