#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "runtime/store/policy_store.h"
#include "runtime/store/publication.h"

namespace switchyard {

// What a store serves and remembers: the current version, kept ones, the pin, rejections. Functions
// may be called from any thread; a lock is held for bookkeeping only, never while a file is read, a
// policy compiled or a table checked, and readers do not take it.
class StoreState {
 public:
  StoreState(std::string path, const PolicyStoreOptions& options);

  struct Candidate {
    Table table;
    std::shared_ptr<const void> attachment;
  };

  void start(Candidate first);  // before anything else, once
  const std::shared_ptr<Publication>& publication() const { return publication_; }

  // What to do with a table of the file: nothing if it is the current one, or was rolled back.
  enum class Need : std::uint8_t { kNone, kRolledBack, kCheck };
  Need need(const std::string& hash);
  void accept(Candidate candidate);
  void reject(const std::string& reason, const std::string& diagnostics);
  void count_load();
  void polling(const std::string& why);  // empty: not
  std::size_t reclaim();

  Expected<void> pin(std::optional<std::uint64_t> generation);
  void unpin();
  Expected<std::uint64_t> rollback();
  StoreStatus status() const;

 private:
  using Version = std::shared_ptr<const PolicyVersion>;
  const Version& current() const { return publication_->newest(); }
  void publish(Candidate candidate, const std::string& how);
  void tell(StoreEvent::Kind kind, const std::string& hash, const std::string& text);

  const std::string path_;
  const PolicyStoreOptions& options_;
  mutable std::mutex mutex_;
  std::shared_ptr<Publication> publication_;
  std::deque<Version> kept_;             // the current one last
  std::optional<Candidate> newest_;      // the last good one of the file
  std::set<std::string> rolled_back_;    // hashes
  bool pinned_ = false;
  std::string polling_;
  std::uint64_t rejected_ = 0, loads_ = 0;
  std::size_t old_ = 0;
  std::optional<StoreStatus::Rejection> rejection_;
  std::map<std::string, std::chrono::steady_clock::time_point> told_;  // rejections, when
};

}  // namespace switchyard
