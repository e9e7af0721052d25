#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/error.h"
#include "runtime/base/export.h"
#include "runtime/table/table.h"

namespace switchyard {

// One combination of facts, filled by name, in the struct that `decide` reads. Every error names
// the fact, what it got and what it takes. After clear() it is as new and keeps its memory. Not
// thread-safe; the table must outlive it.
class SWITCHYARD_EXPORT FactRow {
 public:
  explicit FactRow(const Table& table);

  // Forgets what was set.
  void clear();

  // `text` as the policy language writes the value, with or without quotes: "gfx950", "true" (or 1,
  // false, 0), "17", "9.2", "<ck, triton>", "on". An unlisted text of a `name` fact is `other`.
  Expected<void> set_text(std::string_view fact, std::string_view text);
  Expected<void> set_int(std::string_view fact, std::int64_t value);   // int; bool with 0 and 1
  Expected<void> set_bool(std::string_view fact, bool value);          // bool; switch: on, off
  Expected<void> set_flags(std::string_view fact, const std::vector<std::string_view>& symbols);
  // From an environment variable: `1 true on yes` are on, `0 false off no` are off in any case; a
  // variable that is not there is not set at all (a switch is then set by set_text "unset").
  Expected<void> set_environment(std::string_view fact, std::string_view text);

  // The same by index into Table::facts (found once with index_of), which is faster.
  Expected<std::uint32_t> index_of(std::string_view fact) const;  // error: did you mean …
  Expected<void> set_text(std::uint32_t fact, std::string_view text);
  Expected<void> set_int(std::uint32_t fact, std::int64_t value);
  Expected<void> set_bool(std::uint32_t fact, bool value);
  Expected<void> set_flags(std::uint32_t fact, const std::vector<std::string_view>& symbols);
  Expected<void> set_environment(std::uint32_t fact, std::string_view text);
  Expected<void> set_code(std::uint32_t fact, std::int64_t code);      // FactInfo's codes

  bool is_set(std::uint32_t fact) const { return set_[fact] != 0; }

  // Fills in defaults; an error names the facts that are still missing. The struct is valid until
  // the row changes.
  Expected<const void*> finish();

  // The struct as it is; unset facts hold their smallest code.
  const void* data() const { return bytes_.data(); }

 private:
  void store(std::uint32_t fact, std::int64_t code);
  Expected<void> keep(std::uint32_t fact, const Expected<std::int64_t>& code);

  const Table* table_;
  std::vector<std::int64_t> bytes_;  // of the struct, aligned for int64
  std::vector<std::uint8_t> set_;
};

}  // namespace switchyard
