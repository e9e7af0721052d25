#include "runtime/log/slow_path.h"

#include <set>
#include <thread>

#include "tests/log/sample_log.h"

// Slow paths against trying every combination by hand, and their texts.
namespace switchyard::testing {

TEST_CASE("a slow path says what runs, what could, and which conditions failed; once a box") {
  const Table table = open_policy(kLogged);
  std::vector<SlowPath> found;
  LogConfig config;
  config.sample_every = 0;
  config.on_slow_path = [&](const SlowPath& slow) { found.push_back(slow); };
  const auto log = open_log(config);
  // native could run, and its rule wants aiter.
  for (int i = 0; i < 5; ++i) record(*log, table, {});
  record(*log, table, {{"tokens", "9"}});
  log->flush();
  REQUIRE(found.size() == 1);
  CHECK(reason(found[0]) ==
        "policy sample runs packed(block_m = 16, order = row) (test.policy:18: "
        "few tokens) where native could run, but test.policy:17 needs `aiter`");
  CHECK(to_text(found[0]) ==
        "slow path: " + reason(found[0]) +
            "; first seen with mx = true, scheme = w4, tokens = 8, arch = other, backends = <>, "
            "rocm = 6.4, forced = unset, aiter = false");
  // Another reason, with two faster targets: packed has no `requires` and could always run.
  record(*log, table, {{"tokens", "17"}, {"scheme", "w4a4"}, {"aiter", "true"}});
  log->flush();
  REQUIRE(found.size() == 2);
  CHECK(reason(found[1]) ==
        "policy sample runs emulated (test.policy:20) where native could run, but test.policy:17 "
        "needs `scheme == w4`; and packed could run, but test.policy:18 needs `tokens <= 16`, "
        "test.policy:19 needs `backends has ck` and `rocm > 7.0` and `forced == off`");
  // The fastest, one that nothing faster could replace, and a refusal are none.
  record(*log, table, {{"aiter", "true"}});
  record(*log, table, {{"mx", "false"}});
  record(*log, table, {{"mx", "false"}, {"scheme", "w4a8"}, {"tokens", "4001"}});
  // The same policy's next generation has the same reasons.
  record(*log, open_policy(kLogged), {}, {}, 2);
  log->flush();
  CHECK(found.size() == 2);
  CHECK(log->status().slow_paths == 2);
  CHECK(log->metrics().slow_paths == 2);
  // Another box with the first one's reason is told of, once.
  for (int i = 0; i < 3; ++i) record(*log, table, {{"rocm", "8.0"}});
  record(*log, table, {{"rocm", "9.0"}});  // the same box: the policy compares with 7.0 alone
  log->flush();
  REQUIRE(found.size() == 3);
  CHECK(reason(found[2]) == reason(found[0]));
  CHECK_THAT(found[2].facts, Catch::Contains("rocm = 8.0"));
  CHECK(log->metrics().slow_paths == 3);
}

TEST_CASE("every box with a slow path is told of exactly once, from all threads and generations") {
  const Table table = open_policy(kLogged), again = open_policy(kLogged);
  std::vector<std::string> told;  // by the writer's thread alone
  LogConfig config;
  config.on_slow_path = [&](const SlowPath& slow) { told.push_back(slow.facts); };
  const auto log = open_log(config);
  std::vector<FactRow> rows;
  std::size_t slow = 0;
  for (const char* scheme : {"w4", "w4a4"}) {
    for (const char* tokens : {"16", "17", "4001"}) {
      for (const char* arch : {"gfx942", "gfx950"}) {
        rows.push_back(row_of(table, {{"scheme", scheme}, {"tokens", tokens}, {"arch", arch}}));
        const Decision decision = decide(table, rows.back().data());
        const auto faster =
            faster_that_could_run(table, faster_than(table), rows.back().data(), decision);
        slow += faster.empty() ? 0 : 1;
      }
    }
  }
  REQUIRE(slow == rows.size());  // aiter is off: native never decides
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int pass = 0; pass < 50; ++pass) {
        for (const FactRow& row : rows) {
          const Table& own = pass < 25 ? table : again;
          log->record(own, 1 + t % 2 + (pass < 25 ? 0 : 2), row.data(), decide(own, row.data()));
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  log->flush();
  CHECK(told.size() == rows.size());
  CHECK(std::set<std::string>(told.begin(), told.end()).size() == rows.size());
}

TEST_CASE(
    "an entry that stands behind the one taken is a slow path too; one that cannot run is none") {
  const Table table = open_policy(R"(policy order
fact mx : bool
target native
target packed
target emulated
native requires mx
faster native over packed
faster packed over emulated
first of emulated, native otherwise
)");
  const auto faster = faster_than(table);
  CHECK(faster == std::vector<std::vector<std::uint32_t>>{{}, {0}, {0, 1}});
  const auto at = [&](const char* mx) {
    FactRow row(table);
    REQUIRE(row.set_text("mx", mx).has_value());
    return faster_that_could_run(table, faster, row.data(), decide(table, row.data()));
  };
  const auto slow = at("true");
  REQUIRE(slow.size() == 1);  // no rule ever uses packed
  CHECK(slow[0].name == "native");
  REQUIRE(slow[0].passed.size() == 1);
  CHECK(slow[0].passed[0].failed.empty());
  CHECK(at("false").empty());
  std::string told;
  LogConfig config;
  config.on_slow_path = [&](const SlowPath& path) { told = reason(path); };
  const auto log = open_log(config);
  FactRow row(table);
  REQUIRE(row.set_text("mx", "true").has_value());
  log->record(table, 1, row.data(), decide(table, row.data()));
  log->flush();
  CHECK(told ==
        "policy order runs emulated (test.policy:9) where native could run, but "
        "test.policy:9 comes after what decided");
}

TEST_CASE("what `allow slower` accepts is no slow path, and everything beside it is") {
  const Table table = open_policy(std::string(kLogged) +
                                  "allow slower when not aiter and tokens <= 16 because \"meant\"\n");
  std::vector<std::string> told;
  LogConfig config;
  config.on_slow_path = [&](const SlowPath& slow) { told.push_back(slow.facts); };
  const auto log = open_log(config);
  record(*log, table, {});
  record(*log, table, {{"tokens", "17"}});
  log->flush();
  REQUIRE(told.size() == 1);
  CHECK_THAT(told[0], Catch::Contains("tokens = 17"));
}

TEST_CASE("every combination of a policy: a slow path exactly where a faster target could run") {
  const Table table = open_policy(kLogged);
  const auto faster = faster_than(table);
  std::size_t slow_count = 0;
  for (const char* mx : {"true", "false"}) {
    for (const char* scheme : {"w4", "w4a4", "w4a8"}) {
      for (const char* tokens : {"16", "17", "4001"}) {
        for (const char* aiter : {"true", "false"}) {
          const FactRow row =
              row_of(table, {{"mx", mx}, {"scheme", scheme}, {"tokens", tokens}, {"aiter", aiter}});
          const Decision decision = decide(table, row.data());
          std::set<std::string> expected;
          if (decision.kind == Decision::Kind::kTarget) {
            const auto target = table.outcomes()[decision.index].target;
            // From the policy's text: native requires mx, packed nothing.
            if (target > 0 && std::string(mx) == "true") expected.insert("native");
            if (target > 1) expected.insert("packed");
          }
          std::set<std::string> found;
          for (const auto& one : faster_that_could_run(table, faster, row.data(), decision)) {
            found.insert(one.name);
          }
          CHECK(found == expected);
          slow_count += found.empty() ? 0 : 1;
        }
      }
    }
  }
  CHECK(slow_count > 0);
}

}  // namespace switchyard::testing
