// The real history of vLLM's dispatch, as a user sees it.
#include <catch2/catch.hpp>

#include "tests/diff_command/policies.h"

namespace switchyard::testing {
namespace {

const std::string kBefore = "policies/vllm/quark_moe_pre_39801.policy";
const std::string kBroken = "policies/vllm/quark_moe_39801.policy";
const std::string kFixed = "policies/vllm/quark_moe_41175.policy";

struct Row {
  std::string from, to;
  int count;
  std::size_t boxes;
  friend bool operator==(const Row&, const Row&) = default;
};

std::vector<Row> rows_of(const nlohmann::json& report) {
  std::vector<Row> rows;
  for (const auto& change : report["changes"]) {
    CHECK(change["exact"] == true);
    CHECK(change["complete"] == true);
    rows.push_back({change["from"]["value"], change["to"]["value"], change["count"],
                    change["boxes"].size()});
  }
  return rows;
}

}  // namespace

TEST_CASE("#39801 by family: 3,720 changes, in a handful of boxes") {
  const auto report = json_diff({kBefore, kBroken, "--by", "family"});
  CHECK(report["equal"] == false);
  CHECK(report["total"] == 109'440);
  CHECK(report["changed"] == 3'720);
  CHECK(rows_of(report) == std::vector<Row>{{"refused", "emulated", 3'240, 5},
                                            {"native_aiter", "emulated", 480, 1}});
  const auto& box = report["changes"][1]["boxes"][0];
  CHECK(box["gfx"] == nlohmann::json({"gfx950"}));
  CHECK(box["scheme"] == nlohmann::json({"w_mxfp4_a_mxfp4"}));
  CHECK(box["aiter_installed"] == nlohmann::json({true}));
  CHECK_FALSE(box.contains("use_aiter"));
  const ProcessResult human = policy_diff({kBefore, kBroken, "--by=family"});
  CHECK(human.status == 1);
  CHECK(human.err.empty());
  CHECK(human.out.find("3720 of 109440 combinations change, by family") != std::string::npos);
  CHECK(human.out.find("480: native_aiter -> emulated") != std::string::npos);
}

TEST_CASE("120 of the 480 have both flags on") {
  const auto report = json_diff({kBefore, kBroken, "--by=family", "--region", "use_aiter and use_aiter_moe"});
  REQUIRE(report["changes"].size() == 2);
  for (const auto& change : report["changes"]) {
    if (change["from"]["value"] == "native_aiter") CHECK(change["count"] == 120);
  }
}

TEST_CASE("#41175 by family: those 480 back, 480 to errors") {
  const auto report = json_diff({kBroken, kFixed, "--by", "family"});
  CHECK(report["changed"] == 960);
  CHECK(rows_of(report) == std::vector<Row>{{"emulated", "native_aiter", 480, 1},
                                            {"emulated", "refused", 480, 1}});
  const auto flags = json_diff({kBroken, kFixed, "--by=family", "--region",
                                "not use_aiter or not use_aiter_moe"});
  for (const auto& change : flags["changes"]) {
    if (change["to"]["value"] == "native_aiter") CHECK(change["count"] == 360);
  }
}

TEST_CASE("a regression is asked for by name") {
  const ProcessResult broken =
      policy_diff({kBefore, kBroken, "--by=family", "--fail-on", "native_aiter -> emulated"});
  CHECK(broken.status == 1);
  CHECK(broken.out.find("(FAILS: native_aiter -> emulated)") != std::string::npos);
  const ProcessResult errors = policy_diff({kBefore, kBroken, "--by=family", "--fail-on=* -> error"});
  CHECK(errors.status == 1);
  CHECK(errors.out.find("FAILS") == std::string::npos);
}

TEST_CASE("tables differ as their policies do") {
  const TemporaryFolder folder;
  const std::string table = folder.path("before.table");
  REQUIRE(run_process({POLICYC, kBefore, "-o", table}).status == 0);
  CHECK(json_diff({table, kBefore})["equal"] == true);
  CHECK(policy_diff({table, kBefore}).status == 0);
  const auto report = json_diff({table, kBroken, "--by", "family"});
  CHECK(rows_of(report) == rows_of(json_diff({kBefore, kBroken, "--by", "family"})));
}

}  // namespace switchyard::testing
