#include "runtime/store/path_watch.h"

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <filesystem>

#include <fmt/format.h>

namespace switchyard {
namespace {

constexpr std::uint32_t kMask = IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB |
                                IN_MODIFY | IN_CLOSE_WRITE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
constexpr int kMostLinks = 40;  // as the kernel follows

std::deque<std::string> parts_of(const std::string& path) {
  std::deque<std::string> out;
  for (const auto& part : std::filesystem::path(path)) {
    if (!part.empty() && part != "/" && part != ".") out.push_back(part.string());
  }
  return out;
}

std::string join(const std::string& folder, const std::string& name) {
  return folder == "/" ? folder + name : folder + "/" + name;
}

}  // namespace

PathWatch::PathWatch(bool use_inotify) {
  if (!use_inotify) {
    no_inotify_ = "inotify is switched off";
    return;
  }
  fd_ = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (fd_ < 0) no_inotify_ = fmt::format("inotify cannot be used: {}", std::strerror(errno));
}

PathWatch::~PathWatch() {
  if (fd_ >= 0) ::close(fd_);
}

bool PathWatch::add(const std::string& folder, const std::string& name,
                    std::map<int, Folder>& now) {
  const int watch = ::inotify_add_watch(fd_, folder.c_str(), kMask);
  if (watch < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return false;  // its parent tells when it is there
    problem_ = fmt::format("cannot watch `{}`: {}", folder,
                           errno == ENOSPC
                               ? "no inotify watches are left; raise fs.inotify.max_user_watches"
                               : std::strerror(errno));
    return true;
  }
  Folder& entry = now[watch];
  entry.path = folder;
  entry.names.insert(name);
  return true;
}

// As the kernel resolves it. A folder is watched before its entry is looked at, so that nothing can
// change unheard between the two.
void PathWatch::walk(const std::string& path, std::map<int, Folder>& now) {
  std::string folder = "/";
  std::deque<std::string> left = parts_of(path);
  if (!path.starts_with('/')) {
    std::error_code error;
    const auto here = parts_of(std::filesystem::current_path(error).string());
    left.insert(left.begin(), here.begin(), here.end());
  }
  int links = 0;
  while (!left.empty()) {
    const std::string name = left.front();
    left.pop_front();
    if (name == "..") {  // no link is left in `folder`
      folder = folder.substr(0, std::max<std::size_t>(folder.rfind('/'), 1));
      continue;
    }
    if (!add(folder, name, now)) return;
    const std::string entry = join(folder, name);
    struct stat status {};
    if (::lstat(entry.c_str(), &status) != 0) return;
    if (!S_ISLNK(status.st_mode)) {
      folder = entry;
      continue;
    }
    std::error_code error;
    const std::string target = std::filesystem::read_symlink(entry, error).string();
    if (error || ++links > kMostLinks) return;
    const auto further = parts_of(target);
    left.insert(left.begin(), further.begin(), further.end());
    if (target.starts_with('/')) folder = "/";
  }
}

void PathWatch::follow(const std::vector<std::string>& paths) {
  problem_ = no_inotify_;
  if (fd_ < 0) return;
  std::map<int, Folder> now;
  for (const std::string& path : paths) walk(path, now);
  for (const auto& [watch, folder] : folders_) {
    if (!now.contains(watch)) ::inotify_rm_watch(fd_, watch);
  }
  folders_ = std::move(now);
}

void PathWatch::hear(int watch, std::uint32_t mask, const std::string& name, Events& out) const {
  if ((mask & IN_Q_OVERFLOW) != 0) {
    out.settled = true;
    return;
  }
  const auto found = folders_.find(watch);
  if (found == folders_.end()) return;  // no longer on the way
  if (!name.empty() && !found->second.names.contains(name)) return;
  if ((mask & IN_MODIFY) != 0) {
    out.writing = true;
    return;
  }
  if ((mask & IN_CREATE) != 0 && (mask & IN_ISDIR) == 0) {
    struct stat status {};
    const std::string entry = join(found->second.path, name);
    // A new file is empty still: it is complete when it is closed.
    if (::lstat(entry.c_str(), &status) == 0 && S_ISREG(status.st_mode)) {
      out.writing = true;
      return;
    }
  }
  if ((mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) != 0) out.writing = false;
  out.settled = true;
}

PathWatch::Events PathWatch::drain() {
  Events out;
  if (fd_ < 0) return out;
  alignas(inotify_event) char buffer[16 * 1024];
  for (;;) {
    const ssize_t got = ::read(fd_, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return out;
    for (const char* at = buffer; at < buffer + got;) {
      inotify_event event;
      std::memcpy(&event, at, sizeof event);
      const char* name = at + sizeof event;
      hear(event.wd, event.mask, event.len == 0 ? std::string() : std::string(name), out);
      at = name + event.len;
    }
  }
}

}  // namespace switchyard
