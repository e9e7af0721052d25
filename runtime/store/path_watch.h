#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "runtime/base/export.h"

namespace switchyard {

// Tells when a path may lead to other bytes: watches, by inotify, every folder on its way and the
// names in them that it goes through, symbolic links included. So a rename over the file, a write in
// place, a swapped link anywhere on the way (a ConfigMap's `..data`), and a folder that is moved away
// and made again are all seen. Events are hints: whoever hears one looks at the file. One thread.
class SWITCHYARD_EXPORT PathWatch {
 public:
  explicit PathWatch(bool use_inotify = true);
  ~PathWatch();
  PathWatch(const PathWatch&) = delete;
  PathWatch& operator=(const PathWatch&) = delete;

  // Watches the ways of these paths as they are now, and nothing else. To be called again after
  // every event, before the files are looked at: what changes later is then heard of.
  void follow(const std::vector<std::string>& paths);

  struct Events {
    bool settled = false;  // something is complete: renamed, closed after writing, removed
    bool writing = false;  // something is being written, and not known to be complete
  };
  // All that came since, without waiting.
  Events drain();

  int descriptor() const { return fd_; }  // readable when there is something; -1 without inotify
  // Why changes may be missed, so that the files must be polled; empty when all is watched.
  const std::string& problem() const { return problem_; }

 private:
  struct Folder {
    std::string path;
    std::set<std::string> names;
  };
  // Watches `folder` for `name`; false when that is not possible.
  bool add(const std::string& folder, const std::string& name, std::map<int, Folder>& now);
  void walk(const std::string& path, std::map<int, Folder>& now);
  void hear(int watch, std::uint32_t mask, const std::string& name, Events& out) const;

  int fd_ = -1;
  std::map<int, Folder> folders_;  // by watch descriptor
  std::string problem_, no_inotify_;
};

}  // namespace switchyard
