#include "runtime/facts/bind.h"

#include <catch2/catch.hpp>
#include <array>
#include <map>

#include "runtime/decide/decide.h"
#include "runtime/decide/why.h"
#include "tests/facts/compiled.h"
#include "tests/process/process.h"

namespace switchyard::facts {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::Equals;

// Every kind of source, with and without a default.
constexpr const char* kPolicy = R"(policy p
fact scheme : enum { w_mxfp4, w_mxfp4_a_mxfp4 } from model scheme
fact arch : name { gfx950 } from device arch
fact aiter : bool = true from env "USE_AITER" replaces env "OLD_USE_AITER"
fact triton : switch from env "USE_TRITON"
fact forced : enum { auto, a, b } = auto from env "FORCED"
fact tokens : int 1 .. 1024
fact mode : enum { fast, safe } = fast
target a
target b
a when aiter and triton != off and scheme == w_mxfp4 and arch == gfx950 and forced != b
  and (mode == fast or tokens < 9)
b otherwise
)";

const std::vector<Provided> kProvided = {
    {Source::device, "arch", std::string("gfx950"), "the device"},
    {Source::model, "scheme", std::string("w_mxfp4"), "the config"},
    {Source::model, "arch", std::string("gfx000"), "another source of the same name"},
    {Source::launch, "tokens", std::int64_t{8}, "the batch"}};

Environment with(std::map<std::string, std::string> variables) {
  return [variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

TEST_CASE("facts are bound by source, by name, by default, and remember it") {
  const Table table = compile(kPolicy);
  const auto bound = bind_facts(table, kProvided, with({}), {});
  INFO((bound ? std::string() : bound.error().message));
  REQUIRE(bound);
  const std::vector<std::array<std::string, 3>> expected = {
      {"scheme", "w_mxfp4", "the config"},
      {"arch", "gfx950", "the device"},
      {"aiter", "true", "environment variable USE_AITER is not set: default of the policy"},
      {"triton", "unset", "environment variable USE_TRITON is not set"},
      {"forced", "auto", "environment variable FORCED is not set: default of the policy"},
      {"tokens", "8", "the batch"},
      {"mode", "fast", "default of the policy"}};
  REQUIRE(bound->facts.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(bound->facts[i].name == expected[i][0]);
    CHECK(bound->facts[i].value == expected[i][1]);
    CHECK(bound->facts[i].origin == expected[i][2]);
  }
  CHECK(why(table, bound->row.data()).target == "a");
}

TEST_CASE("the environment and --fact change the decision") {
  const Table table = compile(kPolicy);
  const auto target = [&](std::map<std::string, std::string> variables,
                          std::vector<Override> overrides) {
    const auto bound = bind_facts(table, kProvided, with(std::move(variables)), overrides);
    INFO((bound ? std::string() : bound.error().message));
    REQUIRE(bound);
    return why(table, bound->row.data()).target;
  };
  CHECK(target({{"USE_AITER", "Off"}}, {}) == "b");
  CHECK(target({{"USE_AITER", "YES"}}, {}) == "a");
  CHECK(target({{"USE_TRITON", "0"}}, {}) == "b");
  CHECK(target({{"FORCED", "b"}}, {}) == "b");
  CHECK(target({{"FORCED", "b"}}, {{"forced", "a"}}) == "a");
  CHECK(target({}, {{"arch", "gfx1201"}}) == "b");
  CHECK(target({}, {{"mode", "safe"}}) == "a");
  CHECK(target({}, {{"mode", "safe"}, {"tokens", "9"}}) == "b");
}

TEST_CASE("every fact that cannot be bound has its line") {
  const Table table = compile(kPolicy);
  const auto error = [&](std::map<std::string, std::string> variables,
                         std::vector<Override> overrides,
                         const std::vector<Provided>& provided = kProvided) {
    const auto bound = bind_facts(table, provided, with(std::move(variables)), overrides);
    REQUIRE_FALSE(bound);
    return bound.error().message;
  };
  CHECK_THAT(error({{"OLD_USE_AITER", "1"}}, {}),
             Equals("environment variable OLD_USE_AITER was renamed: set USE_AITER instead, and "
                    "remove OLD_USE_AITER (fact `aiter`)"));
  CHECK_THAT(error({{"USE_AITER", "maybe"}}, {}), Contains("USE_AITER") && Contains("`maybe`"));
  CHECK_THAT(error({{"FORCED", "c"}}, {}),
             Contains("fact `forced` has no value `c`") && Contains("FORCED=c"));
  CHECK_THAT(error({}, {{"token", "1"}}), Contains("no fact `token`; did you mean `tokens`?"));
  CHECK_THAT(error({}, {{"tokens", "1"}, {"tokens", "2"}}), Contains("given twice by --fact"));
  CHECK_THAT(error({}, {{"tokens", "0"}}),
             Contains("fact `tokens` is 0, outside 1 .. 1024 (from --fact)"));
  std::vector<Provided> fewer = kProvided;
  fewer.erase(fewer.begin() + 3);
  fewer.erase(fewer.begin());
  CHECK_THAT(error({}, {}, fewer),
             Contains("fact `arch` is read `from device arch`, but no device is given") &&
                 Contains("\nnothing here provides fact `tokens`, and it has no default; give it "
                          "with --fact tokens=VALUE"));
  std::vector<Provided> other = kProvided;
  other[1].key = "schema";
  CHECK_THAT(error({}, {}, other),
             Contains("fact `scheme` is read `from model scheme`, but model has schema, arch"));
  std::vector<Provided> unknown = kProvided;
  unknown[1].value = std::string("none");
  CHECK_THAT(error({}, {}, unknown),
             Contains("fact `scheme` has no value `none`") && Contains("(from the config)"));
}

TEST_CASE("overrides are NAME=VALUE") {
  CHECK(parse_override("a=b=c")->value == "b=c");
  CHECK(parse_override("a=")->value.empty());
  CHECK_THAT(parse_override("a").error().message, Contains("`a` is not of the form NAME=VALUE"));
  CHECK_FALSE(parse_override("=b"));
}

}  // namespace
}  // namespace switchyard::facts
