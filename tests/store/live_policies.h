#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/store/policy_store.h"
#include "tests/process/process.h"

namespace switchyard::testing {

// A policy whose decisions say which one it is: `t(id = 2 * number)`, and one more where
// `fast and n > 50`.
std::string numbered_policy(int number);
struct NumberedFacts {
  std::int32_t n, fast;
};
// The number of the table, or -1 when the decision is not one of its own for these facts.
int number_of(const Table& table, const NumberedFacts& facts);
int number_of(const Table& table, const NumberedFacts& facts, const Decision& decision);

// The bytes that policyc makes of it; fails the test when there are none.
std::string compile(const std::string& text);

// As a careful program replaces a file: written beside it, then renamed.
void replace(const std::string& path, const std::string& bytes);

// What a store told, for tests to wait on. Must outlive the store.
class Events {
 public:
  // Options whose log is here.
  PolicyStoreOptions options();

  // Waits until `enough` holds of all events so far; false after a minute, which is a failure.
  bool wait(const std::function<bool(const std::vector<StoreEvent>&)>& enough);
  bool wait_accepted(std::uint64_t generation);
  bool wait_rejected(const std::string& part);  // of the text

  std::vector<StoreEvent> all() const;
  std::map<std::uint64_t, std::string> accepted() const;  // hash by generation

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<StoreEvent> events_;
};

}  // namespace switchyard::testing
