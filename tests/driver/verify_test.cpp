#include <catch2/catch.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "compiler/diagnostic/registry.h"
#include "tests/driver/policyc.h"

namespace switchyard::testing {
namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// The shape of vLLM #39801: no `requires`, no promise.
const std::string kRouting = R"(policy routing
fact mx : bool
fact scheme : enum { w4, w4a4, w6 }
fact aiter : bool
target native
target emulated
faster native over emulated
native when mx and aiter and scheme == w4
emulated otherwise
)";

const std::string kKernels =
    "# what the kernels can do\n"
    "native requires mx and aiter because \"MX instructions, and the library\"\n"
    "native requires scheme in <w4, w4a4>\n"
    "other_kernel requires mx\n";

}  // namespace

TEST_CASE("verify: a clean policy says what was proved; `--verify` is the same") {
  const TemporaryFolder folder;
  const std::string policy = folder.write(
      "clean.policy",
      "policy clean\nfact mx : bool\nfact fast : bool\nassume fast implies mx\n"
      "target a\ntarget b\ntarget c\n"
      "a when fast\nb when mx\nc otherwise\nguarantee g: fast implies a\n");
  const ProcessResult result = policyc({"verify", policy});
  CHECK(result.status == 0);
  CHECK(result.out == policy +
                          ": verified: 3 rules and 1 promise over 3 combinations (1 more excluded by "
                          "`assume`)\n");
  CHECK(policyc({"--verify", policy}).out == result.out);
  CHECK(policyc({"verify", "-"}, read_file(policy)).status == 0);
}

TEST_CASE("verify: where warnings were not looked for, no line that accepts some is called unused") {
  const TemporaryFolder folder;
  const std::string policy = folder.write(
      "contradiction.policy",
      "policy p\nfact mx : bool\nfact idle : bool\nassume mx\nassume not mx\ntarget a\ntarget b\n"
      "a when mx\nb otherwise\nallow SY0325 because \"read by the next version\"\n");
  const ProcessResult result = policyc({"verify", policy});
  CHECK(result.status == 1);
  CHECK(has(result.out + result.err, "1 error, 0 warnings"));
}

TEST_CASE("verify: what is accepted hides no other finding, and a limit is kept, however many they are") {
  const TemporaryFolder folder;
  std::string text = "policy many\nfact size : int 0 .. 4095\ntarget a\ntarget b\n";
  for (int i = 0; i < 150; ++i) text += "a when size == " + std::to_string(i) + "\n";
  text += "b when size >= 4000\na otherwise\n";
  const std::string only_rules = folder.write("rules.policy", text);
  text += "let forgotten = size > 7\n";
  const std::string policy = folder.write("many.policy", text);
  const ProcessResult all = policyc({"verify", policy});
  CHECK(all.status == 1);
  CHECK(has(all.err + all.out, "100 findings of this kind"));

  const ProcessResult accepted = policyc({"verify", "--allow", "SY0323", policy});
  CHECK(accepted.status == 1);
  CHECK(has(accepted.err + accepted.out, "warning[SY0327]"));

  CHECK(policyc({"verify", "--max-warnings", "149", only_rules}).status == 1);
  CHECK(policyc({"verify", "--max-warnings", "150", only_rules}).status == 0);
  for (const char* wrong : {"-1", "99999999999999999999", "x"}) {
    CHECK(policyc({"verify", "--max-warnings", wrong, only_rules}).status == 2);
  }
}

TEST_CASE("verify: a policy accepts warnings of its own, unless they are denied") {
  const TemporaryFolder folder;
  const std::string text =
      "policy p\nfact mx : bool\nfact idle : bool\ntarget a\ntarget b\na when mx\nb otherwise\n"
      "allow SY0325 because \"read by the next version\"\n";
  const std::string policy = folder.write("unused.policy", text);
  const ProcessResult accepted = policyc({"verify", policy});
  INFO(accepted.out);
  CHECK(accepted.status == 0);
  CHECK(has(accepted.out, "; 1 finding accepted"));
  const ProcessResult denied = policyc({"verify", "--deny", "SY0325", policy});
  INFO(denied.out);
  CHECK(denied.status == 1);
  CHECK(has(denied.out, "warning[SY0325]"));
  CHECK_FALSE(has(denied.out, "SY0330"));
  const ProcessResult unused =
      policyc({"verify", folder.write("used.policy", text + "refuse when idle because \"no\"\n")});
  INFO(unused.out);
  CHECK(unused.status == 1);
}

TEST_CASE("--explain prints the page of every finding, by code or name") {
  std::string titles;
  std::vector<std::string> codes;
  for (const DiagnosticInfo* info : diag::all()) codes.emplace_back(info->code);
  std::sort(codes.begin(), codes.end());
  const ProcessResult all = policyc({"--explain"});
  CHECK(all.status == 0);
  std::size_t lines = 0;
  for (const std::string& code : codes) {
    INFO(code);
    const ProcessResult page = policyc({"--explain", code});
    REQUIRE(page.status == 0);
    CHECK(page.out == read_file("docs/diagnostics/" + code + ".md"));
    CHECK(has(all.out, "\n" + page.out.substr(2, page.out.find('\n') - 1)) ==
          (code != codes.front()));
    ++lines;
  }
  CHECK(std::count(all.out.begin(), all.out.end(), '\n') == static_cast<std::ptrdiff_t>(lines));
  CHECK(policyc({"--explain", "undecided"}).out == policyc({"--explain", "sy0302"}).out);
  const ProcessResult unknown = policyc({"--explain", "SY0392"});
  CHECK(unknown.status == 2);
  CHECK(has(unknown.err, "did you mean"));
}

TEST_CASE("a compilation heeds accepted warnings too") {
  const TemporaryFolder folder;
  const std::string text =
      "policy p\nfact n : int 0 .. 9\ntarget a\ntarget b\na when n < 20\nb otherwise\n";
  const std::string dump = "--dump=model";
  const ProcessResult without = policyc({folder.write("a.policy", text), dump});
  CHECK(has(without.err, "warning[SY0212]"));
  const ProcessResult with =
      policyc({folder.write("b.policy", text + "allow SY0212 because \"known\"\n"), dump});
  CHECK(with.err == "");
  CHECK(has(with.out, "allow SY0212 because \"known\""));
}

TEST_CASE("verify: warnings fail unless they are allowed") {
  const TemporaryFolder folder;
  const std::string policy = folder.write(
      "unused.policy", "policy p\nfact mx : bool\nfact idle : bool\ntarget a\ntarget b\na when mx\nb otherwise\n");
  const ProcessResult result = policyc({"verify", policy});
  INFO(result.out);
  CHECK(result.status == 1);
  CHECK(has(result.out, "warning[SY0325]"));
  CHECK(has(result.out, "0 errors, 1 warning"));
  CHECK(policyc({policy}).status == 0);  // a compilation reports errors alone
  CHECK(policyc({"verify", "--allow", "SY0325", policy}).status == 0);
  CHECK(policyc({"verify", "--allow", "unused-fact,SY0321", policy}).status == 0);
  CHECK(has(policyc({"verify", "--allow", "UnusedFact", policy}).out, "1 finding accepted"));
  CHECK(policyc({"verify", "--max-warnings", "1", policy}).status == 0);
  CHECK(policyc({"verify", "--max-warnings", "1", "--deny", "SY0325", policy}).status == 1);
  // Denied beats allowed.
  CHECK(policyc({"verify", "--allow", "SY0325", "--deny", "SY0325", policy}).status == 1);
}

TEST_CASE("verify: what cannot run is status 2, and the other files are looked at all the same") {
  const TemporaryFolder folder;
  const std::string good = folder.write("good.policy", "policy p\nfact m : bool\ntarget a\ntarget b\na when m\nb otherwise\n");
  const std::string bad = folder.write("bad.policy", "policy p\ntarget a\na when n\n");
  const ProcessResult both = policyc({"verify", folder.path("none.policy"), bad, good});
  CHECK(both.status == 2);
  CHECK(has(both.err, "none.policy"));
  CHECK(has(both.out, "none.policy: could not be verified\n"));
  CHECK(has(both.out, "good.policy: verified: 2 rules"));
  CHECK(has(both.out, "bad.policy: 1 error"));
  CHECK(policyc({"verify", bad, good}).status == 1);  // a misspelt name is a finding
  const auto fails = [&](std::vector<std::string> arguments, const std::string& message) {
    const ProcessResult result = policyc(std::move(arguments));
    INFO(result.err);
    CHECK(result.status == 2);
    CHECK(has(result.err, message));
  };
  fails({"verify", "--allow", "SY0302", good}, "is an error and cannot be allowed");
  fails({"verify", "--allow", "SY9999", good}, "no finding has the code or name `SY9999`");
  fails({"verify", "--deny", "SlowerTargt", good}, "did you mean `SlowerTarget`?");
  fails({"verify", "-", "-"}, "standard input can be one of the files only");
  fails({"verify", "--max-warnings", "x", good}, "max-warnings");
  fails({"verify", "--capabilities", folder.path("none"), good}, "none");
  fails({"verify", "--capabilities", folder.path(), good},
        "it is a folder; name a file of `requires` lines, as `moe capabilities` prints them");
  fails({"verify", "--capabilities", "-", "-"},
        "the policy and its capabilities cannot both be standard input; name a file for one of them");
  fails({"verify", "--capabilities", "-", "--capabilities", "-", good},
        "standard input can be one file of capabilities only");
  fails({"verify", "--format", "xml", good}, "xml");
  fails({"verify"}, "FILE");
}

TEST_CASE("verify --capabilities: a kernel that could run and is not chosen is found") {
  const TemporaryFolder folder;
  const std::string policy = folder.write("routing.policy", kRouting);
  const std::string kernels = folder.write("kernels.requires", kKernels);
  const ProcessResult result = policyc({"verify", "--capabilities", kernels, policy});
  INFO(result.out << result.err);
  CHECK(result.status == 1);
  CHECK(has(result.out, "warning[SY0321]: `emulated` is chosen where the faster `native` could run"));
  CHECK(has(result.out, "w4a4"));
  CHECK(has(result.out, "kernels.requires") == false);  // the lines are fine, and all hold there
  CHECK(has(result.out, "targets that it does not have: other_kernel"));

  // The same by standard input, for several policies at once; a finding in it is told so.
  const ProcessResult piped = policyc({"verify", "--capabilities", "-", policy, policy}, kKernels);
  CHECK(piped.status == 1);
  CHECK(piped.out == policyc({"verify", "--capabilities", kernels, policy, policy}).out);
  const ProcessResult bad = policyc({"verify", "--capabilities", "-", policy}, "native requires rocm >= 7\n");
  CHECK(bad.status == 1);
  CHECK(has(bad.out, "<stdin>:1"));

  // A choice that the kernel cannot do is an error, also of a `first of` that asks its own lines.
  const std::string first = folder.write(
      "first.policy",
      "policy first\nfact mx : bool\nfact scheme : enum { w4, w4a4, w6 }\nfact aiter : bool\n"
      "target native\ntarget emulated\nnative requires mx\n"
      "first of native, emulated otherwise\n");
  const ProcessResult judged =
      policyc({"verify", "--capabilities", kernels, "--allow", "UnusedFact", first});
  INFO(judged.out);
  CHECK(judged.status == 1);
  CHECK(has(judged.out, "error[SY0305]: `native` is chosen where its `requires` is false"));
  CHECK(has(judged.out, "kernels.requires:"));
  // The lines judge; they never change what is decided.
  CHECK(has(policyc({"eval", first, "mx=true", "scheme=w6", "aiter=false"}).out, "native\n"));

  const std::string unknown = folder.write("unknown.requires", "native requires rocm >= 7\n");
  const ProcessResult lacking = policyc({"verify", "--capabilities", unknown, policy});
  CHECK(lacking.status == 1);
  CHECK(has(lacking.out, "unknown.requires:1"));
  CHECK(has(lacking.out, "rocm"));
  const std::string other = folder.write("other.requires", "target native\n");
  const ProcessResult wrong = policyc({"verify", "--capabilities", other, policy});
  CHECK(wrong.status == 2);
  CHECK(has(wrong.err, "other.requires:1: this is not a `requires` line"));
}

TEST_CASE("verify --list overlaps: pairs between which order decides; legal, so the status stays") {
  const TemporaryFolder folder;
  const std::string policy = folder.write(
      "order.policy",
      "policy order\nfact m : bool\nfact n : int 1 .. 100\ntarget a\ntarget b\ntarget c\n"
      "a when m and n > 5\n  b when n > 50\nb when n > 40\nc otherwise\n");
  const ProcessResult plain = policyc({"verify", "--allow", "SY0323", policy});
  const ProcessResult result = policyc({"verify", "--allow", "SY0323", "--list", "overlaps", policy});
  CHECK(result.status == plain.status);
  CHECK(result.out == policy + ": order decides between 2 pairs of rules\n  " +
                          policy + ":7: a when m and n > 5\n  before " + policy +
                          ":8: b when n > 50\n      50 combinations, among them where m, n >= 51\n  " +
                          policy + ":7: a when m and n > 5\n  before " + policy +
                          ":9: b when n > 40\n      60 combinations, among them where m, n >= 41\n" +
                          plain.out);
  const auto document = nlohmann::json::parse(
      policyc({"verify", "--list", "overlaps", "--format", "json", policy}).out);
  const auto& list = document["files"][0]["overlaps"];
  CHECK(list["complete"] == true);
  REQUIRE(list["pairs"].size() == 2);
  CHECK(list["pairs"][0]["first"]["rule"] == policy + ":7");
  CHECK(list["pairs"][0]["second"]["text"] == "b when n > 50");
  CHECK(list["pairs"][0]["box"] == nlohmann::json::parse(R"({"m": [true], "n": [51, 100]})"));
  CHECK(list["pairs"][0]["count"] == 50);
  CHECK(list["pairs"][0]["exact"] == true);
  // A policy that is not understood has no list; other formats have no place for one.
  const std::string bad = folder.write("bad.policy", "policy p\ntarget a\na when n\n");
  const auto none = nlohmann::json::parse(
      policyc({"verify", "--list", "overlaps", "--format", "json", bad}).out);
  CHECK(none["files"][0]["overlaps"].is_null());
  const ProcessResult sarif =
      policyc({"verify", "--list", "overlaps", "--format", "sarif", policy});
  CHECK(sarif.status == 2);
  CHECK(has(sarif.err, "--list prints as human or json, not as sarif"));
  CHECK(policyc({"verify", "--list", "overlap", policy}).status == 2);
}

TEST_CASE("verify --max-boxes cuts the region of a finding; JSON has more boxes by default") {
  const TemporaryFolder folder;
  std::string text = "policy p\nfact n : int 0 .. 99\nfact m : int 0 .. 99\ntarget t\nt when not (\n";
  for (int i = 0; i < 10; ++i) {
    const std::string value = std::to_string(7 * i + 3);
    text += "  (n == " + value + " and m == " + value + (i < 9 ? ") or\n" : "))\n");
  }
  const std::string policy = folder.write("points.policy", text);
  const auto boxes = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"verify", "--format=json", policy});
    const auto document = nlohmann::json::parse(policyc(more).out);
    const auto& region = document["files"][0]["diagnostics"][0]["region"];
    CHECK(region["count"] == 10);
    CHECK(region["exact"] == true);
    CHECK(region["complete"] == (region["boxes"].size() == 10));
    return region["boxes"].size();
  };
  CHECK(boxes({}) == 10);
  CHECK(boxes({"--max-boxes=0"}) == 10);
  CHECK(boxes({"--max-boxes=4"}) == 4);
  const std::string more = "... and more (`policyc verify --max-boxes 0` shows all)";
  const std::string few = policyc({"verify", policy}).out;
  INFO(few);
  CHECK(has(few, "n == 38, m == 38: 1\n"));
  CHECK_FALSE(has(few, "n == 45, m == 45: 1\n"));
  CHECK(has(few, more));
  const std::string all = policyc({"verify", "--max-boxes", "0", policy}).out;
  CHECK(has(all, "n == 66, m == 66: 1\n"));
  CHECK_FALSE(has(all, "and more"));
  CHECK(policyc({"verify", "--max-boxes", "x", policy}).status == 2);
}

TEST_CASE("verify --format json: files, counts, findings with their regions") {
  const TemporaryFolder folder;
  const std::string policy = folder.write("routing.policy", kRouting);
  const std::string kernels = folder.write("kernels.requires", kKernels);
  const ProcessResult result = policyc(
      {"verify", "--format", "json", "--capabilities", kernels, policy, folder.path("none.policy")});
  CHECK(result.status == 2);
  const auto document = nlohmann::json::parse(result.out);
  CHECK(document["failed"] == true);
  REQUIRE(document["files"].size() == 2);
  const auto& file = document["files"][0];
  CHECK(file["rules"] == 2);
  CHECK(file["combinations"] == 12);
  CHECK(file["excluded"] == 0);
  CHECK(file["unknown_targets"][0] == "other_kernel");
  CHECK(file["diagnostics"][0]["code"] == "SY0321");
  CHECK(file["diagnostics"][0]["region"]["count"] == 1);
  CHECK(document["files"][1].contains("unreadable"));
}

}  // namespace switchyard::testing
