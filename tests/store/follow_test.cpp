// Every way in which a file comes to hold other bytes.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "runtime/store/path_watch.h"
#include "tests/process/config_map.h"
#include "tests/store/live_policies.h"

namespace switchyard::testing {
namespace {

namespace fs = std::filesystem;

constexpr NumberedFacts kFacts{60, 1};

struct Live {
  explicit Live(const std::string& at, bool inotify = true) {
    PolicyStoreOptions options = events.options();
    options.inotify = inotify;
    // What these tests wait for must be heard of, or polled: not both.
    options.poll = inotify ? std::chrono::hours(1) : std::chrono::milliseconds(5);
    auto opened = PolicyStore::open(at, options);
    if (!opened) FAIL(opened.error().message);
    store = std::move(*opened);
  }
  int number() const { return number_of(store->read().table(), kFacts); }

  Events events;
  std::unique_ptr<PolicyStore> store;
};

std::string table(int number) {
  static std::map<int, std::string> compiled;
  std::string& bytes = compiled[number];
  if (bytes.empty()) bytes = compile(numbered_policy(number));
  return bytes;
}

void write_in_place(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace

TEST_CASE("a rename over the file") {
  const TemporaryFolder folder;
  const std::string path = folder.path("live.table");
  replace(path, table(1));
  Live live(path);
  CHECK(live.number() == 1);
  CHECK(live.store->status().polling == "");
  for (int number = 2; number <= 4; ++number) {
    replace(path, table(number));
    REQUIRE(live.events.wait_accepted(static_cast<std::uint64_t>(number)));
    CHECK(live.number() == number);
  }
}

TEST_CASE("a write in place, though the table that it writes to is in use") {
  const TemporaryFolder folder;
  const std::string path = folder.write("live.table", table(1));
  Live live(path);
  const PolicySnapshot first = live.store->read();
  write_in_place(path, table(2));
  REQUIRE(live.events.wait_accepted(2));
  CHECK(live.number() == 2);
  write_in_place(path, "");
  REQUIRE(live.events.wait_rejected("live.table"));
  CHECK(live.number() == 2);
  CHECK(number_of(first.table(), kFacts) == 1);
}

TEST_CASE("a write in place that stays open is taken after a quiet time, half of a table is not") {
  const TemporaryFolder folder;
  const std::string path = folder.write("live.table", table(1));
  Live live(path);
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  const std::string bytes = table(2);
  out << bytes.substr(0, bytes.size() / 2) << std::flush;
  REQUIRE(live.events.wait_rejected("live.table"));
  CHECK(live.number() == 1);
  CHECK(live.store->status().last_rejection->standing);
  out << bytes.substr(bytes.size() / 2) << std::flush;
  REQUIRE(live.events.wait_accepted(2));
  CHECK(live.number() == 2);
  CHECK_FALSE(live.store->status().last_rejection->standing);
}

TEST_CASE("the symlink swap of a Kubernetes ConfigMap") {
  const TemporaryFolder folder;
  ConfigMap map(folder.path("etc/switchyard"));
  map.update("live.table", table(1));
  Live live(folder.path("etc/switchyard/live.table"));
  CHECK(live.number() == 1);
  for (int number = 2; number <= 4; ++number) {
    map.update("live.table", table(number));
    REQUIRE(live.events.wait_accepted(static_cast<std::uint64_t>(number)));
    CHECK(live.number() == number);
  }
  map.update("live.table", "not a table");
  REQUIRE(live.events.wait_rejected("live.table"));
  CHECK(live.number() == 4);
}

TEST_CASE("a policy in a ConfigMap, compiled here") {
  const TemporaryFolder folder;
  ConfigMap map(folder.path("policy"));
  map.update("live.policy", numbered_policy(1));
  Live live(folder.path("policy/live.policy"));
  map.update("live.policy", numbered_policy(2));
  REQUIRE(live.events.wait_accepted(2));
  CHECK(live.number() == 2);
}

TEST_CASE("a link to a file elsewhere, whose target is replaced, and the link itself") {
  const TemporaryFolder folder;
  fs::create_directory(folder.path("releases"));
  folder.write("releases/1.table", table(1));
  folder.write("releases/2.table", table(2));
  fs::create_symlink("../" + fs::path(folder.path()).filename().string() + "/releases/1.table",
                     folder.path("live.table"));
  Live live(folder.path("live.table"));
  fs::create_symlink(folder.path("releases/2.table"), folder.path("new"));
  fs::rename(folder.path("new"), folder.path("live.table"));
  REQUIRE(live.events.wait_accepted(2));
  replace(folder.path("releases/2.table"), table(3));
  REQUIRE(live.events.wait_accepted(3));
  CHECK(live.number() == 3);
}

TEST_CASE("a file that is deleted and made again") {
  const TemporaryFolder folder;
  const std::string path = folder.write("live.table", table(1));
  Live live(path);
  fs::remove(path);
  REQUIRE(live.events.wait_rejected("No such file"));
  CHECK(live.number() == 1);
  write_in_place(path, table(1));  // the same again is no new generation
  write_in_place(path, table(2));
  REQUIRE(live.events.wait_accepted(2));
  CHECK(live.number() == 2);
}

TEST_CASE("a folder on the way that is replaced, and one that goes away and comes back") {
  const TemporaryFolder folder;
  folder.write("a/b/live.table", table(1));
  folder.write("other/b/live.table", table(2));
  Live live(folder.path("a/b/live.table"));
  fs::rename(folder.path("a"), folder.path("old"));
  fs::rename(folder.path("other"), folder.path("a"));
  REQUIRE(live.events.wait_accepted(2));
  replace(folder.path("a/b/live.table"), table(3));  // and the new folder is watched
  REQUIRE(live.events.wait_accepted(3));
  fs::remove_all(folder.path("a"));
  REQUIRE(live.events.wait_rejected("No such file"));
  folder.write("a/b/live.table", table(4));
  REQUIRE(live.events.wait_accepted(4));
  CHECK(live.number() == 4);
}

TEST_CASE("without inotify the file is polled, and the status says so") {
  const TemporaryFolder folder;
  const std::string path = folder.write("live.table", table(1));
  Live live(path, false);
  REQUIRE(live.events.wait([](const std::vector<StoreEvent>& all) {
    return all.back().kind == StoreEvent::Kind::kPolling;
  }));
  CHECK(live.store->status().polling == "inotify is switched off");
  replace(path, table(2));
  REQUIRE(live.events.wait_accepted(2));
  write_in_place(path, table(3));
  REQUIRE(live.events.wait_accepted(3));
  CHECK(live.number() == 3);
}

// As a file that is mounted by itself into a container is written from outside: the same inode, by
// another name, of whose folder nothing is heard.
TEST_CASE("a write in place by another name of the file is not heard of, and seen by the poll") {
  const TemporaryFolder folder;
  const std::string outside = folder.write("outside/live.table", table(1));
  fs::create_directory(folder.path("inside"));
  const std::string inside = folder.path("inside/live.table");
  fs::create_hard_link(outside, inside);
  PathWatch watch;
  watch.follow({inside});
  CHECK(watch.problem() == "");
  PolicyStoreOptions options;
  options.poll = std::chrono::milliseconds(5);
  Events events;
  options.log = events.options().log;
  const auto store = PolicyStore::open(inside, options);
  REQUIRE(store.has_value());
  write_in_place(outside, table(2));
  REQUIRE(events.wait_accepted(2));
  CHECK(number_of((*store)->read().table(), kFacts) == 2);
  const PathWatch::Events heard = watch.drain();
  CHECK_FALSE((heard.settled || heard.writing));
}

TEST_CASE("other files of a watched folder are not heard of") {
  const TemporaryFolder folder;
  const std::string path = folder.write("live.table", table(1));
  PathWatch watch;
  watch.follow({path});
  CHECK(watch.problem() == "");
  folder.write("live.table.swp", "x");
  PathWatch::Events events = watch.drain();
  CHECK_FALSE((events.settled || events.writing));
  write_in_place(path, "x");
  events = watch.drain();
  CHECK(events.settled);
  CHECK_FALSE(events.writing);
  std::ofstream open_file(path);
  open_file << "half" << std::flush;
  events = watch.drain();
  CHECK(events.writing);
}

}  // namespace switchyard::testing
