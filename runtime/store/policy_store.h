#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/error.h"
#include "runtime/base/export.h"
#include "runtime/store/policy_reader.h"
#include "runtime/table/table.h"

namespace switchyard {

// Something that an operator may want to read in the engine's log.
struct StoreEvent {
  enum class Kind : std::uint8_t {
    kAccepted,  // a table is current: from the file, by rollback or by pin
    kHeld,      // a new table is good, and waits because the store is pinned
    kRejected,  // the file is no table to use; the last good one stays
    kPolling,   // changes cannot be watched, so the file is looked at now and then
  };
  Kind kind = Kind::kAccepted;
  std::uint64_t generation = 0;  // that is current
  std::string hash;              // of the table that this is about; empty for kRejected, kPolling
  std::string text;              // one line
};

struct PolicyStoreOptions {
  // Whether the engine can run a table: its kernels and facts are known. Called before `attach`, for
  // every table of the right schema, the first one included.
  std::function<Expected<void>(const Table&)> check;
  // What the engine makes of a table, handed out with it (PolicyVersion::attachment): bound kernels,
  // a ResidualTable. An error refuses the table.
  std::function<Expected<std::shared_ptr<const void>>(const Table&)> attach;
  // Where events go; a rejection for the same reason is told again after ten minutes at the earliest.
  // Called under the store's lock, one at a time, in order: must not call the store.
  std::function<void(const StoreEvent&)> log;

  std::string compiler = "policyc";  // a path, or a name on the PATH; for policies only
  std::chrono::milliseconds compile_timeout{60'000};
  // A file that is written in place is looked at when it is closed, or unchanged for this long.
  std::chrono::milliseconds quiet{50};
  // How often the file's state is looked at whatever inotify says.
  std::chrono::milliseconds poll{2'000};
  std::size_t keep = 4;                      // good tables to go back to, the current one included
  std::uint64_t max_bytes = 256ull << 20;    // of a table or policy
  bool watch = true;                         // false: no thread; `reload` looks at the file
  bool inotify = true;                       // false: poll only
};

struct StoreStatus {
  struct Rejection {
    std::string reason;
    std::string diagnostics;   // what policyc said, cut at 64 KiB; else empty
    std::chrono::system_clock::time_point when;  // the last time
    std::uint64_t count = 0;   // how often in a row for this reason
    bool standing = true;      // the file as it is now is the one rejected
  };
  struct Kept {
    std::uint64_t generation;
    std::string hash;
  };
  std::string path;
  std::string policy;             // its name
  std::uint64_t generation = 0;
  std::string hash;
  bool pinned = false;
  std::string waiting;            // hash of the newest good table while the pin holds it back
  std::string polling;            // why inotify does not watch everything; empty: it does
  std::uint64_t accepted = 0;     // swaps; the generation
  std::uint64_t rejected = 0;     // candidates that were refused
  std::uint64_t loads = 0;        // times that the file was looked at
  std::size_t old_tables = 0;     // replaced ones that a reader still holds
  std::vector<Kept> kept;         // oldest first, the current one last
  std::optional<Rejection> last_rejection;
};

// The policy of a running engine. Serves the table in a file, or the one that policyc makes of a policy
// file (`.policy`), and follows the file: a rename over it, a write in place, a swapped symbolic link
// anywhere on its way. A file that cannot be used leaves the last good table in place.
//
// One thread of its own reads, compiles, checks and swaps; readers see a swap at their next read and
// never wait for it. All functions may be called from any thread.
class SWITCHYARD_EXPORT PolicyStore {
 public:
  // Loads the first table, compiling if need be, and starts to watch. An error is that of the first
  // load: there is nothing to serve then.
  static Expected<std::unique_ptr<PolicyStore>> open(const std::string& path,
                                                     PolicyStoreOptions options = {});
  ~PolicyStore();  // ends a compilation that runs; readers and snapshots stay usable
  PolicyStore(const PolicyStore&) = delete;
  PolicyStore& operator=(const PolicyStore&) = delete;

  // For the hot path: one a thread, made once.
  PolicyReader reader() const;
  // For everything else: some tens of nanoseconds, no lock.
  PolicySnapshot read() const;

  // Looks at the file now, even if nothing of it changed, and waits for the result: the current
  // generation, or why the file is rejected. Waits for a compilation that runs.
  Expected<std::uint64_t> reload();

  // Holds the current table, or makes the kept one of that generation current and holds it: what
  // comes later waits. Error: that generation is not kept.
  Expected<void> pin();
  Expected<void> pin(std::uint64_t generation);
  // Ends it; the newest good table of the file becomes current, unless it was rolled back.
  void unpin();

  // Makes the kept table before the current one current, as a new generation, and refuses the one
  // left by its hash until the file holds some other good table: pushing the same file again changes
  // nothing, pushing a corrected one does. To hold the old table whatever comes, pin too. Error:
  // nothing is kept before the current table.
  Expected<std::uint64_t> rollback();

  StoreStatus status() const;

 private:
  class Impl;
  explicit PolicyStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace switchyard
