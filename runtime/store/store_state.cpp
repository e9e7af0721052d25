#include "runtime/store/store_state.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace switchyard {
namespace {

constexpr std::chrono::minutes kTellAgain{10};
constexpr std::size_t kMostReasons = 256;  // that are remembered as told

using Lock = std::lock_guard<std::mutex>;

}  // namespace

StoreState::StoreState(std::string path, const PolicyStoreOptions& options)
    : path_(std::move(path)), options_(options) {}

void StoreState::tell(StoreEvent::Kind kind, const std::string& hash, const std::string& text) {
  if (!options_.log) return;
  options_.log({kind, publication_ == nullptr ? 0 : current()->generation(), hash, text});
}

void StoreState::start(Candidate first) {
  const Lock lock(mutex_);
  newest_ = first;
  auto version = std::make_shared<const PolicyVersion>(first.table, 1, first.attachment);
  kept_.push_back(version);
  publication_ = std::make_shared<Publication>(std::move(version));
  tell(StoreEvent::Kind::kAccepted, first.table.hash(),
       fmt::format("generation 1: policy `{}` of `{}`, {}", first.table.policy(), path_,
                   first.table.hash()));
}

void StoreState::publish(Candidate candidate, const std::string& how) {
  const std::uint64_t generation = current()->generation() + 1;
  const std::string hash = candidate.table.hash();
  auto version = std::make_shared<const PolicyVersion>(std::move(candidate.table), generation,
                                                       std::move(candidate.attachment));
  const std::string text = fmt::format("generation {}: policy `{}` {}, {}", generation,
                                       version->table().policy(), how, hash);
  kept_.push_back(version);
  while (kept_.size() > std::max<std::size_t>(options_.keep, 1)) kept_.pop_front();
  publication_->publish(std::move(version));
  old_ = publication_->reclaim();
  tell(StoreEvent::Kind::kAccepted, hash, text);
}

StoreState::Need StoreState::need(const std::string& hash) {
  const Lock lock(mutex_);
  if (rolled_back_.contains(hash)) return Need::kRolledBack;
  if (hash != current()->table().hash()) return Need::kCheck;
  // The file says what is served already, so nothing stands against it, and nothing waits.
  rolled_back_.clear();
  newest_ = Candidate{current()->table(), current()->shared_attachment()};
  if (rejection_) rejection_->standing = false;
  return Need::kNone;
}

void StoreState::accept(Candidate candidate) {
  const Lock lock(mutex_);
  rolled_back_.clear();
  if (rejection_) rejection_->standing = false;
  newest_ = candidate;
  if (!pinned_) return publish(std::move(candidate), fmt::format("of `{}`", path_));
  tell(StoreEvent::Kind::kHeld, candidate.table.hash(),
       fmt::format("`{}` holds a new table, {}; generation {} is pinned", path_,
                   candidate.table.hash(), current()->generation()));
}

void StoreState::reject(const std::string& reason, const std::string& diagnostics) {
  const Lock lock(mutex_);
  ++rejected_;
  const std::uint64_t before = rejection_ && rejection_->reason == reason ? rejection_->count : 0;
  rejection_ = {reason, diagnostics, std::chrono::system_clock::now(), before + 1, true};
  const auto now = std::chrono::steady_clock::now();
  if (told_.size() >= kMostReasons) told_.clear();
  const auto [told, is_new] = told_.try_emplace(reason, now);
  if (!is_new && now - told->second < kTellAgain) return;
  told->second = now;
  tell(StoreEvent::Kind::kRejected, "",
       fmt::format("generation {} stays: {}", current()->generation(), reason));
}

void StoreState::count_load() {
  const Lock lock(mutex_);
  ++loads_;
}

void StoreState::polling(const std::string& why) {
  const Lock lock(mutex_);
  if (polling_ == why) return;
  polling_ = why;
  if (why.empty()) return;
  tell(StoreEvent::Kind::kPolling, "",
       fmt::format("`{}` is looked at every {} ms: {}", path_, options_.poll.count(), why));
}

std::size_t StoreState::reclaim() {
  const Lock lock(mutex_);
  return old_ = publication_->reclaim();
}

Expected<void> StoreState::pin(std::optional<std::uint64_t> generation) {
  const Lock lock(mutex_);
  if (generation && *generation != current()->generation()) {
    const auto found = std::find_if(kept_.begin(), kept_.end(), [&](const Version& version) {
      return version->generation() == *generation;
    });
    if (found == kept_.end()) {
      std::string kept;
      for (const Version& version : kept_) kept += fmt::format(" {}", version->generation());
      return fail(fmt::format("generation {} is not kept, only{}; raise `keep` to keep more",
                              *generation, kept));
    }
    publish({(*found)->table(), (*found)->shared_attachment()},
            fmt::format("pinned, as in generation {}", *generation));
  }
  pinned_ = true;
  return {};
}

void StoreState::unpin() {
  const Lock lock(mutex_);
  pinned_ = false;
  const std::string& hash = newest_->table.hash();
  if (hash == current()->table().hash() || rolled_back_.contains(hash)) return;
  publish(*newest_, fmt::format("of `{}`, no longer held back", path_));
}

Expected<std::uint64_t> StoreState::rollback() {
  const Lock lock(mutex_);
  const std::string left = current()->table().hash();
  std::deque<Version> before = kept_;
  while (!before.empty() && before.back()->table().hash() == left) before.pop_back();
  if (before.empty()) {
    return fail(fmt::format("no table before generation {} is kept, so there is nothing to go back to",
                            current()->generation()));
  }
  const Version to = before.back();
  before.pop_back();
  kept_ = std::move(before);
  rolled_back_.insert(left);
  rolled_back_.erase(to->table().hash());
  publish({to->table(), to->shared_attachment()},
          fmt::format("rolled back to that of generation {}", to->generation()));
  return current()->generation();
}

StoreStatus StoreState::status() const {
  const Lock lock(mutex_);
  StoreStatus out;
  out.path = path_;
  out.policy = current()->table().policy();
  out.generation = out.accepted = current()->generation();
  out.hash = current()->table().hash();
  out.pinned = pinned_;
  if (pinned_ && newest_->table.hash() != out.hash && !rolled_back_.contains(newest_->table.hash())) {
    out.waiting = newest_->table.hash();
  }
  out.polling = polling_;
  out.rejected = rejected_;
  out.loads = loads_;
  out.old_tables = old_;
  for (const Version& version : kept_) {
    out.kept.push_back({version->generation(), version->table().hash()});
  }
  out.last_rejection = rejection_;
  return out;
}

}  // namespace switchyard
