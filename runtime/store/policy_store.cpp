#include "runtime/store/policy_store.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "runtime/store/path_watch.h"
#include "runtime/store/policy_source.h"
#include "runtime/store/same_schema.h"
#include "runtime/store/store_state.h"

namespace switchyard {

class PolicyStore::Impl {
 public:
  Impl(const std::string& path, PolicyStoreOptions options)
      : options_(std::move(options)),
        path_(path),
        source_(path, {options_.compiler, options_.compile_timeout, options_.max_bytes}),
        state_(path, options_) {}
  ~Impl() {
    stopping_ = true;
    wake();
    if (thread_.joinable()) thread_.join();
    if (wake_ >= 0) ::close(wake_);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Expected<void> start();
  Expected<std::uint64_t> reload();
  StoreState& state() { return state_; }

 private:
  using Clock = std::chrono::steady_clock;
  using Outcome = PolicySource::Candidate::Kind;

  Expected<StoreState::Candidate> prepare(const Table& table) const;
  // Looks at the file, and accepts or rejects what is there.
  Outcome look(bool patient, std::string* rejection);
  void run();
  void follow_and_look(PathWatch& watch, bool patient, Clock::time_point& due);
  bool wait(const PathWatch& watch, Clock::time_point until) const;  // woken by `wake`?
  void wake() const { if (wake_ >= 0) ::eventfd_write(wake_, 1); }

  const PolicyStoreOptions options_;
  const std::string path_;
  std::mutex work_;      // of whoever looks at the file
  PolicySource source_;  // under work_
  StoreState state_;
  std::optional<Table> first_;  // whose schema is the engine's
  std::atomic<bool> stopping_{false};
  int wake_ = -1;  // eventfd
  std::thread thread_;
};

Expected<StoreState::Candidate> PolicyStore::Impl::prepare(const Table& table) const {
  if (first_) {
    if (const auto same = same_schema(*first_, table); !same) return tl::unexpected(same.error());
  }
  if (options_.check) {
    if (const auto good = options_.check(table); !good) return tl::unexpected(good.error());
  }
  StoreState::Candidate out{table, nullptr};
  if (!options_.attach) return out;
  auto attachment = options_.attach(table);
  if (!attachment) return tl::unexpected(attachment.error());
  out.attachment = std::move(*attachment);
  return out;
}

Expected<void> PolicyStore::Impl::start() {
  const auto loaded = source_.load(false, [] { return false; });
  if (loaded.kind != Outcome::kTable) {
    return fail(loaded.diagnostics.empty() ? loaded.reason : loaded.reason + "\n" + loaded.diagnostics);
  }
  auto prepared = prepare(*loaded.table);
  if (!prepared) return fail(fmt::format("`{}`: {}", path_, prepared.error().message));
  first_ = *loaded.table;
  state_.start(std::move(*prepared));
  if (!options_.watch) return {};
  wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_ < 0) return fail(fmt::format("cannot watch `{}`: {}", path_, std::strerror(errno)));
  thread_ = std::thread([this] { run(); });
  return {};
}

PolicyStore::Impl::Outcome PolicyStore::Impl::look(bool patient, std::string* rejection) {
  const auto loaded = source_.load(patient, [this] { return stopping_.load(); });
  state_.count_load();
  std::string reason = loaded.reason;
  if (loaded.kind == Outcome::kTable) {
    const std::string& hash = loaded.table->hash();
    switch (state_.need(hash)) {
      case StoreState::Need::kNone: return loaded.kind;
      case StoreState::Need::kRolledBack:
        reason = fmt::format("`{}` holds the table {}, which was rolled back; write a corrected one", path_,
                             hash);
        break;
      case StoreState::Need::kCheck: {
        auto prepared = prepare(*loaded.table);
        if (prepared) {
          state_.accept(std::move(*prepared));
          return loaded.kind;
        }
        reason = fmt::format("`{}`: {}", path_, prepared.error().message);
      }
    }
  } else if (loaded.kind != Outcome::kUnusable) {
    return loaded.kind;
  }
  state_.reject(reason, loaded.diagnostics);
  if (rejection != nullptr) *rejection = reason;
  return Outcome::kUnusable;
}

Expected<std::uint64_t> PolicyStore::Impl::reload() {
  const std::lock_guard work(work_);
  source_.forget();
  std::string rejection;
  if (look(false, &rejection) == Outcome::kUnusable) return fail(std::move(rejection));
  wake();  // there may be other imports to watch
  return state_.status().generation;
}

// Watched before it is looked at, so that what changes afterwards is heard of.
void PolicyStore::Impl::follow_and_look(PathWatch& watch, bool patient, Clock::time_point& due) {
  const std::lock_guard work(work_);
  const std::vector<std::string> before = source_.inputs();
  watch.follow(before);
  if (look(patient, nullptr) == Outcome::kUnsettled) due = Clock::now() + options_.quiet;
  const std::vector<std::string> after = source_.inputs();
  if (after != before) {
    watch.follow(after);
    if (source_.looks_changed()) due = std::min(due, Clock::now() + options_.quiet);
  }
  state_.polling(watch.problem());
}

bool PolicyStore::Impl::wait(const PathWatch& watch, Clock::time_point until) const {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
  struct pollfd files[] = {{wake_, POLLIN, 0}, {watch.descriptor(), POLLIN, 0}};
  ::poll(files, watch.descriptor() < 0 ? 1 : 2,
         static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000)));
  eventfd_t count = 0;
  return ::eventfd_read(wake_, &count) == 0;
}

void PolicyStore::Impl::run() {
  PathWatch watch(options_.inotify);
  const auto never = Clock::time_point::max();
  Clock::time_point due = never, next_poll = Clock::now() + options_.poll;
  follow_and_look(watch, true, due);
  bool seen_unsettled = due != never;
  while (!stopping_) {
    const bool woken = wait(watch, std::min(due, next_poll));
    const PathWatch::Events events = watch.drain();
    Clock::time_point now = Clock::now();
    bool look_now = events.settled || woken, patient = true;
    if (events.writing) due = now + options_.quiet;
    if (now >= due) {
      look_now = true;
      patient = !seen_unsettled;
    }
    if (now >= next_poll) {
      next_poll = now + options_.poll;
      const std::lock_guard work(work_);
      look_now = look_now || source_.looks_changed();
    }
    if (look_now && !stopping_) {
      if (!events.writing) due = never;
      const Clock::time_point before = due;
      follow_and_look(watch, patient, due);
      seen_unsettled = due != before;
    }
    state_.reclaim();
  }
}

PolicyStore::PolicyStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PolicyStore::~PolicyStore() = default;

Expected<std::unique_ptr<PolicyStore>> PolicyStore::open(const std::string& path,
                                                         PolicyStoreOptions options) {
  auto impl = std::make_unique<Impl>(path, std::move(options));
  if (const auto started = impl->start(); !started) return tl::unexpected(started.error());
  return std::unique_ptr<PolicyStore>(new PolicyStore(std::move(impl)));
}

PolicyReader PolicyStore::reader() const { return PolicyReader(impl_->state().publication()); }

PolicySnapshot PolicyStore::read() const {
  Publication& publication = *impl_->state().publication();
  ReaderSlot* slot = publication.enter();
  PolicySnapshot out(publication.hold_current(*slot)->shared_from_this());
  publication.leave(slot);
  return out;
}

Expected<std::uint64_t> PolicyStore::reload() { return impl_->reload(); }
Expected<void> PolicyStore::pin() { return impl_->state().pin(std::nullopt); }
Expected<void> PolicyStore::pin(std::uint64_t generation) { return impl_->state().pin(generation); }
void PolicyStore::unpin() { impl_->state().unpin(); }
Expected<std::uint64_t> PolicyStore::rollback() { return impl_->state().rollback(); }
StoreStatus PolicyStore::status() const { return impl_->state().status(); }

}  // namespace switchyard
