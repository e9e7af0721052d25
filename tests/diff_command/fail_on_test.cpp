// --fail-on: which changes it finds, and what it says to names that are none.
#include <catch2/catch.hpp>

#include "tests/diff_command/policies.h"

namespace switchyard::testing {
namespace {

struct FailOn : Policies {
  // "from -> to" of the changes that these patterns find.
  std::vector<std::string> failed(std::vector<std::string> patterns,
                                  std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {old_path, new_path};
    for (const std::string& pattern : patterns) {
      arguments.push_back("--fail-on");
      arguments.push_back(pattern);
    }
    arguments.insert(arguments.end(), more.begin(), more.end());
    std::vector<std::string> found;
    const nlohmann::json report = json_diff(arguments);
    for (const auto& change : report["changes"]) {
      if (change["failed"].empty()) continue;
      found.push_back(change["from"]["value"].get<std::string>() + " -> " +
                      change["to"]["value"].get<std::string>());
    }
    return found;
  }
};

using Found = std::vector<std::string>;

}  // namespace

TEST_CASE_METHOD(FailOn, "patterns name targets, whatever their parameters, or anything") {
  CHECK(failed({"native -> emulated"}) == Found{"native -> emulated"});
  CHECK(failed({" native->packed "}) == Found{"native -> packed(block_m = 64)"});
  CHECK(failed({"native -> *"}) ==
        Found{"native -> emulated", "native -> packed(block_m = 64)"});
  CHECK(failed({"refused -> *"}) == Found{"refused -> emulated"});
  CHECK(failed({"error -> emulated"}) == Found{"refused -> emulated"});
  CHECK(failed({"* -> *"}).size() == 3);
  CHECK(failed({"* -> refused", "* -> excluded", "undecided -> *", "emulated -> native"}).empty());
  CHECK(failed({"native -> packed", "native -> emulated"}).size() == 2);
}

TEST_CASE_METHOD(FailOn, "by an attribute, patterns name its values") {
  CHECK(failed({"fast -> slow"}, {"--by=family"}) == Found{"fast -> slow"});
  CHECK(policy_diff({old_path, new_path, "--by=family", "--fail-on=native -> slow"})
            .err.find("neither policy has a target with `family =` `native`") != std::string::npos);
}

TEST_CASE_METHOD(FailOn, "slower goes by the faster lines") {
  CHECK(failed({"slower"}) == Found{"native -> emulated", "native -> packed(block_m = 64)"});
  const ProcessResult back = policy_diff({new_path, old_path, "--fail-on=slower"});
  CHECK(back.status == 1);
  CHECK(back.out.find("FAILS") == std::string::npos);
  // native -> packed is within one family, so the report by family does not show it.
  const auto by_family = json_diff({old_path, new_path, "--by=family", "--fail-on=slower"});
  CHECK(by_family["slower"].size() == 1);
  CHECK(by_family["slower"][0].get<std::string>().find("32: native -> packed") == 0);
  CHECK(by_family["accepted"] == false);
}

TEST_CASE_METHOD(FailOn, "only within one family: equal by family, and yet not accepted") {
  std::string text = kOld;
  text.insert(text.find("native when"), "packed when mx and scheme == a and tokens > 32\n");
  const std::string other = folder.write("other.policy", text);
  CHECK(policy_diff({old_path, other, "--by=family"}).status == 0);
  CHECK(policy_diff({old_path, other, "--by=family", "--fail-on=slower"}).status == 1);
}

TEST_CASE_METHOD(FailOn, "what is no pattern ends with 2 and what to write") {
  const auto refused = [&](const std::string& pattern, const std::string& part) {
    const ProcessResult result = policy_diff({old_path, new_path, "--fail-on", pattern});
    INFO(pattern << ": " << result.err);
    CHECK(result.status == 2);
    CHECK(result.out.empty());
    CHECK(result.err.find(part) != std::string::npos);
  };
  refused("natve -> emulated", "did you mean `native`?");
  refused("native -> emulatd", "did you mean `emulated`?");
  refused("native -> refusd", "did you mean `refused`?");
  refused("native emulated", "has no `->`");
  refused("native ->", "lacks a side");
  refused("faster", "has no `->`");
  refused("", "has no `->`");
  refused("native -> emulated -> packed", "neither policy has a target");
}

}  // namespace switchyard::testing
