#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/base/error.h"
#include "runtime/decide/fact_row.h"
#include "runtime/facts/bind.h"
#include "runtime/facts/environment.h"
#include "runtime/facts/provided.h"
#include "runtime/table/table.h"

namespace switchyard::facts {

// Gives a table's facts their values, one after the other, and keeps a line for each problem.
class Binder {
 public:
  // Who reads the messages: how a value is given by hand differs.
  enum class Caller : std::uint8_t { kCommandLine, kEngine };
  // What became of a fact.
  enum class Bound : std::uint8_t {
    kValue,    // it has one, which the row holds, or a problem says why not
    kDefault,  // the policy's own, which the row does not hold yet
    kNobody,   // nobody provides it, and no source that it names was asked
  };

  // All of these must outlive it.
  Binder(const Table& table, std::span<const Provided> provided, const Environment& environment,
         Caller caller);

  void override_fact(const Override& given);
  Bound bind_fact(std::uint32_t fact);  // after all overrides
  // A fact that nobody provides: takes its default, or is a problem.
  void use_default(std::uint32_t fact);

  // A fact whose source was asked, by `origin`, and answered no key at all: a problem.
  void no_such_key(std::uint32_t fact, const std::string& origin);

  FactRow& row() { return row_; }
  const std::string& origin(std::uint32_t fact) const { return origins_[fact]; }
  const std::string& problems() const { return problems_; }  // a line each

 private:
  Bound bind_variable(std::uint32_t fact, const FactInfo& info);
  void note_renamed(const FactInfo& info);
  std::string by_hand(const FactInfo& info) const;
  void check(const Expected<void>& set, const std::string& origin);
  void note(const std::string& problem);

  const Table& table_;
  std::span<const Provided> provided_;
  const Environment& environment_;
  const Caller caller_;
  FactRow row_;
  std::vector<std::string> origins_;  // empty: not bound yet
  std::string problems_;
};

}  // namespace switchyard::facts
