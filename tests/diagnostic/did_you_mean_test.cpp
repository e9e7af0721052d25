#include "compiler/diagnostic/did_you_mean.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace switchyard {
namespace {

const std::vector<std::string> kNames = {"native",      "packed", "emulated",
                                         "supports_mx", "gfx942", "gfx950"};

TEST_CASE("a slip of the fingers finds the name") {
  CHECK(did_you_mean("natve", kNames) == "native");    // left out
  CHECK(did_you_mean("nativve", kNames) == "native");  // doubled
  CHECK(did_you_mean("nateve", kNames) == "native");   // changed
  CHECK(did_you_mean("natvie", kNames) == "native");   // swapped
  CHECK(did_you_mean("suports_mx", kNames) == "supports_mx");
  CHECK(did_you_mean("NATIVE", kNames) == "native");  // case
  CHECK(did_you_mean_text("emulatd", kNames) == "did you mean `emulated`?");
}

TEST_CASE("what is not close is not suggested") {
  CHECK_FALSE(did_you_mean("tokens", kNames));
  CHECK_FALSE(did_you_mean("x", kNames));
  CHECK_FALSE(did_you_mean("", kNames));
  CHECK_FALSE(did_you_mean("native", std::vector<std::string>{"native"}));
  CHECK_FALSE(did_you_mean("native", std::vector<std::string>{}));
  CHECK(did_you_mean_text("tokens", kNames).empty());
}

TEST_CASE("ties go to the first candidate, nearer ones before earlier ones") {
  CHECK(did_you_mean("gfx940", kNames) == "gfx942");
  CHECK(did_you_mean("abcd", std::vector<std::string>{"abce", "abcf"}) == "abce");
  CHECK(did_you_mean("abcd", std::vector<std::string>{"abcf", "abce"}) == "abcf");
  CHECK(did_you_mean("abcdefghi", std::vector<std::string>{"abcdefxyi", "abcdefghx"}) ==
        "abcdefghx");
}

}  // namespace
}  // namespace switchyard
