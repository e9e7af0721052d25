#include "tests/decide/sample.h"

namespace switchyard::testing {

TEST_CASE("a decision names target, parameters, attributes, rule and reason") {
  for (const DeciderChoice decider :
       {DeciderChoice::kAuto, DeciderChoice::kWalk, DeciderChoice::kBits, DeciderChoice::kProgram}) {
    const Table table = open_policy(kEveryKind, decider);
    const Why native = ask(table, with({}));
    CHECK(native.decision.kind == Decision::Kind::kTarget);
    CHECK(native.target == "native");
    REQUIRE(native.attributes.size() == 2);
    CHECK(native.attributes[0].value == "aiter");
    CHECK(native.attributes[1].is_integer);
    CHECK(native.rule == "test.policy:27");
    CHECK(native.skipped.empty());

    const Why emulated = ask(table, with({{"tokens", "65"}, {"offset", "4000000000"}}));
    CHECK(emulated.target == "emulated");
    CHECK(emulated.because == "always runs");
    CHECK(emulated.rule_text.find("emulated otherwise") == 0);
    CHECK(ask(table, with({{"tokens", "66"}, {"offset", "4000000001"}})).target == "packed");
  }
}

TEST_CASE("skipped entries say which parts failed, and why those are asked for") {
  const Table table = open_policy(kEveryKind);
  const Why packed = ask(table, with({{"scheme", "w4a8"}, {"backends", "<>"}}));
  CHECK(packed.target == "packed");
  CHECK(packed.parameters == std::vector<std::pair<std::string, std::string>>{{"block_m", "16"},
                                                                              {"order", "column"}});
  CHECK(packed.parameter_is_integer == std::vector<bool>{true, false});
  REQUIRE(packed.skipped.size() == 1);
  CHECK(packed.skipped[0].target == "native");
  REQUIRE(packed.skipped[0].failed.size() == 2);
  CHECK(packed.skipped[0].failed[0].text == "scheme in <w4, w4a4>");
  CHECK(packed.skipped[0].failed[1].text == "backends has ck");
  CHECK(packed.skipped[0].failed[1].because == "CK kernels");
  CHECK(packed.skipped[0].failed[1].location == "test.policy:21");
  // A `first of` that ran dry is told too.
  const Why dry = ask(table, with({{"mx", "0"}, {"tokens", "63"}}));
  CHECK(dry.target == "emulated");
  REQUIRE(dry.skipped.size() == 2);
  CHECK(dry.skipped[1].target == "packed(block_m = 16, order = column)");
  CHECK(to_text(dry).find("skipped native") != std::string::npos);
  CHECK(to_text(dry).find("pairs of tokens") != std::string::npos);
}

TEST_CASE("refusals, exclusions and bad facts each say their own") {
  const Table table = open_policy(kEveryKind);
  const Why old = ask(table, with({{"rocm", "6.1"}}));
  CHECK(old.decision.kind == Decision::Kind::kRefused);
  CHECK(old.message == "ROCm is too old");
  CHECK(to_text(old).find("refused: ROCm is too old") == 0);

  const Why only = ask(table, with({{"mx", "0"}, {"forced", "on"}}));
  CHECK(only.decision.kind == Decision::Kind::kRefused);
  CHECK(only.message.find("asked for: native needs mx (MX hardware)") == 0);

  // The first assumption violated, in source order.
  const Why excluded = ask(table, with({{"arch", "x"}, {"forced", "on"}, {"tokens", "4096"}}));
  CHECK(excluded.decision.kind == Decision::Kind::kExcluded);
  CHECK(excluded.decision.index == 0);
  CHECK(excluded.message.find("mx implies arch == gfx942") != std::string::npos);
  CHECK(excluded.message.find("test.policy:13") != std::string::npos);
  CHECK(ask(table, with({{"forced", "on"}, {"tokens", "4096"}})).decision.index == 1);
}

TEST_CASE("a fact outside its domain is the answer, before assumptions, in every path") {
  for (const DeciderChoice decider :
       {DeciderChoice::kAuto, DeciderChoice::kBits, DeciderChoice::kProgram}) {
    const Table table = open_policy(kEveryKind, decider);
    std::vector<std::int64_t> words(table.facts_size() / 8 + 1, 0);
    const FactInfo& tokens = table.facts()[3];
    const Decision decision = decide(table, words.data());  // tokens is 0
    CHECK(decision.kind == Decision::Kind::kBadFact);
    CHECK(decision.index == 3);
    CHECK(why(table, words.data()).message == "fact `tokens` is 0, outside 1 .. 4096");
    const std::int32_t one = 1;
    std::memcpy(reinterpret_cast<unsigned char*>(words.data()) + tokens.offset, &one, 4);
    CHECK(decide(table, words.data()).index == 5);  // rocm 0.0
  }
}

}  // namespace switchyard::testing
