#include <catch2/catch.hpp>

#include "compiler/sema/resolve.h"
#include "tests/sema/resolved.h"

// The policy with which the language reference opens.
namespace switchyard::testing {
namespace {

const char* const kPolicy = R"(
policy quark_ocp_mx_moe
fact scheme : enum { w_mxfp4, w_mxfp4_a_mxfp4, w_mxfp4_a_fp8 }
fact requested : enum { auto, native, packed, emulated } = auto
fact supports_mx : bool                      "the device has OCP MX matrix instructions"
fact aiter       : bool                      "AITER fused MoE is enabled"
fact arch        : name { gfx942, gfx950 }   "GPU architecture; any other name is `other`"
fact tokens      : int 1 .. 1_048_576        "tokens in the batch"
fact rocm        : version 6.0 .. 9.99       "ROCm release"
assume supports_mx implies arch == gfx950
set aiter_ck = <w_mxfp4, w_mxfp4_a_mxfp4>
let fused_ok = supports_mx and aiter
target native { family = aiter }
target packed(block_m : int 16 .. 256 = 64, split_k : int 1 .. 8 = 1)  "packed weights"
target emulated                              "dequantised to bf16 first"
faster native over packed over emulated
native requires supports_mx and scheme in aiter_ck
packed requires scheme in aiter_ck
refuse   when requested == native and not fused_ok
           because "native was asked for, but MX hardware or AITER is missing"
only native when requested == native         because "asked for by name"
emulated    when requested == emulated       because "asked for by name"
native   when supports_mx and scheme in <w_mxfp4, w_mxfp4_a_mxfp4> and aiter
           because "CK fused MoE, one scale per 1x32 block"
packed(block_m = 16, split_k = 4) when tokens <= 16 and can packed
first of packed, emulated otherwise
allow slower when not aiter or requested == emulated because "switched off, or asked for"
guarantee w4a4_native "vLLM #39801 must not come back":
  fused_ok and scheme == w_mxfp4_a_mxfp4 and requested == auto implies native
example { supports_mx, aiter, scheme = w_mxfp4_a_fp8, requested = auto } -> emulated
)";

TEST_CASE("the reference's own policy resolves") {
  const auto r = resolve_text(kPolicy);
  INFO(r->findings());
  REQUIRE(r->model);
  CHECK(r->codes() == "");
  const Model& model = *r->model;
  CHECK(model.name == "quark_ocp_mx_moe");
  CHECK(model.declared_facts == 7);
  CHECK(model.rules.size() == 6);
  CHECK(model.rows.size() == 8);
  CHECK(model.faster.size() == 1);
  CHECK(model.promises.size() == 2);
  CHECK(model.outcomes.size() == 5);  // refuse, native, emulated, packed(16, 4), packed(64, 1)
  const Evaluator oracle(r->policy, model);
  const std::int64_t rocm = std::int64_t{7} << 32;
  // scheme, requested, supports_mx, aiter, arch, tokens, rocm
  const std::vector<std::int64_t> mx = {1, 0, 1, 1, 1, 100, rocm};
  CHECK(oracle.evaluate(mx).back().target == "native");
  CHECK(difference(*r, oracle, mx) == "");
  const std::vector<std::int64_t> small = {1, 0, 0, 1, 0, 16, rocm};
  CHECK(oracle.evaluate(small).back().parameters == std::vector<std::int64_t>{16, 4});
  const std::vector<std::int64_t> refused = {1, 1, 0, 1, 0, 16, rocm};
  CHECK(oracle.evaluate(refused).back().kind == Evaluation::Kind::kRefused);
  const std::vector<std::int64_t> excluded = {1, 1, 1, 1, 0, 16, rocm};
  CHECK(oracle.evaluate(excluded).back().kind == Evaluation::Kind::kExcluded);
}

TEST_CASE("the dump shows every part once, and stays as it is") {
  const auto r = resolve_text(kPolicy);
  REQUIRE(r->model);
  const std::string text = dump(*r->model, r->sources);
  CHECK(text == dump(*r->model, r->sources));
  for (const char* line :
       {"policy quark_ocp_mx_moe\n", "fact 5 tokens : int 1 .. 1048576 # test.policy:8\n",
        "target 1 packed block 0 (block_m : 16 .. 256 = 64) (split_k : 1 .. 8 = 1)",
        "outcome 0 refuse\n", "packed(block_m = 16, split_k = 4)",
        "faster native packed emulated\n", "assume 0 (arch in <gfx950> or not supports_mx)",
        "guarantee w4a4_native block 0 when"}) {
    INFO(line << "\n" << text);
    CHECK(text.find(line) != std::string::npos);
  }
}

}  // namespace
}  // namespace switchyard::testing
