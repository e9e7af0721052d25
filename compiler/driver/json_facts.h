#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <simdjson.h>

#include "runtime/decide/fact_row.h"
#include "runtime/table/table.h"

namespace switchyard::driver {

// Reads JSON objects of facts: bools as true, false, 0, 1 or these quoted; symbols, versions and
// switches as strings; ints as integers; flags as an array of symbols or a string "<a, b>". The
// table must outlive it. Not thread-safe.
class JsonFacts {
 public:
  explicit JsonFacts(const Table& table);

  // The struct of facts for one object, valid until the next call. `line` must be followed by
  // simdjson::SIMDJSON_PADDING readable bytes. An error names the fact, what it got, what it takes.
  Expected<const void*> read(std::string_view line);
  // The same for an object of a larger document.
  Expected<const void*> read(const simdjson::dom::object& object);

  // For logs of another version of a policy: facts that the table lacks are counted, not refused
  // (the first kMaxUnknown names; a line's other facts are read all the same).
  void ignore_unknown() { ignore_unknown_ = true; }
  static constexpr std::size_t kMaxUnknown = 100;
  const std::map<std::string, std::uint64_t, std::less<>>& unknown() const { return unknown_; }
  // The value of a fact that an object leaves out, before its default: "fact=value".
  // Fails as `read` does, and for a fact that was filled before.
  Expected<void> add_filling(std::string_view argument);

 private:
  struct Filling {
    std::uint32_t fact;
    std::string text;
  };
  void note_unknown(std::string_view name);
  Expected<void> set(std::uint32_t fact, const simdjson::dom::element& value);
  Expected<void> set_array(std::uint32_t fact, const simdjson::dom::array& values);

  const Table& table_;
  FactRow row_;
  simdjson::dom::parser parser_;
  std::unordered_map<std::string_view, std::uint32_t> index_;  // looked up only, never iterated
  std::vector<std::string_view> symbols_;
  bool ignore_unknown_ = false;
  std::map<std::string, std::uint64_t, std::less<>> unknown_;
  std::vector<Filling> fillings_;
};

}  // namespace switchyard::driver
