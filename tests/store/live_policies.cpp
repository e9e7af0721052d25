#include "tests/store/live_policies.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "runtime/decide/decide.h"

namespace switchyard::testing {

std::string numbered_policy(int number) {
  return fmt::format(R"(policy live
fact n : int 0 .. 100
fact fast : bool
target t(id : int 0 .. 1_000_000 = 0)
t(id = {}) when fast and n > 50
t(id = {}) otherwise
)", 2 * number + 1, 2 * number);
}

int number_of(const Table& table, const NumberedFacts& facts) {
  return number_of(table, facts, decide(table, &facts));
}

int number_of(const Table& table, const NumberedFacts& facts, const Decision& decision) {
  if (decision.kind != Decision::Kind::kTarget) return -1;
  const auto id = static_cast<int>(table.outcomes()[decision.index].parameters[0]);
  const int odd = facts.fast != 0 && facts.n > 50 ? 1 : 0;
  return id % 2 == odd ? id / 2 : -1;
}

std::string compile(const std::string& text) {
  const TemporaryFolder folder;
  const std::string policy = folder.write("live.policy", text), table = folder.path("live.table");
  const ProcessResult result = run_process({POLICYC, policy, "-o", table});
  INFO(result.err);
  REQUIRE(result.status == 0);
  return read_file(table);
}

void replace(const std::string& path, const std::string& bytes) {
  const std::string beside = path + ".new";
  std::ofstream(beside, std::ios::binary) << bytes;
  std::filesystem::rename(beside, path);
}

PolicyStoreOptions Events::options() {
  PolicyStoreOptions out;
  out.compiler = POLICYC;
  out.log = [this](const StoreEvent& event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(event);
    changed_.notify_all();
  };
  return out;
}

bool Events::wait(const std::function<bool(const std::vector<StoreEvent>&)>& enough) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::minutes(1), [&] { return enough(events_); });
}

bool Events::wait_accepted(std::uint64_t generation) {
  return wait([=](const std::vector<StoreEvent>& events) {
    return std::any_of(events.begin(), events.end(), [=](const StoreEvent& event) {
      return event.kind == StoreEvent::Kind::kAccepted && event.generation >= generation;
    });
  });
}

bool Events::wait_rejected(const std::string& part) {
  return wait([&](const std::vector<StoreEvent>& events) {
    return std::any_of(events.begin(), events.end(), [&](const StoreEvent& event) {
      return event.kind == StoreEvent::Kind::kRejected && event.text.find(part) != std::string::npos;
    });
  });
}

std::vector<StoreEvent> Events::all() const {
  const std::lock_guard lock(mutex_);
  return events_;
}

std::map<std::uint64_t, std::string> Events::accepted() const {
  std::map<std::uint64_t, std::string> out;
  for (const StoreEvent& event : all()) {
    if (event.kind == StoreEvent::Kind::kAccepted) out[event.generation] = event.hash;
  }
  return out;
}

}  // namespace switchyard::testing
