#pragma once

#include <catch2/catch.hpp>
#include <string>

#include "runtime/table/table.h"
#include "tests/process/process.h"

namespace switchyard::facts {

// The table that policyc makes of a policy; fails the test where there is none.
inline Table compile(const std::string& policy) {
  const testing::TemporaryFolder folder;
  const std::string table = folder.path("p.table");
  const auto done =
      testing::run_process({SWITCHYARD_POLICYC, folder.write("p.policy", policy), "-o", table});
  INFO(done.err);
  REQUIRE(done.status == 0);
  auto opened = Table::open(table);
  REQUIRE(opened);
  return *opened;
}

}  // namespace switchyard::facts
