#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include "tests/driver/policyc.h"

namespace switchyard::testing {
namespace {

const std::vector<std::string> kFacts = {"mx=false",     "scheme=w_mxfp4", "arch=gfx942",
                                         "tokens=100",   "backends=<ck>",  "forced=unset"};

ProcessResult explain(const std::string& policy, std::vector<std::string> arguments,
                      const std::string& input = "") {
  arguments.insert(arguments.begin(), {"explain", policy});
  return policyc(std::move(arguments), input);
}

std::vector<std::string> with(std::vector<std::string> more) {
  std::vector<std::string> all = kFacts;
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

// The facts with one of them another.
std::vector<std::string> but(const std::string& fact) {
  const std::string name = fact.substr(0, fact.find('=') + 1);
  std::vector<std::string> all;
  for (const std::string& one : kFacts) all.push_back(one.rfind(name, 0) == 0 ? fact : one);
  return all;
}

// Relative names, so that messages do not depend on the folder.
struct Sample {
  Sample() {
    policy = folder.write("sample.policy", kPolicy);
    table = folder.path("sample.table");
    REQUIRE(policyc({policy, "-o", table}).status == 0);
  }
  TemporaryFolder folder;
  std::string policy, table;
};

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("explain says what decided, what was tried before and what would change it") {
  const Sample sample;
  const ProcessResult result = explain(sample.policy, kFacts);
  CHECK(result.status == 0);
  CHECK(result.err.empty());
  CHECK(result.out.rfind("packed(block_m = 64)\n  rule    ", 0) == 0);
  CHECK(says(result.out, "default rocm = 7.0\n"));
  CHECK(says(result.out, "    false: forced == on  (forced = unset)\n"));
  CHECK(says(result.out, "    false: mx  (mx = false)\n"));
  CHECK(says(result.out, "    false: tokens <= 16  (tokens = 100)\n"));
  CHECK(says(result.out, "  tokens <= 16    ->  packed(block_m = 16)  "));
  // A table tells the same.
  CHECK(explain(sample.table, kFacts).out == result.out);
  CHECK(explain("-", kFacts, read_file(sample.table)).out == result.out);
  CHECK(says(explain("-", kFacts, kPolicy).out, "  rule    <stdin>:16: packed when arch == gfx942\n"));
}

TEST_CASE("explain --format json is the same for programs") {
  const Sample sample;
  const ProcessResult result = explain(sample.table, with({"--format", "json", "--changes", "2"}));
  CHECK(result.status == 0);
  const auto json = nlohmann::json::parse(result.out);
  CHECK(json["policy"] == "sample");
  CHECK(json["facts"]["tokens"] == 100);
  CHECK(json["facts"]["mx"] == false);
  CHECK(json["facts"]["rocm"] == "7.0");
  CHECK(json["decision"]["target"] == "packed");
  CHECK(json["decision"]["parameters"]["block_m"] == 64);
  CHECK(says(json["decision"]["rule"], "sample.policy:16"));
  const auto& tried = json["blocks"][0]["tried"];
  REQUIRE(tried.size() == 3);
  CHECK(tried[1]["false"]["text"] == "mx");
  CHECK(tried[1]["false"]["facts"]["mx"] == false);
  bool found = false;
  for (const auto& change : json["changes"]["one"]) {
    found = found || (change["change"] == nlohmann::json{{"tokens", {1, 16}}} &&
                      change["to"]["parameters"]["block_m"] == 16);
  }
  CHECK(found);
  CHECK(json["changes"]["two"].is_array());
  CHECK(json["changes"]["complete"] == true);
}

TEST_CASE("explain ends with 1 where the policy refuses or excludes, and says why") {
  const Sample sample;
  const ProcessResult refused = explain(sample.policy, but("forced=on"));
  CHECK(refused.status == 1);
  CHECK(refused.out.rfind("refused\n", 0) == 0);
  CHECK(says(refused.out, "  because forced, but there is no MX hardware\n"));
  const ProcessResult excluded = explain(sample.table, but("mx=true"));
  CHECK(excluded.status == 1);
  CHECK(excluded.out.rfind("excluded: these facts cannot occur together\n  assume  ", 0) == 0);
  CHECK(says(excluded.out, "sample.policy:9: mx implies arch == gfx950\n"));
  CHECK(says(excluded.out, "  arch == gfx950  ->  native"));
  const auto json = nlohmann::json::parse(
      explain(sample.table, [] {
        auto all = but("mx=true");
        all.insert(all.end(), {"--format", "json"});
        return all;
      }()).out);
  CHECK(json["decision"]["excluded"] == "mx implies arch == gfx950");
  // Also when facts are open.
  const ProcessResult nothing = explain(sample.policy, {"mx=true", "arch=gfx942"});
  CHECK(nothing.status == 1);
  CHECK(says(nothing.out, "excluded: no value of scheme, tokens, backends, forced is possible"));
}

TEST_CASE("facts left out are a table of what is left to decide") {
  const Sample sample;
  const ProcessResult result =
      explain(sample.policy, {"mx=false", "scheme=w_mxfp4", "backends=<>", "arch=gfx942"});
  CHECK(result.status == 0);
  CHECK(says(result.out, "what is left to decide over tokens, forced (12288 combinations)\n"));
  CHECK(says(result.out, "  forced == on                ->  refuse "));
  CHECK(says(result.out, "  4096 combinations\n"));
  CHECK(says(result.out, "  tokens <= 16, forced != on  ->  packed(block_m = 16)  "));
  CHECK(explain(sample.table, {"mx=false", "scheme=w_mxfp4", "backends=<>", "arch=gfx942"}).out ==
        result.out);
  const auto json = nlohmann::json::parse(
      explain(sample.policy, {"mx=false", "scheme=w_mxfp4", "backends=<>", "arch=gfx942", "--format",
                              "json"}).out);
  CHECK(json["residual"]["open"] == nlohmann::json({"tokens", "forced"}));
  CHECK(json["residual"]["combinations"] == 12288);
  CHECK(json["residual"]["rows"][0]["boxes"][0] == nlohmann::json{{"forced", {"on"}}});
  // A fact with a default is open only when asked.
  const ProcessResult free = explain(
      sample.policy, {"mx=true", "scheme=w_mxfp4", "backends=<ck>", "arch=gfx950", "tokens=100",
                      "forced=on", "--free", "rocm"});
  CHECK(says(free.out, "over rocm"));
  CHECK(says(free.out, "  rocm >= 7.0            ->  native "));
}

TEST_CASE("--why and --why-not speak of one target") {
  const Sample sample;
  const ProcessResult lead = explain(sample.policy, with({"--why", "emulated"}));
  CHECK(lead.status == 0);
  CHECK(says(lead.out, "emulated is not chosen: packed(block_m = 64) is, by "));
  CHECK(says(lead.out, "would do, but "));
  CHECK(says(lead.out, "changes of one fact that would lead to emulated\n"));
  CHECK(says(lead.out, "  arch != gfx942  ->  emulated"));
  const ProcessResult two = explain(sample.policy, with({"--why", "native"}));
  CHECK(says(two.out, "no change of one fact would lead to native\n"));
  CHECK(says(two.out, "  mx, arch == gfx950  ->  native"));
  const ProcessResult many = explain(
      sample.policy, {"mx=false", "scheme=w_mxfp4_a_fp8", "arch=gfx942", "tokens=100", "backends=<>",
                      "forced=unset", "--why", "native"});
  CHECK(says(many.out, "no change of two facts would lead to native\n"));
  CHECK(says(many.out, "the fewest changes that lead to native: 4 facts\n"));
  const ProcessResult where = explain(sample.table, {"mx=true", "--why", "native"});
  CHECK(says(where.out, "native is chosen over "));
  CHECK(says(where.out, "scheme == w_mxfp4"));
  const ProcessResult nowhere = explain(sample.policy, {"mx=false", "--why", "native"});
  CHECK(says(nowhere.out, "native is chosen nowhere over "));
  CHECK(says(nowhere.out, "the fewest changes that lead to native: 1 fact\n  mx\n"));
  const ProcessResult why_not = explain(sample.policy, with({"--why-not", "native"}));
  CHECK(why_not.status == 0);
  CHECK(says(why_not.out, "native is not chosen: "));
  CHECK(says(why_not.out, "      false: mx  (mx = false)\n"));
}

TEST_CASE("explain names everything that is wrong with its arguments") {
  const Sample sample;
  const ProcessResult bad =
      explain(sample.policy, {"mxx=true", "tokens=0", "scheme=w_mxfp5", "mx", "mx=1", "mx=0"});
  CHECK(bad.status == 2);
  CHECK(bad.out.empty());
  CHECK(says(bad.err, "the policy `sample` has no fact `mxx`; did you mean `mx`?"));
  CHECK(says(bad.err, "fact `tokens` is 0, outside 1 .. 4096"));
  CHECK(says(bad.err, "fact `scheme` has no value `w_mxfp5`; did you mean `w_mxfp4`?"));
  CHECK(says(bad.err, "`mx` is not of the form fact=value"));
  CHECK(says(bad.err, "fact `mx` is given twice"));
  CHECK(says(explain(sample.policy, {"mx=1", "--free", "mx"}).err, "and by --free none"));
  CHECK(says(explain(sample.policy, {"--free", "mxx"}).err, "did you mean `mx`?"));
  CHECK(says(explain(sample.policy, with({"--why", "nativ"})).err, "did you mean `native`?"));
  CHECK(says(explain(sample.policy, {"zzzzzzzz=1"}).err,
             "has no fact `zzzzzzzz`; it has the facts `mx`, `scheme`, "));
  const ProcessResult open = explain(sample.policy, {"mx=1", "tokens=2", "--why-not", "native"});
  CHECK(open.status == 2);
  CHECK(says(open.err, "--why-not asks about one input, and `scheme`, `arch`, `backends`, `forced` are "
                       "open; give a value, or ask --why"));
  CHECK(explain(sample.policy, with({"--changes", "3"})).status == 2);
  CHECK(explain(sample.policy, with({"--limit", "0"})).status == 2);
  CHECK(explain(sample.policy, with({"--why", "native", "--why-not", "native"})).status == 2);
  CHECK(explain("none.policy", {}).status == 2);
  const ProcessResult broken = explain("-", {}, "fact x : boool\n");
  CHECK(broken.status == 2);
  CHECK(says(broken.err, "error[SY"));
  std::string damaged = read_file(sample.table);
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] + 1);
  CHECK(explain("-", {}, damaged).status == 2);
  CHECK(explain(sample.folder.write("damaged.table", damaged), {}).status == 2);
}

}  // namespace switchyard::testing
