#include "tests/process/config_map.h"

#include <filesystem>
#include <fstream>
#include <utility>

#include "runtime/base/check.h"

namespace switchyard::testing {

namespace fs = std::filesystem;

namespace {

std::string folder_of(int version) { return "..2026_11_27_" + std::to_string(version); }

}  // namespace

ConfigMap::ConfigMap(std::string folder) : folder_(std::move(folder)) {
  fs::create_directories(folder_);
}

void ConfigMap::update(const std::string& name, const std::string& bytes) {
  const std::string own = folder_of(++version_);
  fs::create_directory(folder_ + "/" + own);
  std::ofstream out(folder_ + "/" + own + "/" + name, std::ios::binary);
  out << bytes;
  out.close();
  SWITCHYARD_CHECK(out.good());
  fs::create_symlink(own, folder_ + "/..data_tmp");
  fs::rename(folder_ + "/..data_tmp", folder_ + "/..data");
  if (version_ == 1) {
    fs::create_symlink("..data/" + name, folder_ + "/" + name);
  } else {
    fs::remove_all(folder_ + "/" + folder_of(version_ - 1));
  }
}

}  // namespace switchyard::testing
