#include "compiler/explain/line.h"
#include "compiler/explain/text.h"
#include "tests/explain/resolved.h"

// What people read, whole.
namespace switchyard::testing {
namespace {

const char* const kTextPolicy = R"(
policy p
fact mx : bool
fact scheme : enum { w4, w8, w16 }
fact tokens : int 1 .. 4096 = 1
fact backends : flags { ck, triton }
assume mx implies scheme != w16
let small = tokens <= 16
decision method {
  target wide
  target narrow
  narrow requires scheme == w4 because "four bits only"
  only narrow when scheme in <w4, w8> and small
  wide otherwise because "all else"
}
target native
target packed(block : int 16 .. 256 = 64)
target spare
target emulated
faster native over packed over emulated
native requires mx because "MX hardware"
native requires backends has ck and
  tokens < 2048 because "CK kernels"
packed requires scheme == w4
refuse when tokens > 4000 because "too many"
first of native, packed(block = 16) when method == narrow
packed when tokens > 3000 and backends has any <ck, triton>
emulated otherwise because "always runs"
)";

struct Asked {
  Asked() : policy(resolved(kTextPolicy)), told{policy.model, policy.sources} {}

  // Codes of mx, scheme, tokens, backends.
  std::string all(std::vector<std::int64_t> codes, const NearestOptions& options = {},
                  std::size_t limit = 12) const {
    const Truths truths(policy.model, codes);
    const Explanation explanation = explain(policy.model, truths);
    const Point point = point_of(policy.model, policy.partition, codes);
    return decision_text(told, explanation, truths, {}) + passed_text(told, explanation, truths) +
           nearest_text(told, policy.partition,
                        nearest(policy.model, policy.partition, point, options), limit,
                        options.target);
  }

  std::string story(std::vector<std::int64_t> codes, TargetId target) const {
    const Truths truths(policy.model, codes);
    return story_text(told, story_of(policy.model, truths, target), truths);
  }

  std::string rest(const Known& known, std::optional<TargetId> target = std::nullopt,
                   DiagramBudget budget = {}, std::size_t limit = 12) const {
    ResidualOptions options;
    options.target = target;
    options.budget = budget;
    return residual_text(told, residual(policy.model, known, options), known, limit, target);
  }

  Resolved policy;
  Told told;
};

constexpr TargetId kNative = 2, kSpare = 4;

}  // namespace

TEST_CASE("a decision reads: what, by which rule, what was tried before, what would change it") {
  CHECK(Asked().all({0, 1, 17, 1}) == R"(emulated
  rule    p.policy:28: emulated otherwise because "always runs"
  because always runs

decision method: wide, by p.policy:14: wide otherwise because "all else"
  p.policy:13: only narrow when scheme in <w4, w8> and small
    false: small  (tokens = 17)

tried before, in order
  p.policy:25: refuse when tokens > 4000 because "too many"
    false: tokens > 4000  (tokens = 17)
  p.policy:26: first of native, packed(block = 16) when method == narrow
    false: method == narrow  (method = wide)
  p.policy:27: packed when tokens > 3000 and backends has any <ck, triton>
    false: tokens > 3000  (tokens = 17)
  native is faster, and did not run
    p.policy:26: first of native, packed(block = 16) when method == narrow
      false: method == narrow  (method = wide)
      cannot run (p.policy:21): false: mx  (mx = false)  "MX hardware"
  packed is faster, and did not run
    p.policy:26: first of native, packed(block = 16) when method == narrow
      false: method == narrow  (method = wide)
      cannot run (p.policy:24): false: scheme == w4  (scheme = w8)
    p.policy:27: packed when tokens > 3000 and backends has any <ck, triton>
      false: tokens > 3000  (tokens = 17)
      cannot run (p.policy:24): false: scheme == w4  (scheme = w8)

changes of one fact that would change the decision
  tokens in 3001 .. 4000             ->  packed(block = 64)  p.policy:27
  tokens in <1 .. 16, 4001 .. 4096>  ->  refuse              p.policy:13, p.policy:25
)");
}

TEST_CASE("a refusal by `only` says what its entries lack") {
  CHECK(Asked().all({0, 1, 3, 0}) == R"(refused
  rule    p.policy:13: only narrow when scheme in <w4, w8> and small

decision method: tried before, in order
  p.policy:13: only narrow when scheme in <w4, w8> and small
    narrow
      cannot run (p.policy:12): false: scheme == w4  (scheme = w8)  "four bits only"

changes of one fact that would change the decision
  scheme == w4          ->  packed(block = 16)  p.policy:26
  scheme == w16         ->  emulated            p.policy:28
  tokens in 17 .. 4000  ->  emulated            p.policy:28
)");
}

TEST_CASE("an excluded combination names the assumption") {
  CHECK(Asked().all({1, 2, 3, 0}) == R"(excluded: these facts cannot occur together
  assume  p.policy:7: mx implies scheme != w16
    false: mx implies scheme != w16  (mx = true, scheme = w16)

changes of one fact that would change the decision
  not mx        ->  emulated            p.policy:28
  scheme == w4  ->  packed(block = 16)  p.policy:26
  scheme == w8  ->  refuse              p.policy:13
)");
}

TEST_CASE("a rule that chooses what cannot run is caught, and a part on another line says which") {
  const Asked asked;
  const std::string text = asked.all({0, 1, 3500, 1});
  CHECK(text.find("packed(block = 64)\n"
                  "  rule    p.policy:27: packed when tokens > 3000 and backends has any <ck, triton>\n"
                  "  cannot run (p.policy:24): false: scheme == w4  (scheme = w8)\n") == 0);
  CHECK(asked.story({1, 0, 2048, 1}, kNative).find(
            "      cannot run (p.policy:22): false: p.policy:23: tokens < 2048  (tokens = 2048)  "
            "\"CK kernels\"\n") != std::string::npos);
}

TEST_CASE("why a target is not chosen") {
  const Asked asked;
  CHECK(asked.story({0, 0, 8, 0}, kNative) ==
        R"(native is not chosen: packed(block = 16) is, by p.policy:26: first of native, packed(block = 16) when method == narrow
    p.policy:26: first of native, packed(block = 16) when method == narrow
      cannot run (p.policy:21): false: mx  (mx = false)  "MX hardware"
      cannot run (p.policy:22): false: backends has ck  (backends = <>)  "CK kernels"
)");
  CHECK(asked.story({1, 0, 8, 1}, kNative) == R"(native is chosen
    p.policy:26: first of native, packed(block = 16) when method == narrow
      decides
)");
  CHECK(asked.story({0, 1, 3, 1}, kNative) == R"(native is not chosen
    p.policy:26: first of native, packed(block = 16) when method == narrow
      was not asked: an earlier decision ended the policy
      cannot run (p.policy:21): false: mx  (mx = false)  "MX hardware"
)");
  CHECK(asked.story({0, 1, 17, 1}, kSpare) ==
        "spare is not chosen: emulated is, by p.policy:28: emulated otherwise because \"always runs\"\n"
        "    no rule chooses it\n");
}

TEST_CASE("changes towards a target, two facts, and lists that are cut") {
  const Asked asked;
  NearestOptions options;
  options.target = kNative;
  const std::string towards = asked.all({0, 1, 3, 1}, options);
  CHECK(towards.find(R"(
no change of one fact would lead to native

changes of two facts that would lead to native
  mx, scheme == w4  ->  native  p.policy:26
)") != std::string::npos);
  options = {};
  options.pairs = NearestOptions::Pairs::kAlways;
  options.pair_work = 0;
  const std::string cut = asked.all({0, 2, 3, 1}, options, 3);
  CHECK(cut.find("  … and 1 more (--limit shows them)\n") != std::string::npos);
  CHECK(cut.find("no change of two facts would change the decision otherwise\n"
                 "  6 pairs of facts were not looked at: the policy is too large\n") !=
        std::string::npos);
}

TEST_CASE("what is left to decide is a small table") {
  const Asked asked;
  CHECK(asked.rest({1, 0, 1, std::nullopt}) == R"(what is left to decide over backends (4 combinations)
  backends has ck      ->  native              p.policy:26  2 combinations
  not backends has ck  ->  packed(block = 16)  p.policy:26  2 combinations
)");
  CHECK(asked.rest({1, std::nullopt, std::nullopt, std::nullopt}, kNative) ==
        R"(native is chosen over scheme, tokens, backends (32768 combinations) when
  scheme != w8, tokens <= 16, backends has ck
  (32 combinations)
)");
  CHECK(asked.rest({std::nullopt, 2, 1, 0}, kSpare) ==
        "spare is chosen nowhere over mx (1 combination)\n");
  CHECK(asked.rest({1, 2, std::nullopt, std::nullopt}) ==
        "excluded: no value of tokens, backends is possible with these facts\n");
  const std::string large =
      asked.rest({0, std::nullopt, std::nullopt, std::nullopt}, std::nullopt, {0, 0, 0});
  CHECK(large.find("at least ") != std::string::npos);
  CHECK(large.find("the policy is too large for the whole table: ") != std::string::npos);
  const std::string cut = asked.rest({0, std::nullopt, std::nullopt, std::nullopt}, std::nullopt, {}, 1);
  CHECK(cut.find("more for ") != std::string::npos);
}

TEST_CASE("a policy without facts is explained too") {
  const Resolved policy = resolved("target t\nt otherwise\n");
  const Told told{policy.model, policy.sources};
  const Truths truths(policy.model, {});
  const Explanation explanation = explain(policy.model, truths);
  CHECK(decision_text(told, explanation, truths, {}) == "t\n  rule    p.policy:2: t otherwise\n");
  CHECK(nearest_text(told, policy.partition, nearest(policy.model, policy.partition, {}, {}), 12,
                     std::nullopt) ==
        "\nno change of one fact would change the decision\n"
        "\nno change of two facts would change the decision\n");
}

}  // namespace switchyard::testing
