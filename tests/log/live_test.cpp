#include <atomic>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

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
          const PolicyVersion& version = reader.read();
          log.record(version.table(), version.generation(), facts.data(),
                     decide(version.table(), facts.data()), {LogContext::kNoLatency, i});
          ++(version.generation() == 1 ? by_first_ : by_second_);
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

}  // namespace

TEST_CASE("a policy edited under deciding threads: generations and hashes in log and metrics") {
  const TemporaryFolder folder;
  const std::string text = kLogged, before = "native when mx and scheme == w4 and aiter";
  const std::string policy = folder.write("live.policy", text);
  PolicyStoreOptions options;
  options.compiler = POLICYC;
  options.watch = false;  // `reload` says when
  const auto store = PolicyStore::open(policy, options);
  if (!store) FAIL(store.error().message);
  const std::string first = (*store)->status().hash;
  LogConfig config;
  config.path = folder.path("log");
  config.sample_every = 0;
  config.first = LogConfig::First::kRule;
  const auto log = open_log(config);
  const FactRow facts = row_of((*store)->read().table(), {{"aiter", "true"}});
  Deciders deciders(**store, *log, facts);

  folder.write("live.policy", "this is no policy");
  CHECK_FALSE((*store)->reload().has_value());
  std::string edited = text;
  edited.replace(edited.find(before), before.size(), "native when mx and scheme == w4a4");
  folder.write("live.policy", edited);
  const auto reloaded = (*store)->reload();
  if (!reloaded) FAIL(reloaded.error().message);
  CHECK(*reloaded == 2);
  deciders.stop();

  const StoreStatus status = (*store)->status();
  std::set<std::tuple<std::uint64_t, std::string, std::string>> seen;
  for (const std::string& line : lines_of(folder.path("log"))) {
    const Json json = Json::parse(line);
    seen.emplace(json["generation"], json["table"], json["target"]);
  }
  CHECK(seen == decltype(seen){{1, first, "native"}, {2, status.hash, "packed"}});
  CHECK(first != status.hash);

  Metrics metrics = log->metrics();
  metrics.reloads.push_back({status.policy, status.accepted, status.rejected});
  REQUIRE(metrics.tables.size() == 1);
  CHECK(metrics.tables[0].generation == 2);
  const std::string exposed = to_prometheus(metrics);
  CHECK_THAT(exposed, Catch::Contains(status.hash) && Catch::Contains("reload"));

  // Held against the policy as it is now, the lines of the first table are told to differ.
  const ProcessResult audit = run_process({POLICYC, "audit", policy, folder.path("log")});
  INFO(audit.out << audit.err);
  CHECK(audit.status == 1);
  CHECK_THAT(audit.out, Catch::Contains("native") && Catch::Contains("packed"));
}

}  // namespace switchyard::testing
