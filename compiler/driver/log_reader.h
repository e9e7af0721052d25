#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include <simdjson.h>

#include "compiler/driver/json_facts.h"
#include "compiler/traffic/audit.h"
#include "runtime/table/table.h"

namespace switchyard::driver {

// One dispatch of a decision log (docs/log-format.md). Everything is valid during the call only.
struct LogLine {
  std::uint64_t number;           // from 1
  std::string_view text;
  const void* facts;              // the table's struct, inside its domains or not
  const RecordedOutcome& recorded;
};

// What of a log could not be used.
struct LogProblems {
  static constexpr std::size_t kMaxMessages = 20;
  struct Bad {
    std::uint64_t count = 0;
    std::uint64_t first_line = 0;
  };
  std::map<std::string, Bad> bad;  // by message, the first kMaxMessages different ones
  std::uint64_t lines = 0;         // with anything in them
  std::uint64_t bad_lines = 0;
};

// Reads decision logs against the facts of one table. Not thread-safe; constant memory.
class LogReader {
 public:
  explicit LogReader(const Table& table);

  JsonFacts& facts() { return facts_; }

  // Hands out every line of `path` (`-`: standard input) that can be read; the others are counted.
  // Fails when the file cannot be read.
  Expected<void> run(const std::string& path, const std::function<void(const LogLine&)>& each);

  const LogProblems& problems() const { return problems_; }
  // Counts a line that the caller cannot use.
  void reject(std::uint64_t line, std::string message);

 private:
  Expected<const void*> read(std::string_view text);
  Expected<void> read_member(std::string_view key, const simdjson::dom::element& value);
  Expected<void> read_parameters(const simdjson::dom::element& value);

  JsonFacts facts_;
  simdjson::dom::parser parser_;
  RecordedOutcome recorded_;
  LogProblems problems_;
};

}  // namespace switchyard::driver
