// Also built with the thread sanitizer (test_store_tsan).
#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <latch>
#include <map>
#include <set>
#include <span>
#include <thread>
#include <vector>

#include "runtime/store/policy_store.h"
#include "tests/store/live_policies.h"

namespace switchyard::testing {
namespace {

constexpr int kThreads = 16;

// What one thread saw: the number of the table by generation.
struct Seen {
  std::map<std::uint64_t, int> number_by_generation;
  std::uint64_t decisions = 0;
  std::string problem;
};

// Threads that decide until told to stop, each with a reader of its own.
class Deciders {
 public:
  explicit Deciders(const PolicyStore& store) : store_(store), seen_(kThreads), counts_(kThreads) {
    for (int t = 0; t < kThreads; ++t) threads_.emplace_back([this, t] { run(t); });
  }
  ~Deciders() { stop(); }

  // Returns when every thread has made `more` further decisions: none is blocked.
  void wait_for_progress(std::uint64_t more) const {
    for (const Count& count : counts_) {
      const std::uint64_t before = count.decisions.load();
      while (count.decisions.load() < before + more) std::this_thread::yield();
    }
  }
  const std::vector<Seen>& stop() {
    stopping_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    return seen_;
  }

 private:
  struct alignas(64) Count {
    std::atomic<std::uint64_t> decisions{0};
  };

  void run(int t) {
    Seen& seen = seen_[static_cast<std::size_t>(t)];
    PolicyReader reader = store_.reader();
    std::vector<NumberedFacts> all;
    for (std::int32_t n = 0; n <= 100; ++n) all.insert(all.end(), {{n, 0}, {n, 1}});
    std::uint64_t last = 0;
    for (std::uint64_t i = 0; !stopping_.load(std::memory_order_relaxed); ++i) {
      // What another thread has read and told of is the least that this one may read.
      const std::uint64_t known = newest_.load(std::memory_order_acquire);
      const NumberedFacts& facts = all[i % all.size()];
      std::uint64_t generation;
      int number;
      if (i % 16 > 8) {
        const Decision decision = reader.decide(&facts);
        generation = reader.last()->generation();
        number = number_of(reader.last()->table(), facts, decision);
      } else if (i % 16 > 0) {
        const PolicyVersion& version = reader.read();
        generation = version.generation();
        number = number_of(version.table(), facts);
      } else {
        const PolicySnapshot snapshot = store_.read();
        generation = snapshot.generation();
        number = number_of(snapshot.table(), facts);
      }
      if (number < 0) seen.problem = "a decision that no table makes";
      if (generation < known || generation < last) seen.problem = "generations went back";
      const auto [at, is_new] = seen.number_by_generation.try_emplace(generation, number);
      if (at->second != number) seen.problem = "one generation, two tables";
      last = generation;
      for (std::uint64_t now = known; now < generation &&
           !newest_.compare_exchange_weak(now, generation, std::memory_order_acq_rel);) {
      }
      if (i % 1'000 == 999) reader.rest();
      if (i % 64 == 63) std::this_thread::yield();  // there are more threads than processors
      counts_[static_cast<std::size_t>(t)].decisions.fetch_add(1, std::memory_order_relaxed);
    }
  }

  const PolicyStore& store_;
  std::vector<Seen> seen_;
  std::vector<Count> counts_;
  std::atomic<std::uint64_t> newest_{0};
  std::atomic<bool> stopping_{false};
  std::vector<std::thread> threads_;
};

std::string broken(const std::string& table, int how, const std::string& other_schema) {
  std::string out = table;
  switch (how) {
    case 0: return out.substr(0, out.size() / 2);
    case 1: out[out.size() / 3] = static_cast<char>(out[out.size() / 3] ^ 1); return out;
    case 2: return other_schema;
    default: return "";
  }
}

}  // namespace

TEST_CASE("16 threads decide while the table is replaced thousands of times, some of them broken") {
  constexpr int kTables = 12, kReplacements = 3'000;
  std::vector<std::string> tables;
  for (int number = 0; number <= kTables; ++number) tables.push_back(compile(numbered_policy(number)));
  const std::string other = compile("policy live\nfact other : bool\ntarget t\nt otherwise\n");

  const TemporaryFolder folder;
  const std::string path = folder.path("live.table");
  replace(path, tables[0]);
  std::map<std::string, int> number_by_hash;
  for (int number = 0; number <= kTables; ++number) {
    const auto table = Table::from_bytes(std::as_bytes(std::span(tables[static_cast<std::size_t>(number)])));
    number_by_hash[table->hash()] = number;
  }

  Events events;
  auto store = PolicyStore::open(path, events.options());
  REQUIRE(store);
  Deciders deciders(**store);
  std::uint64_t loads = 0;
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 1; i <= kReplacements; ++i) {
    const std::string& table = tables[static_cast<std::size_t>(i % kTables)];
    replace(path, i % 3 == 2 ? broken(table, i / 3 % 4, other) : table);
    if (i % 500 == 0) {  // and somebody goes back and holds meanwhile
      REQUIRE((*store)->pin());
      if ((*store)->status().kept.size() > 1) REQUIRE((*store)->rollback());
      (*store)->unpin();
    }
    if (i % 25 != 0) continue;
    // Neither side outruns the other: the store looks, and every thread gets on.
    for (loads += 1; (*store)->status().loads < loads;) std::this_thread::yield();
    loads = (*store)->status().loads;
    deciders.wait_for_progress(1);
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  replace(path, tables[kTables]);  // one that was not there before
  REQUIRE(events.wait([&](const std::vector<StoreEvent>& all) {
    return number_by_hash.contains(all.back().hash) && number_by_hash[all.back().hash] == kTables;
  }));
  deciders.wait_for_progress(100);
  const std::vector<Seen>& seen = deciders.stop();

  const std::map<std::uint64_t, std::string> accepted = events.accepted();
  const StoreStatus status = (*store)->status();
  std::set<std::uint64_t> read;
  for (const Seen& thread : seen) {
    CHECK(thread.problem == "");
    for (const auto& [generation, number] : thread.number_by_generation) {
      read.insert(generation);
      REQUIRE(accepted.contains(generation));
      CHECK(number_by_hash.at(accepted.at(generation)) == number);
    }
    CHECK(thread.number_by_generation.rbegin()->first == status.generation);
  }
  CHECK(accepted.size() == status.generation);  // 1, 2, 3 …: each once
  CHECK(status.generation >= 50);
  CHECK(status.rejected >= 20);
  CHECK(status.old_tables <= kThreads);
  std::printf("tests/store: %.0f replacements a second; %zu generations accepted, %zu read; "
              "%llu candidates refused\n", kReplacements / seconds, accepted.size(), read.size(),
              static_cast<unsigned long long>(status.rejected));
}

TEST_CASE("a store that is stuck in a check blocks no reader") {
  const TemporaryFolder folder;
  const std::string path = folder.path("live.table");
  replace(path, compile(numbered_policy(1)));
  std::latch entered(1), leave(1);
  Events events;
  PolicyStoreOptions options = events.options();
  int calls = 0;
  options.check = [&](const Table&) -> Expected<void> {
    if (++calls == 2) {
      entered.count_down();
      leave.wait();
    }
    return {};
  };
  auto store = PolicyStore::open(path, options);
  REQUIRE(store);
  Deciders deciders(**store);
  replace(path, compile(numbered_policy(2)));
  entered.wait();
  deciders.wait_for_progress(1'000);
  CHECK((*store)->status().generation == 1);  // nor status, nor a pin
  REQUIRE((*store)->pin());
  (*store)->unpin();
  leave.count_down();
  REQUIRE(events.wait_accepted(2));
  deciders.wait_for_progress(1'000);
  for (const Seen& thread : deciders.stop()) {
    CHECK(thread.problem == "");
    CHECK(thread.number_by_generation == std::map<std::uint64_t, int>{{1, 1}, {2, 2}});
  }
}

TEST_CASE("old tables live until their last reader has gone, and readers outlive the store") {
  const TemporaryFolder folder;
  const std::string path = folder.path("live.table");
  replace(path, compile(numbered_policy(1)));
  Events events;
  PolicyStoreOptions options = events.options();
  auto attached = std::make_shared<int>(0);  // counted by its owners
  options.attach = [&](const Table&) -> Expected<std::shared_ptr<const void>> {
    return std::shared_ptr<const void>(attached);
  };
  options.keep = 1;
  options.watch = false;
  auto store = PolicyStore::open(path, options);
  REQUIRE(store);
  PolicyReader reader = (*store)->reader();
  const PolicyVersion& first = reader.read();
  const PolicySnapshot snapshot = (*store)->read();
  CHECK(first.attachment<int>() == attached.get());

  replace(path, compile(numbered_policy(2)));
  REQUIRE((*store)->reload() == 2u);
  CHECK((*store)->status().old_tables == 1);
  CHECK(number_of(first.table(), {1, 0}) == 1);  // held still
  PolicyReader other = (*store)->reader();
  CHECK(number_of(other.read().table(), {1, 0}) == 2);

  CHECK(reader.read().generation() == 2);
  replace(path, compile(numbered_policy(3)));
  REQUIRE((*store)->reload() == 3u);
  CHECK((*store)->status().old_tables == 1);  // 2, by two readers; of 1 only the snapshot is left
  reader.rest();
  other.rest();
  replace(path, compile(numbered_policy(4)));
  REQUIRE((*store)->reload() == 4u);
  CHECK((*store)->status().old_tables == 0);
  CHECK(attached.use_count() == 4);  // the snapshot's, the current version's, the newest, this one

  store->reset();
  CHECK(reader.read().generation() == 4);
  CHECK(number_of(other.read().table(), {99, 1}) == 4);
  CHECK(number_of(snapshot.table(), {99, 1}) == 1);
}

}  // namespace switchyard::testing
