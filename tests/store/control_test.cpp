// Pin, roll back, checks of the engine, status.
#include <catch2/catch.hpp>

#include <filesystem>

#include "runtime/decide/decide.h"
#include "runtime/decide/residual.h"
#include "tests/store/live_policies.h"

namespace switchyard::testing {
namespace {

constexpr NumberedFacts kFacts{60, 1};

// A store without a thread: `put` replaces the file and reloads.
struct Controlled {
  explicit Controlled(PolicyStoreOptions options = {}) {
    PolicyStoreOptions all = events.options();
    all.watch = false;
    all.keep = options.keep;
    all.check = options.check;
    all.attach = options.attach;
    replace(path, table(1));
    auto opened = PolicyStore::open(path, all);
    if (!opened) FAIL(opened.error().message);
    store = std::move(*opened);
  }
  static std::string table(int number) {
    static std::map<int, std::string> compiled;
    std::string& bytes = compiled[number];
    if (bytes.empty()) bytes = compile(numbered_policy(number));
    return bytes;
  }
  Expected<std::uint64_t> put(int number) {
    replace(path, table(number));
    return store->reload();
  }
  int number() const { return number_of(store->read().table(), kFacts); }

  TemporaryFolder folder;
  std::string path = folder.path("live.table");
  Events events;
  std::unique_ptr<PolicyStore> store;
};

}  // namespace

TEST_CASE("a pinned table stays, and the newest one comes when the pin goes") {
  Controlled live;
  REQUIRE(live.store->pin());
  CHECK(live.put(2) == 1u);
  CHECK(live.put(3) == 1u);
  CHECK(live.number() == 1);
  StoreStatus status = live.store->status();
  CHECK(status.pinned);
  CHECK(status.waiting != "");
  CHECK(live.events.all().back().kind == StoreEvent::Kind::kHeld);
  live.store->unpin();
  CHECK(live.number() == 3);
  status = live.store->status();
  CHECK(status.generation == 2);
  CHECK_FALSE(status.pinned);
  CHECK(status.waiting == "");
}

TEST_CASE("a kept generation can be pinned, as a new generation") {
  Controlled live;
  REQUIRE(live.put(2) == 2u);
  REQUIRE(live.put(3) == 3u);
  REQUIRE(live.store->pin(1));
  CHECK(live.number() == 1);
  CHECK(live.store->status().generation == 4);
  const auto wrong = live.store->pin(77);
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().message ==
        "generation 77 is not kept, only 1 2 3 4; raise `keep` to keep more");
  live.store->unpin();  // the file still says 3
  CHECK(live.number() == 3);
  CHECK(live.store->status().generation == 5);
}

TEST_CASE("rolling back refuses the same file again, and takes a corrected one") {
  Controlled live;
  REQUIRE(live.put(2) == 2u);
  REQUIRE(live.put(3) == 3u);
  CHECK(live.store->rollback() == 4u);
  CHECK(live.number() == 2);
  const auto again = live.put(3);  // the fleet's tool runs again
  REQUIRE_FALSE(again);
  CHECK(again.error().message.find("which was rolled back; write a corrected one") != std::string::npos);
  CHECK(live.number() == 2);
  CHECK(live.store->rollback() == 5u);  // further back
  CHECK(live.number() == 1);
  REQUIRE_FALSE(live.put(2));
  const auto none = live.store->rollback();
  REQUIRE_FALSE(none);
  CHECK(none.error().message.find("no table before generation 5 is kept") != std::string::npos);
  CHECK(live.put(4) == 6u);
  CHECK(live.number() == 4);
  CHECK(live.put(3) == 7u);  // wanted after all
  CHECK(live.number() == 3);
}

TEST_CASE("unpinning does not bring back what was rolled back") {
  Controlled live;
  REQUIRE(live.put(2) == 2u);
  REQUIRE(live.store->rollback() == 3u);
  REQUIRE(live.store->pin());
  live.store->unpin();
  CHECK(live.number() == 1);
  CHECK(live.store->status().generation == 3);
  // The file agrees with what is served: nothing stands against anything any more.
  CHECK(live.put(1) == 3u);
  CHECK(live.put(2) == 4u);
}

TEST_CASE("a residual follows the store: table and residual change together") {
  PolicyStoreOptions options;
  options.attach = [](const Table& table) -> Expected<std::shared_ptr<const void>> {
    const std::vector<StaticFact> facts = {{*table.fact_index("fast"), 1}};
    auto residual = ResidualTable::bind(table, facts);
    if (!residual) return tl::unexpected(residual.error());
    return std::make_shared<const ResidualTable>(std::move(*residual));
  };
  Controlled live(options);
  PolicyReader reader = live.store->reader();
  for (int number = 1; number <= 3; ++number) {
    REQUIRE(live.put(number));
    const PolicyVersion& version = reader.read();
    const auto* residual = version.attachment<ResidualTable>();
    REQUIRE(residual != nullptr);
    CHECK(residual->table().hash() == version.table().hash());
    const NumberedFacts unset{60, 77};  // the bound member is not read
    CHECK(number_of(version.table(), kFacts, residual->decide(&unset)) == number);
  }
  REQUIRE(live.store->rollback());
  CHECK(reader.read().attachment<ResidualTable>()->table().hash() == reader.read().table().hash());

  options.attach = [](const Table&) -> Expected<std::shared_ptr<const void>> {
    return fail("no memory for the kernels");
  };
  const auto none = PolicyStore::open(live.path, options);
  REQUIRE_FALSE(none);
  CHECK(none.error().message == "`" + live.path + "`: no memory for the kernels");
}

TEST_CASE("only so many tables are kept") {
  PolicyStoreOptions options;
  options.keep = 2;
  Controlled live(options);
  for (int number = 2; number <= 5; ++number) REQUIRE(live.put(number));
  const StoreStatus status = live.store->status();
  REQUIRE(status.kept.size() == 2);
  CHECK(status.kept[0].generation == 4);
  CHECK(status.kept[1].generation == 5);
  CHECK(status.kept[1].hash == status.hash);
}

TEST_CASE("the same bytes again are no new generation, even when read again") {
  Controlled live;
  CHECK(live.put(1) == 1u);
  CHECK(live.store->status().loads == 1);
  CHECK(live.events.all().size() == 1);
}

TEST_CASE("a table that names a kernel or has facts that the engine lacks is refused by its check") {
  PolicyStoreOptions options;
  options.check = [](const Table& table) -> Expected<void> {
    for (const TargetInfo& target : table.targets()) {
      if (target.name != "t") return fail("the engine has no kernel `" + target.name + "`");
    }
    return {};
  };
  Controlled live(options);
  std::string other = numbered_policy(2);
  other.replace(other.find("target t("), 9, "target turbo\ntarget t(");
  other.replace(other.find("t(id = 4)"), 9, "turbo");
  replace(live.path, compile(other));
  const auto refused = live.store->reload();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "`" + live.path + "`: the engine has no kernel `turbo`");
  CHECK(live.number() == 1);
  CHECK(live.store->status().last_rejection->reason == refused.error().message);
  CHECK(live.put(2) == 2u);

  replace(live.path, compile(other));
  PolicyStoreOptions same = live.events.options();
  same.check = options.check;
  REQUIRE_FALSE(PolicyStore::open(live.path, same));  // nothing to serve
}

TEST_CASE("what is no table, or none to read, is said with its path") {
  Controlled live;
  const auto refused = [&](const std::string& bytes) {
    replace(live.path, bytes);
    const auto result = live.store->reload();
    REQUIRE_FALSE(result);
    CHECK(result.error().message.find(live.path) != std::string::npos);
    return result.error().message;
  };
  const std::string good = Controlled::table(1);
  std::string damaged = good;
  damaged[good.size() / 2] = static_cast<char>(damaged[good.size() / 2] ^ 4);
  refused("");
  refused(good.substr(0, 100));
  refused(damaged);
  CHECK(live.store->status().rejected == 3);
  CHECK(live.number() == 1);

  std::filesystem::remove(live.path);
  std::filesystem::create_directory(live.path);
  const auto folder = live.store->reload();
  REQUIRE_FALSE(folder);
  CHECK(folder.error().message == "`" + live.path + "` is a folder; a table is a regular file");
  std::filesystem::remove(live.path);
  REQUIRE(run_process({"/usr/bin/mkfifo", live.path}).status == 0);
  const auto pipe = live.store->reload();
  REQUIRE_FALSE(pipe);
  CHECK(pipe.error().message == "`" + live.path + "` is no regular file; a table is a regular file");
}

TEST_CASE("a file larger than the store takes") {
  const TemporaryFolder folder;
  PolicyStoreOptions options;
  options.max_bytes = 100;
  const std::string path = folder.write("live.table", compile(numbered_policy(1)));
  const auto store = PolicyStore::open(path, options);
  REQUIRE_FALSE(store);
  CHECK(store.error().message.find("more than the 100 that the store takes") != std::string::npos);
}

}  // namespace switchyard::testing
