#include "compiler/diagnostic/counted.h"

#include <catch2/catch.hpp>

namespace switchyard {

TEST_CASE("a noun follows the last number before it") {
  CHECK(counted(0, "line") == "0 lines");
  CHECK(counted(1, "line") == "1 line");
  CHECK(counted(2u, "line") == "2 lines");
  CHECK(counted(-1, "line") == "-1 lines");
  CHECK(counted(11, "line") == "11 lines");
  CHECK(counted("1 of 3", "line") == "1 of 3 lines");
  CHECK(counted("1 of 1", "line") == "1 of 1 line");
  CHECK(counted("at least 1", "line") == "at least 1 line");
  CHECK(counted(1, "boundary was", "boundaries were") == "1 boundary was");
  CHECK(counted(0, "boundary was", "boundaries were") == "0 boundaries were");
}

}  // namespace switchyard
