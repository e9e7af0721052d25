#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "runtime/log/log_file.h"
#include "runtime/log/slow_path.h"
#include "tests/log/sample_log.h"

// Sampling, first occurrences, full rings, files that cannot be written, rotation.
namespace switchyard::testing {
namespace {

using Catch::Matchers::Contains;
using Json = nlohmann::json;

LogConfig config_of(const std::string& path, std::uint64_t sample_every, LogConfig::First first) {
  LogConfig config;
  config.path = path;
  config.sample_every = sample_every;
  config.first = first;
  return config;
}

std::uint64_t count_of(const Metrics& metrics, Decision::Kind kind, const std::string& rule) {
  std::uint64_t count = 0;
  for (const DecisionCount& own : metrics.decisions) {
    if (own.kind == kind && own.rule == rule) count += own.count;
  }
  return count;
}

}  // namespace

TEST_CASE("sampling writes one of N of each thread, and all are counted") {
  const TemporaryFolder folder;
  const Table table = open_policy(kLogged);
  const auto log = open_log(config_of(folder.path("log"), 10, LogConfig::First::kNone));
  const FactRow row = row_of(table, {{"aiter", "true"}});
  const Decision decision = decide(table, row.data());
  const auto hundred = [&] {
    for (int i = 0; i < 105; ++i) log->record(table, 1, row.data(), decision);
  };
  hundred();
  std::thread(hundred).join();
  log->flush();
  CHECK(lines_of(folder.path("log")).size() == 20);
  CHECK(count_of(log->metrics(), Decision::Kind::kTarget, "test.policy:17") == 210);
}

TEST_CASE("the first decision of each rule, or of each box, is written whatever the sampling") {
  const Table table = open_policy(kLogged);
  const auto lines = [&](LogConfig::First first) {
    const TemporaryFolder folder;
    const auto log = open_log(config_of(folder.path("log"), 0, first));
    for (int round = 0; round < 3; ++round) {
      for (const char* tokens : {"1", "2", "16", "17", "18", "4001"}) {
        for (const char* aiter : {"true", "false"}) {
          record(*log, table, {{"tokens", tokens}, {"mx", "false"}, {"aiter", aiter}});
        }
      }
    }
    log->flush();
    return lines_of(folder.path("log")).size();
  };
  CHECK(lines(LogConfig::First::kNone) == 0);
  CHECK(lines(LogConfig::First::kRule) == 2);  // packed(block_m = 16) and emulated
  CHECK(lines(LogConfig::First::kBox) ==
        6);  // 1 .. 16, 17 .. 4000, 4001 ..; with and without aiter
}

TEST_CASE("boxes without end: past 3,000 of them only the first of each rule is written") {
  const TemporaryFolder folder;
  std::string text =
      "policy many\nfact tokens : int 0 .. 9999\ntarget a\ntarget b\ntarget c\n"
      "c when tokens == 9999\n";
  for (int i = 0; i < 4'000; ++i) text += "a when tokens == " + std::to_string(2 * i) + "\n";
  const Table table = open_policy(text + "b otherwise\n");
  LogConfig config = config_of(folder.path("log"), 0, LogConfig::First::kBox);
  config.ring_bytes = 4 << 20;
  const auto log = open_log(config);
  for (std::int32_t tokens = 0; tokens < 10'000; ++tokens) {
    log->record(table, 1, &tokens, decide(table, &tokens));
  }
  log->flush();
  const auto lines = lines_of(folder.path("log"));
  // One box a rule, and one of what is left: all of them, by whichever way.
  CHECK(lines.size() >= 3'000);
  CHECK(lines.size() <= 4'002);
  CHECK(Json::parse(lines.back())["target"] == "c");
}

TEST_CASE("a new generation's first decisions are written again, and counts go on") {
  const TemporaryFolder folder;
  const auto log = open_log(config_of(folder.path("log"), 0, LogConfig::First::kRule));
  for (std::uint64_t generation = 1; generation <= 3; ++generation) {
    const Table table = open_policy(kLogged);
    record(*log, table, {{"aiter", "true"}}, {}, generation);
    record(*log, table, {{"aiter", "true"}}, {}, generation);
  }
  log->flush();
  const auto lines = lines_of(folder.path("log"));
  REQUIRE(lines.size() == 3);
  CHECK(Json::parse(lines[2])["generation"] == 3);
  const Metrics metrics = log->metrics();
  CHECK(count_of(metrics, Decision::Kind::kTarget, "test.policy:17") == 6);
  REQUIRE(metrics.tables.size() == 1);
  CHECK(metrics.tables[0].generation == 3);
}

TEST_CASE("two policies of one thread, in turns") {
  const TemporaryFolder folder;
  const auto log = open_log(config_of(folder.path("log"), 1, LogConfig::First::kNone));
  const Table one = open_policy(kLogged);
  std::string text = kLogged;
  text.replace(text.find("sample"), 6, "second");
  const Table two = open_policy(text);
  for (int i = 0; i < 100; ++i) record(*log, i % 2 == 0 ? one : two, {});
  log->flush();
  const auto lines = lines_of(folder.path("log"));
  REQUIRE(lines.size() == 100);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    CHECK(Json::parse(lines[i])["table"] == (i % 2 == 0 ? one : two).hash());
  }
  CHECK(log->metrics().tables.size() == 2);
}

TEST_CASE("a full ring drops lines, counts them, and the next line tells") {
  const TemporaryFolder folder;
  const Table table = open_policy(kLogged);
  LogConfig config = config_of(folder.path("log"), 1, LogConfig::First::kNone);
  config.ring_bytes = 4'096;
  config.poll = std::chrono::milliseconds(60'000);  // only flush() writes
  const auto log = open_log(config);
  for (int i = 0; i < 100; ++i) record(*log, table, {});
  log->flush();
  const auto before = lines_of(folder.path("log")).size();
  CHECK(before < 100);
  CHECK(log->status().lost_ring == 100 - before);
  record(*log, table, {});
  record(*log, table, {});
  log->flush();
  const auto lines = lines_of(folder.path("log"));
  REQUIRE(lines.size() == before + 2);
  std::uint64_t told = 0;
  for (const std::string& line : lines) told += Json::parse(line).value("dropped", 0u);
  CHECK(told == 100 - before);
  CHECK(log->metrics().lost_ring == 100 - before);
  CHECK(log->metrics().lines == before + 2);
}

TEST_CASE("files are rotated by size: whole lines, K old ones, nothing lost") {
  const TemporaryFolder folder;
  const Table table = open_policy(kLogged);
  LogConfig config = config_of(folder.path("log"), 1, LogConfig::First::kNone);
  config.max_file_bytes = 4'096;
  config.keep_files = 3;
  const auto log = open_log(config);
  for (int i = 0; i < 100; ++i) record(*log, table, {}, {static_cast<std::uint64_t>(i), -1});
  log->flush();
  CHECK(log->status().rotations >= 4);
  CHECK_FALSE(std::filesystem::exists(folder.path("log.4")));
  std::vector<std::uint64_t> seen;
  for (const char* name : {"log.3", "log.2", "log.1", "log"}) {
    CHECK(std::filesystem::file_size(folder.path(name)) <= 4'096);
    for (const std::string& line : lines_of(folder.path(name))) {
      seen.push_back(Json::parse(line)["latency_ns"]);
    }
  }
  for (std::size_t i = 0; i < seen.size(); ++i) CHECK(seen[i] == 100 - seen.size() + i);
}

TEST_CASE("a file that grows no more: counted, told once, and it goes on when it can") {
  const TemporaryFolder folder;
  const Table table = open_policy(kLogged);
  LogConfig config = config_of(folder.path("log"), 1, LogConfig::First::kNone);
  std::vector<std::string> problems;
  config.on_problem = [&](const std::string& problem) { problems.push_back(problem); };
  const auto log = open_log(config);
  record(*log, table, {});
  log->flush();
  const auto one_line = std::filesystem::file_size(folder.path("log"));
  // A limit in the middle of the second line stands for a full disk: a short write, then an error.
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit old = {};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &old) == 0);
  const rlimit small = {one_line * 3 / 2, old.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  for (int i = 0; i < 3; ++i) {
    record(*log, table, {});
    log->flush();
  }
  const LogStatus full = log->status();
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &old) == 0);
  CHECK(full.lines == 1);
  CHECK(full.lost_file == 3);
  CHECK_THAT(full.problem, Contains("cannot write the decision log") && Contains("File too large"));
  CHECK(problems.size() == 1);
  CHECK_FALSE(log->metrics().writing);
  CHECK(std::filesystem::file_size(folder.path("log")) == one_line);  // no half line stays
  record(*log, table, {});
  log->flush();
  CHECK(log->status().problem.empty());
  const auto lines = lines_of(folder.path("log"));
  REQUIRE(lines.size() == 2);
  CHECK(Json::parse(lines[1])["dropped"] == 3);
}

TEST_CASE("a rotation that fails is told, and the file grows on") {
  const TemporaryFolder folder;
  const Table table = open_policy(kLogged);
  LogConfig config = config_of(folder.path("log"), 1, LogConfig::First::kNone);
  config.max_file_bytes = 4'096;
  config.keep_files = 1;
  std::vector<std::string> problems;
  config.on_problem = [&](const std::string& problem) { problems.push_back(problem); };
  std::filesystem::create_directories(folder.path("log.1/in the way"));
  const auto log = open_log(config);
  for (int i = 0; i < 30; ++i) record(*log, table, {});
  log->flush();
  CHECK(lines_of(folder.path("log")).size() == 30);
  CHECK(log->status().lines == 30);
  REQUIRE(problems.size() == 1);
  CHECK_THAT(problems[0], Contains("cannot rename") && Contains("grows past 4096 bytes"));
}

TEST_CASE("a log that cannot be opened says why and what to do") {
  const TemporaryFolder folder;
  const auto error = [](LogConfig config) {
    const auto log = DecisionLog::open(std::move(config));
    REQUIRE_FALSE(log.has_value());
    return log.error().message;
  };
  const auto with = [&](auto change) {
    LogConfig config;
    config.path = folder.path("log");
    change(config);
    return config;
  };
  CHECK_THAT(error(with([&](auto& c) { c.path = folder.path("no/log"); })),
             Contains("cannot open the decision log") && Contains("make its folder"));
  CHECK_THAT(error(with([&](auto& c) { c.path = folder.path("."); })), Contains("Is a directory"));
  REQUIRE(::mkfifo(folder.path("pipe").c_str(), 0600) == 0);
  CHECK_THAT(error(with([&](auto& c) { c.path = folder.path("pipe"); })),
             Contains("not a regular file"));
  CHECK_THAT(error(with([](auto& c) { c.max_file_bytes = 100; })), Contains("give 4096 or more"));
  CHECK_THAT(error(with([](auto& c) { c.keep_files = 0; })), Contains("give 1 to 1000"));
  CHECK_THAT(error(with([](auto& c) { c.ring_bytes = 5'000; })), Contains("power of two"));
  CHECK_THAT(error(with([](auto& c) { c.poll = std::chrono::milliseconds(0); })),
             Contains("1 to 60000"));
  LogConfig good;
  good.path = folder.path("log.{pid}");
  const auto log = open_log(good);
  CHECK(log->status().path == folder.path("log." + std::to_string(::getpid())));
  CHECK_THAT(error(good), Contains("another log writes") && Contains("{pid}"));
}

TEST_CASE("a half line of a process that died does not swallow the next one") {
  const TemporaryFolder folder;
  const Table table = open_policy(kLogged);
  folder.write("log", "{\"facts\": {\"mx\"");
  const auto log = open_log(config_of(folder.path("log"), 1, LogConfig::First::kNone));
  record(*log, table, {});
  log->flush();
  const auto lines = lines_of(folder.path("log"));
  REQUIRE(lines.size() == 2);
  CHECK(Json::parse(lines[1])["outcome"] == "target");
}

TEST_CASE("a file that something else moved or deleted is begun anew") {
  const TemporaryFolder folder;
  auto file = LogFile::open(folder.path("log"), 4'096, 1);
  REQUIRE(file.has_value());
  std::uint64_t written = 0;
  REQUIRE(file->write("one\n", written).has_value());
  file->follow_path();
  REQUIRE(file->write("two\n", written).has_value());
  std::filesystem::rename(folder.path("log"), folder.path("moved"));
  file->follow_path();
  REQUIRE(file->write("three\n", written).has_value());
  CHECK(read_file(folder.path("moved")) == "one\ntwo\n");
  CHECK(read_file(folder.path("log")) == "three\n");
  std::filesystem::remove(folder.path("log"));
  std::filesystem::create_directory(folder.path("log"));
  file->follow_path();
  CHECK_THAT(file->rotation_problem(), Contains("go on into the file that was moved away"));
}

TEST_CASE("after a fork the parent's log is silent, and the child may have one of its own") {
  const TemporaryFolder folder;
  const Table table = open_policy(kLogged);
  const FactRow row = row_of(table, {});
  const Decision decision = decide(table, row.data());
  LogConfig config = config_of(folder.path("log.{pid}"), 1, LogConfig::First::kNone);
  auto log = open_log(config);
  log->record(table, 1, row.data(), decision);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    log->record(table, 1, row.data(), decision);
    log->record(table, 2, row.data(), decision);
    log->flush();
    const bool silent = log->status().problem.find("before a fork") != std::string::npos &&
                        log->metrics().decisions.empty();
    log.reset();
    auto own = DecisionLog::open(config);
    if (!own) std::_Exit(2);
    (*own)->record(table, 1, row.data(), decision);
    (*own)->flush();
    std::_Exit(silent && (*own)->status().lines == 1 ? 0 : 1);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  log->record(table, 1, row.data(), decision);
  log->flush();
  CHECK(log->status().lines == 2);
  CHECK(lines_of(folder.path("log." + std::to_string(child))).size() == 1);
}

TEST_CASE("without a file a log still counts") {
  const Table table = open_policy(kLogged);
  const auto log = open_log({});
  record(*log, table, {{"scheme", "w4a8"}});
  log->flush();
  CHECK(count_of(log->metrics(), Decision::Kind::kExcluded, "test.policy:10") == 1);
  CHECK(log->status().lines == 0);
}

}  // namespace switchyard::testing
