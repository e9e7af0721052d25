// Stores of policies: policyc runs as a process.
#include <catch2/catch.hpp>

#include <filesystem>
#include <thread>

#include "runtime/store/compile_policy.h"
#include "tests/store/live_policies.h"

namespace switchyard::testing {
namespace {

namespace fs = std::filesystem;

constexpr NumberedFacts kFacts{60, 1};

// A program in place of policyc.
std::string script(const TemporaryFolder& folder, const std::string& text) {
  const std::string path = folder.write("bin/compiler", "#!/bin/sh\n" + text);
  fs::permissions(path, fs::perms::owner_all);
  return path;
}

}  // namespace

TEST_CASE("a policy is compiled, and again when it changes; the table is what policyc writes") {
  const TemporaryFolder folder;
  const std::string path = folder.write("live.policy", numbered_policy(1));
  Events events;
  auto store = PolicyStore::open(path, events.options());
  if (!store) FAIL(store.error().message);
  const std::string expected = compile(numbered_policy(1));
  const PolicySnapshot first = (*store)->read();
  CHECK(number_of(first.table(), kFacts) == 1);
  CHECK(first.table().rules()[0].location == "live.policy:5");

  replace(path, numbered_policy(2));
  REQUIRE(events.wait_accepted(2));
  CHECK(number_of((*store)->read().table(), kFacts) == 2);
}

TEST_CASE("a policy that does not compile leaves the last table, with policyc's words in the status") {
  const TemporaryFolder folder;
  const std::string path = folder.write("live.policy", numbered_policy(1));
  Events events;
  auto store = PolicyStore::open(path, events.options());
  REQUIRE(store);
  replace(path, "policy live\nfact n : int 0 .. 100\ntarget t\nt when n > 5\n");
  REQUIRE(events.wait_rejected("does not compile: error[SY0302]"));
  const StoreStatus status = (*store)->status();
  CHECK(status.generation == 1);
  REQUIRE(status.last_rejection);
  CHECK(status.last_rejection->standing);
  CHECK(status.last_rejection->count == 1);
  CHECK(status.last_rejection->diagnostics.find("--> live.policy:4:1") != std::string::npos);
  CHECK(number_of((*store)->read().table(), kFacts) == 1);

  const auto again = (*store)->reload();
  REQUIRE_FALSE(again);
  CHECK((*store)->status().last_rejection->count == 2);
  CHECK(events.all().size() == 2);  // told once

  const auto none = PolicyStore::open(path, events.options());
  REQUIRE_FALSE(none);
  CHECK(none.error().message.find("SY0302") != std::string::npos);
}

TEST_CASE("a file that the policy imports is watched too, wherever it is") {
  const TemporaryFolder folder;
  const auto importing = [](int number) {
    return "policy live\nimport \"../facts/live.facts\"\n" +
           numbered_policy(number).substr(std::string("policy live\n").size());
  };
  std::string text = importing(1);
  text.replace(text.find("fact fast : bool\n"), 17, "");
  folder.write("facts/live.facts", "fact fast : bool\n");
  const std::string path = folder.write("policies/live.policy", text);
  Events events;
  auto store = PolicyStore::open(path, events.options());
  if (!store) FAIL(store.error().message);
  CHECK((*store)->read().table().facts()[0].doc == "");
  replace(folder.path("facts/live.facts"), "fact fast : bool \"the fast path\"\n");
  REQUIRE(events.wait_accepted(2));
  CHECK((*store)->read().table().facts()[0].doc == "the fast path");
  replace(folder.path("facts/live.facts"), "fact fast : enum { no, yes }\n");
  REQUIRE(events.wait_rejected("does not compile"));
}

TEST_CASE("a compiler that is not there, is no program, fails without a word or lies") {
  const TemporaryFolder folder;
  const std::string path = folder.write("live.policy", numbered_policy(1));
  PolicyStoreOptions options;
  const auto message = [&](const std::string& compiler) {
    options.compiler = compiler;
    const auto store = PolicyStore::open(path, options);
    REQUIRE_FALSE(store);
    return store.error().message;
  };
  CHECK(message(folder.path("none")) ==
        "cannot run `" + folder.path("none") +
            "`: No such file or directory; install it, or name it in the store's options");
  CHECK(message("switchyard-has-no-such-program").find("No such file or directory; install it") !=
        std::string::npos);
  CHECK(message(path).find("Permission denied") != std::string::npos);
  CHECK(message(script(folder, "exit 3\n")).find("does not compile") != std::string::npos);
  CHECK(message(script(folder, "exit 0\n")).find("wrote no table") != std::string::npos);
  CHECK(message(script(folder, "kill -9 $$\n")).find("was ended by signal 9") != std::string::npos);
  CHECK(message(script(folder, "echo nonsense > $3\n")).find("live.policy") != std::string::npos);
}

TEST_CASE("a compiler that hangs is stopped with what it started, and serving goes on") {
  const TemporaryFolder folder;
  const std::string hanging = script(folder, "sleep 1000 &\nwait\n");
  const CompileResult result = compile_policy(hanging, folder.write("live.policy", ""),
                                              folder.path("out"), std::chrono::milliseconds(100),
                                              [] { return false; });
  CHECK(result.kind == CompileResult::Kind::kFailed);
  CHECK(result.reason.find("did not compile") != std::string::npos);
  CHECK(result.reason.find("within 0.1 s and was stopped") != std::string::npos);

  const CompileResult unwanted = compile_policy(hanging, folder.path("live.policy"), folder.path("out"),
                                                std::chrono::hours(1), [] { return true; });
  CHECK(unwanted.kind == CompileResult::Kind::kAbandoned);

  // A store whose compiler hangs on one policy: a corrected one ends that, long before the timeout.
  const std::string picky = script(
      folder, "grep -q 'id = 4)' \"$1\" && { touch \"" + folder.path("hangs") + "\"; sleep 1000; }\nexec " +
                  POLICYC + " \"$@\"\n");
  const std::string path = folder.write("live.policy", numbered_policy(1));
  Events events;
  PolicyStoreOptions options = events.options();
  options.compiler = picky;
  options.compile_timeout = std::chrono::hours(1);
  auto store = PolicyStore::open(path, options);
  if (!store) FAIL(store.error().message);
  replace(path, numbered_policy(2));
  while (!fs::exists(folder.path("hangs"))) std::this_thread::yield();
  CHECK((*store)->status().generation == 1);
  replace(path, numbered_policy(3));
  REQUIRE(events.wait_accepted(2));
  CHECK(number_of((*store)->read().table(), kFacts) == 3);

  // And a store ends while its compiler hangs.
  fs::remove(folder.path("hangs"));
  replace(path, numbered_policy(2));
  while (!fs::exists(folder.path("hangs"))) std::this_thread::yield();
  store->reset();
}

TEST_CASE("diagnostics without an end are cut") {
  const TemporaryFolder folder;
  const std::string path = folder.write("live.policy", "");
  const CompileResult result =
      compile_policy(script(folder, "yes error | head -c 1000000 >&2\nexit 1\n"), path,
                     folder.path("out"), std::chrono::minutes(1), [] { return false; });
  CHECK(result.kind == CompileResult::Kind::kRefused);
  CHECK(result.diagnostics.size() == kMostDiagnostics);
}

}  // namespace switchyard::testing
