#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

#include "runtime/decide/decide.h"
#include "runtime/decide/fact_row.h"
#include "runtime/log/decision_log.h"
#include "tests/emit/policy_text.h"
#include "tests/process/process.h"

// A policy with every end that a decision may have, and what the tests of logs do again and again.
namespace switchyard::testing {

inline const char* const kLogged = R"(policy sample
fact mx : bool
fact scheme : enum { w4, w4a4, w4a8 }
fact tokens : int 1 .. 4096
fact arch : name { gfx942, gfx950 } = other
fact backends : flags { ck, triton } = <>
fact rocm : version 6.0 .. 9.99 = 6.4
fact forced : switch from env "FORCED"
fact aiter : bool = false
assume mx implies scheme != w4a8
target native
target packed(block_m : int 16 .. 256 = 64, order : enum { row, column } = row)
target emulated
native requires mx
faster native over packed over emulated
refuse when scheme == w4a8 and tokens > 4000 because "too \"many\" tokens"
native when mx and scheme == w4 and aiter because "the fast one"
packed(block_m = 16) when tokens <= 16 and arch != gfx942 and forced != on because "few tokens"
packed when backends has ck and rocm > 7.0 and forced == off
emulated otherwise
)";

using FactTexts = std::map<std::string, std::string>;

inline FactRow row_of(const Table& table, const FactTexts& changes) {
  FactRow row(table);
  FactTexts facts = {{"mx", "true"}, {"scheme", "w4"}, {"tokens", "8"}, {"forced", "unset"}};
  for (const auto& [fact, text] : changes) facts[fact] = text;
  for (const auto& [fact, text] : facts) {
    const auto set = row.set_text(fact, text);
    if (!set) FAIL(set.error().message);
  }
  const auto finished = row.finish();
  if (!finished) FAIL(finished.error().message);
  return row;
}

inline void record(DecisionLog& log, const Table& table, const FactTexts& facts,
                   const LogContext& context = {}, std::uint64_t generation = 1) {
  const FactRow row = row_of(table, facts);
  log.record(table, generation, row.data(), decide(table, row.data()), context);
}

inline std::unique_ptr<DecisionLog> open_log(LogConfig config) {
  auto log = DecisionLog::open(std::move(config));
  if (!log) FAIL(log.error().message);
  return std::move(*log);
}

inline std::vector<std::string> lines_of(const std::string& path) {
  std::vector<std::string> lines;
  const std::string text = read_file(path);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    REQUIRE(end != std::string::npos);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

}  // namespace switchyard::testing
