#pragma once

#include <string>

namespace switchyard::testing {

// A folder as kubelet's atomic writer lays out a mounted ConfigMap: the files in a folder of their
// own, `..data` a link to that, the names that a program opens links through `..data`.
class ConfigMap {
 public:
  explicit ConfigMap(std::string folder);  // makes it

  // Writes a new folder, renames a new link over `..data`, removes the folder before.
  void update(const std::string& name, const std::string& bytes);

 private:
  std::string folder_;
  int version_ = 0;
};

}  // namespace switchyard::testing
