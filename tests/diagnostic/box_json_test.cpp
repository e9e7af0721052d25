// Boxes and counts as JSON.
#include <catch2/catch.hpp>

#include "compiler/diagnostic/box_json.h"

namespace switchyard {
namespace {

using Kind = FactValues::Kind;

TEST_CASE("each kind of fact has its form") {
  const BoxValues box = {
      {"aiter", Kind::kBool, {"true"}, {}, "aiter", true},
      {"scheme", Kind::kSymbols, {"a", "gfx90a:sramecc+"}, {}, "", true},
      {"tokens", Kind::kInt, {}, {{"-1", "16"}}, "tokens <= 16", true},
      {"hidden", Kind::kInt, {}, {{"1", "2"}, {"9007199254740993", "9007199254740993"}}, "", true},
      {"rocm", Kind::kVersion, {}, {{"6.0", "6.9"}}, "", true},
      {"cuda", Kind::kVersion, {}, {{"12.0", "12.1"}, {"13.0", "13.0"}}, "", true},
      {"n", Kind::kInt, {}, {}, "n % 32 == 0", false},
      {"backends", Kind::kFlags, {}, {}, "backends has ck", false},
  };
  CHECK(box_json(box).dump() ==
        R"({"aiter":[true],"scheme":["a","gfx90a:sramecc+"],"tokens":[-1,16],)"
        R"("hidden":[[1,2],["9007199254740993","9007199254740993"]],"rocm":["6.0","6.9"],)"
        R"("cuda":[["12.0","12.1"],["13.0","13.0"]],"n":"n % 32 == 0",)"
        R"("backends":"backends has ck"})");
  CHECK(box_json({}).dump() == "{}");
}

TEST_CASE("counts are numbers as long as every reader keeps them exact") {
  CHECK(count_json("0").dump() == "0");
  CHECK(count_json("9007199254740992").dump() == "9007199254740992");
  CHECK(count_json("9007199254740993").dump() == "\"9007199254740993\"");
  CHECK(count_json("340282366920938463463374607431768211456").dump() ==
        "\"340282366920938463463374607431768211456\"");
}

}  // namespace
}  // namespace switchyard
