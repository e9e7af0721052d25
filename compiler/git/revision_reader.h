#pragma once

#include <memory>
#include <string>

#include "compiler/git/objects.h"
#include "compiler/source/file_reader.h"

namespace switchyard::git {

// The files of one revision, imports included; paths are from the top of the repository.
class RevisionReader final : public FileReader {
 public:
  // `revision` as git understands it; empty: what is staged. `objects` may be shared by readers of one
  // thread.
  RevisionReader(std::shared_ptr<Objects> objects, std::string revision)
      : objects_(std::move(objects)), revision_(std::move(revision)) {}

  Expected<std::string> read(const std::string& path, std::size_t limit) const override;
  std::string name(const std::string& path) const override { return revision_ + ":" + path; }

 private:
  std::shared_ptr<Objects> objects_;
  std::string revision_;
};

}  // namespace switchyard::git
