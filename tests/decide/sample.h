#pragma once

#include <catch2/catch.hpp>

#include <map>
#include <string>

#include "runtime/decide/decide.h"
#include "runtime/decide/fact_row.h"
#include "runtime/decide/why.h"
#include "tests/emit/policy_text.h"

namespace switchyard::testing {

// Facts of kEveryKind as texts; those left out are as here.
using Facts = std::map<std::string, std::string>;

inline Facts with(Facts changes) {
  Facts facts = {{"mx", "true"}, {"scheme", "w4"}, {"arch", "gfx942"}, {"tokens", "64"},
                 {"backends", "<ck>"}, {"forced", "unset"}};
  for (const auto& [fact, text] : changes) facts[fact] = text;
  return facts;
}

inline Why ask(const Table& table, const Facts& facts) {
  FactRow row(table);
  for (const auto& [fact, text] : facts) {
    const auto set = row.set_text(fact, text);
    if (!set) FAIL(set.error().message);
  }
  const auto finished = row.finish();
  if (!finished) FAIL(finished.error().message);
  return why(table, *finished);
}

}  // namespace switchyard::testing
