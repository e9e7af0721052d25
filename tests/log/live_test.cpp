#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "runtime/log/layer_line.h"
#include "runtime/log/slow_path.h"
#include "runtime/store/policy_store.h"
#include "tests/log/sample_log.h"

// A policy that is edited while threads decide by it and log: what runtime/store hands out is what
// runtime/log writes, and `policyc audit` reads.
namespace switchyard::testing {

using Json = nlohmann::json;

namespace {

// Deciding threads of an engine, until told to stop.
class Deciders {
 public:
  Deciders(const PolicyStore& store, DecisionLog& log, const FactRow& facts) {
    for (int i = 0; i < 3; ++i) {
      threads_.emplace_back([&, i] {
        PolicyReader reader = store.reader();
        do {
          const Decision decision = reader.decide(facts.data());
          log.record(reader.last()->table(), reader.last()->generation(), facts.data(), decision,
                     {LogContext::kNoLatency, i});
          ++(reader.last()->generation() == 1 ? by_first_ : by_second_);
        } while (!stop_);
        log.flush();
      });
    }
    while (by_first_ < 100) std::this_thread::yield();
  }
  // After decisions by the second table.
  void stop() {
    while (by_second_ < 100) std::this_thread::yield();
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  std::atomic<bool> stop_{false};
  std::atomic<int> by_first_{0}, by_second_{0};
  std::vector<std::thread> threads_;
};

// What an engine's own log holds, of the threads of store and decision log.
class Said {
 public:
  void add(const std::string& line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(line);
    changed_.notify_all();
  }
  // False after a minute, which is a failure.
  bool wait(const std::string& part) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::minutes(1), [&] { return count(part) > 0; });
  }
  std::size_t count(const std::string& part) const {
    std::size_t found = 0;
    for (const std::string& line : lines_) found += line.find(part) == std::string::npos ? 0 : 1;
    return found;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

void rename_over(const TemporaryFolder& folder, const std::string& text) {
  std::filesystem::rename(folder.write("part", text), folder.path("live.policy"));
}

}  // namespace

TEST_CASE("a policy edited under deciding threads: log, slow path, layer lines and metrics agree") {
  const TemporaryFolder folder;
  const std::string text = kLogged, before = "native when mx and scheme == w4 and aiter";
  const std::string policy = folder.write("live.policy", text);
  Said said;
  PolicyStoreOptions options;
  options.compiler = POLICYC;
  options.log = [&](const StoreEvent& event) { said.add(event.text); };
  const auto store = PolicyStore::open(policy, options);
  if (!store) FAIL(store.error().message);
  const std::string first = (*store)->status().hash;
  LogConfig config;
  config.path = folder.path("log");
  config.sample_every = 0;
  config.on_slow_path = [&](const SlowPath& slow) { said.add(to_text(slow)); };
  const auto log = open_log(config);
  const PolicySnapshot start = (*store)->read();
  const FactRow facts = row_of(start.table(), {{"aiter", "true"}});
  CHECK(layer_line("mlp", start.table(), facts.data()) ==
        "layer mlp: native: the fast one (live.policy:17)");
  Deciders deciders(**store, *log, facts);

  rename_over(folder, "this is no policy");
  REQUIRE(said.wait("generation 1 stays"));
  std::string edited = text;
  edited.replace(edited.find(before), before.size(), "native when mx and scheme == w4a4");
  rename_over(folder, edited);
  REQUIRE(said.wait("generation 2: "));
  deciders.stop();
  log->flush();

  const StoreStatus status = (*store)->status();
  CHECK(first != status.hash);
  CHECK(layer_line("mlp", (*store)->read().table(), facts.data()) ==
        "layer mlp: packed(block_m = 16, order = row): few tokens (live.policy:18)");
  CHECK(
      said.count("slow path: policy sample runs packed(block_m = 16, order = row) (live.policy:18: "
                 "few tokens) where native could run, but live.policy:17 needs `scheme == w4a4`; "
                 "first seen with mx = true") == 1);
  CHECK(said.count("slow path") == 1);

  std::set<std::tuple<std::uint64_t, std::string, std::string>> seen;
  for (const std::string& line : lines_of(folder.path("log"))) {
    const Json json = Json::parse(line);
    seen.emplace(json["generation"], json["table"], json["target"]);
  }
  CHECK(seen == decltype(seen){{1, first, "native"}, {2, status.hash, "packed"}});

  Metrics metrics = log->metrics();
  metrics.reloads.push_back({status.policy, status.accepted, status.rejected});
  REQUIRE(metrics.tables.size() == 1);
  CHECK(metrics.tables[0].generation == 2);
  CHECK_THAT(
      to_prometheus(metrics),
      Catch::Contains(status.hash) && Catch::Contains("switchyard_slow_paths_total 1\n") &&
          Catch::Contains("switchyard_reloads_total{policy=\"sample\",result=\"accepted\"} 2\n") &&
          Catch::Contains("switchyard_reloads_total{policy=\"sample\",result=\"refused\"} 1\n"));

  // Held against the policy as it is now, the lines of the first table are told to differ.
  const ProcessResult audit = run_process({POLICYC, "audit", policy, folder.path("log")});
  INFO(audit.out << audit.err);
  CHECK(audit.status == 1);
  CHECK_THAT(audit.out, Catch::Contains("native") && Catch::Contains("packed"));
}

}  // namespace switchyard::testing
