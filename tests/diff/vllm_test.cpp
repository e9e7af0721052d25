// What vLLM's history really did, from its policies: #39801 and its repair #41175.
#include <algorithm>

#include <catch2/catch.hpp>

#include "tests/diff/compared.h"
#include "tests/region/random_model.h"

namespace switchyard::testing {
namespace {

std::unique_ptr<const Compared> version(const std::string& from, const std::string& to) {
  return compared_files("policies/vllm/quark_moe_" + from + ".policy",
                        "policies/vllm/quark_moe_" + to + ".policy");
}

diff::Difference by_family(const Compared& both) {
  diff::Options options;
  options.compare = diff::Options::Compare::kAttribute;
  options.attribute = "family";
  return diff::compare(both.pair, both.partition, options);
}

// Admitted combinations in the boxes in which all of these facts are true.
std::size_t count(const Compared& both, const std::vector<Box>& boxes,
                  const std::vector<std::string>& facts) {
  const Model& model = both.pair.old_model;
  std::size_t result = 0;
  for_each_combination(model, [&](std::vector<std::int64_t>& codes) {
    const auto inside = [&](const Box& box) {
      return std::all_of(box.sides.begin(), box.sides.end(), [&](const Box::Side& side) {
        return side.classes.contains(both.partition.axes[side.fact].class_of(codes[side.fact]));
      });
    };
    if (std::none_of(boxes.begin(), boxes.end(), inside)) return;
    for (FactId fact = 0; fact < model.declared_facts; ++fact) {
      const bool asked =
          std::find(facts.begin(), facts.end(), model.facts[fact].name) != facts.end();
      if (asked && codes[fact] == 0) return;
    }
    result += holds(model, model.admitted, codes) ? 1 : 0;
  });
  return result;
}

TEST_CASE("vLLM #39801 changes 3,720: 480 native to emulated, 3,240 errors to emulated") {
  const auto both = version("pre_39801", "39801");
  const diff::Difference found = by_family(*both);
  CHECK_FALSE(found.equal);
  CHECK(found.total == 109'440);
  CHECK(found.changed == 3'720);
  CHECK(found.exact);
  CHECK(found.complete);
  REQUIRE(described(*both, found) ==
          "3240 refused -> emulated"
          " [gfx == gfx950, scheme in <w_mxfp4_a_mxfp6_e3m2, w_mxfp4_a_mxfp6_e2m3>,"
          " is_dynamic == dynamic]"
          " [gfx == gfx950, scheme in <w_mxfp4_a_mxfp4, w_mxfp4_a_mxfp6_e3m2,"
          " w_mxfp4_a_mxfp6_e2m3>, is_dynamic == dynamic, not aiter_installed]"
          " [gfx == gfx950, scheme == w_mxfp4_a_fp8, is_dynamic == static, not aiter_installed]"
          " [gfx == gfx950, scheme == w_mxfp4_a_fp8, is_dynamic == static, not use_aiter]"
          " [gfx == gfx950, scheme == w_mxfp4_a_fp8, is_dynamic == static, not use_aiter_moe]\n"
          "480 native_aiter -> emulated [gfx == gfx950, scheme == w_mxfp4_a_mxfp4,"
          " is_dynamic == dynamic, aiter_installed]\n");
  CHECK(count(*both, found.changes[0].boxes, {}) == 3'240);
  CHECK(count(*both, found.changes[1].boxes, {}) == 480);
  CHECK(count(*both, found.changes[1].boxes, {"use_aiter", "use_aiter_moe"}) == 120);
}

TEST_CASE("vLLM #41175 changes 960: those 480 back, 480 emulated to errors") {
  const auto both = version("39801", "41175");
  const diff::Difference found = by_family(*both);
  CHECK(found.total == 109'440);
  CHECK(found.changed == 960);
  REQUIRE(described(*both, found) ==
          "480 emulated -> native_aiter [gfx == gfx950, scheme == w_mxfp4_a_mxfp4,"
          " is_dynamic == dynamic, aiter_installed]\n"
          "480 emulated -> refused [gfx == gfx950, scheme == w_mxfp4_a_mxfp4,"
          " is_dynamic == dynamic, not aiter_installed]\n");
  const std::vector<Box>& back = found.changes[0].boxes;
  CHECK(count(*both, back, {}) - count(*both, back, {"use_aiter", "use_aiter_moe"}) == 360);
}

TEST_CASE("a policy is equal to itself, reasons included") {
  const auto both = version("39801", "39801");
  diff::Options options;
  options.compare = diff::Options::Compare::kReasons;
  for (const auto engine : {diff::Options::Engine::kAutomatic, diff::Options::Engine::kSolver}) {
    options.engine = engine;
    const diff::Difference found = diff::compare(both->pair, both->partition, options);
    CHECK(found.equal);
    CHECK(found.complete);
    CHECK(found.changed == 0);
  }
}

}  // namespace
}  // namespace switchyard::testing
