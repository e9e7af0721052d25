// Boxes and counts as JSON.
#include "compiler/diagnostic/box_json.h"

#include <catch2/catch.hpp>

namespace switchyard {
namespace {

using Kind = FactValues::Kind;

TEST_CASE("each kind of fact has its form") {
  const BoxValues box = {
      {"aiter", Kind::kBool, {"true"}, {}, {}, "aiter"},
      {"scheme", Kind::kSymbols, {"a", "gfx90a:sramecc+"}, {}, {}, ""},
      {"tokens", Kind::kInt, {}, {{"-1", "16"}}, {}, "tokens <= 16"},
      {"hidden", Kind::kInt, {}, {{"1", "2"}, {"9007199254740993", "9007199254740993"}}, {}, ""},
      {"rocm", Kind::kVersion, {}, {{"6.0", "6.9"}}, {}, ""},
      {"cuda", Kind::kVersion, {}, {{"12.0", "12.1"}, {"13.0", "13.0"}}, {}, ""},
  };
  CHECK(box_json(box).dump() ==
        R"({"aiter":[true],"scheme":["a","gfx90a:sramecc+"],"tokens":[-1,16],)"
        R"("hidden":[[1,2],["9007199254740993","9007199254740993"]],"rocm":["6.0","6.9"],)"
        R"("cuda":[["12.0","12.1"],["13.0","13.0"]]})");
  CHECK(box_json({}).dump() == "{}");
}

TEST_CASE("remainders stand beside their range, also where it is the only one") {
  const BoxValues box = {
      {"n", Kind::kInt, {}, {{"1", "4096", 32, {0, 8}}}, {}, "n % 32 in <0, 8>"},
      {"m", Kind::kInt, {}, {{"1", "4"}, {"5", "9007199254740993", 2, {1}}}, {}, ""},
  };
  CHECK(box_json(box).dump() ==
        R"({"n":[{"range":[1,4096],"modulus":32,"remainders":[0,8]}],)"
        R"("m":[[1,4],{"range":[5,"9007199254740993"],"modulus":2,"remainders":[1]}]})");
}

TEST_CASE("flags are a list of what they have and lack") {
  const BoxValues box = {
      {"backends", Kind::kFlags, {}, {}, {{{"ck", "a,b"}, {}}, {{}, {"ck", "triton"}}}, ""}};
  CHECK(box_json(box).dump() ==
        R"({"backends":[{"has":["ck","a,b"],"lacks":[]},{"has":[],"lacks":["ck","triton"]}]})");
}

TEST_CASE("counts are numbers as long as every reader keeps them exact") {
  CHECK(count_json("0").dump() == "0");
  CHECK(count_json("9007199254740992").dump() == "9007199254740992");
  CHECK(count_json("9007199254740993").dump() == "\"9007199254740993\"");
  CHECK(count_json("340282366920938463463374607431768211456").dump() ==
        "\"340282366920938463463374607431768211456\"");
  CHECK(integer_json(-9007199254740992).dump() == "-9007199254740992");
  CHECK(integer_json(-9007199254740993).dump() == "\"-9007199254740993\"");
}

}  // namespace
}  // namespace switchyard
