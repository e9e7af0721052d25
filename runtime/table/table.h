#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/error.h"
#include "runtime/base/export.h"
#include "runtime/table/decision.h"
#include "runtime/table/info.h"
#include "runtime/table/plan.h"

namespace switchyard {

struct TableView;  // the validated bytes, for the deciders (runtime/table/view.h)

// A compiled policy. Opening checks everything once (size, version, content hash, FlatBuffers
// verifier, and every index that deciding relies on), so that deciding checks nothing. Immutable; a
// copy shares the bytes and is cheap; safe to read from any number of threads. A moved-from Table
// may only be assigned to or destroyed.
class SWITCHYARD_EXPORT Table {
 public:
  // Maps the file. Errors, each saying what was found and what to do: no such file, a folder,
  // unreadable, empty, not a table, truncated, damaged, another format version. The file may be
  // replaced by renaming another over it, but must not be written to while it is open.
  static Expected<Table> open(const std::string& path);

  // The same from memory, which is copied. `name` stands for the path in errors.
  static Expected<Table> from_bytes(std::span<const std::byte> bytes,
                                    const std::string& name = "table");

  const std::string& policy() const;
  const std::vector<FactInfo>& facts() const;   // declaration order
  const std::vector<TargetInfo>& targets() const;
  const std::vector<OutcomeInfo>& outcomes() const;
  const std::vector<RuleInfo>& rules() const;   // source order
  const std::vector<AssumptionInfo>& assumptions() const;
  const std::vector<BlockInfo>& blocks() const; // the policy's own last
  const std::vector<std::vector<std::uint32_t>>& faster() const;  // chains of targets, fastest first

  // Index of the fact of that name. O(log facts).
  std::optional<std::uint32_t> fact_index(std::string_view name) const;

  // Size and alignment in bytes of the struct of facts: int32 (int64 where FactInfo::width is 8)
  // members in declaration order, laid out as C does.
  std::size_t facts_size() const;
  std::size_t facts_alignment() const;

  // Of everything behind the hash in the file: 32 lower-case hexadecimal digits.
  const std::string& hash() const;
  const std::string& compiler() const;  // "policyc 0.1.0"
  std::uint16_t format_major() const;
  std::uint16_t format_minor() const;
  std::span<const std::byte> bytes() const;

  const DensePlan& plan() const { return *plan_; }
  const TableView& view() const { return *view_; }

 private:
  struct Contents;
  explicit Table(std::shared_ptr<const Contents> contents);

  std::shared_ptr<const Contents> contents_;
  const DensePlan* plan_ = nullptr;
  const TableView* view_ = nullptr;
};

// A code as the policy language writes it: "gfx950", "9.2", "17", "<ck, triton>", "on", "true".
SWITCHYARD_EXPORT std::string spell(const FactInfo& fact, std::int64_t code);
// A parameter's value: "16", "row".
SWITCHYARD_EXPORT std::string spell(const ParameterInfo& parameter, std::int64_t value);
// "packed(block_m = 16)", "emulated", "refuse".
SWITCHYARD_EXPORT std::string spell_outcome(const Table& table, std::uint32_t outcome);

}  // namespace switchyard
