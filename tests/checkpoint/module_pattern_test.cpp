#include "runtime/checkpoint/module_pattern.h"

#include <catch2/catch.hpp>

namespace switchyard::checkpoint {
namespace {

bool matches(std::string_view pattern, std::string_view module) {
  const auto parsed = ModulePattern::parse(pattern);
  REQUIRE(parsed);
  return parsed->matches(module);
}

constexpr std::string_view kGate = "model.layers.13.mlp.experts.7.gate_proj";

TEST_CASE("plain names match a module and what is inside it") {
  CHECK(matches("model.layers.13.mlp.experts.7.gate_proj", kGate));
  CHECK(matches("model.layers.13.mlp", kGate));
  CHECK_FALSE(matches("model.layers.1", kGate));
  CHECK_FALSE(matches("lm_head", kGate));
  CHECK_FALSE(matches("", kGate));
  CHECK_FALSE(matches("gate_proj", kGate));
}

TEST_CASE("globs, as fnmatch") {
  CHECK(matches("*.mlp.experts.*", kGate));
  CHECK(matches("*mlp.experts*", kGate));
  CHECK(matches("model.layers.1?.*", kGate));
  CHECK(matches("model.layers.[0-9][0-9].mlp.*", kGate));
  CHECK(matches("*.experts.[!0-6].*", kGate));
  CHECK(matches("*", kGate));
  CHECK(matches("*gate_proj", kGate));
  CHECK_FALSE(matches("*.mlp.gate", kGate));
  CHECK_FALSE(matches("model.layers.?.*", kGate));
  CHECK_FALSE(matches("*.experts.[!0-7].*", kGate));
  CHECK_FALSE(matches("*self_attn*", kGate));
  CHECK(matches("a[b", "a[b"));
  CHECK_FALSE(matches("a[b", "ab"));
  CHECK(matches("a[]b]c", "a]c"));
  CHECK(matches("a**c", "ac"));
}

TEST_CASE("expressions match from the start, as re.match") {
  CHECK(matches("re:.*mlp\\.experts.*", kGate));
  CHECK(matches("re:model.layers.13", kGate));
  CHECK_FALSE(matches("re:layers.13", kGate));
  CHECK_FALSE(matches("re:.*mlp.gate$", kGate));
  CHECK(matches("re:.*mlp.gate$", "model.layers.3.mlp.gate"));
  // As a real configuration excludes everything but the experts.
  CHECK_FALSE(matches("re:^(?!.*\\.mlp\\.experts(?:\\.|$)).*$", kGate));
  CHECK(matches("re:^(?!.*\\.mlp\\.experts(?:\\.|$)).*$", "model.layers.3.self_attn.q_proj"));
}

TEST_CASE("expressions that do not parse, are too long, or back-track") {
  CHECK_FALSE(ModulePattern::parse("re:("));
  CHECK_FALSE(ModulePattern::parse("re:*a"));
  CHECK_FALSE(ModulePattern::parse("re:" + std::string(1001, 'a')));
  CHECK_FALSE(matches("re:(a*)*b", std::string(200, 'a')));  // exponential if it tried all ways
}

}  // namespace
}  // namespace switchyard::checkpoint
