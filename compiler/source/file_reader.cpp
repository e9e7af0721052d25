#include "compiler/source/file_reader.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

namespace switchyard {

Expected<std::string> DiskReader::read(const std::string& path, std::size_t limit) const {
  std::error_code code;
  const auto status = std::filesystem::status(path, code);
  if (!std::filesystem::exists(status)) {
    return fail(fmt::format("cannot read `{}`: no such file; check the path", path));
  }
  if (std::filesystem::is_directory(status)) {
    return fail(fmt::format("cannot read `{}`: it is a folder; name a policy file in it", path));
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(fmt::format("cannot read `{}`: {}", path, std::strerror(errno)));
  std::string text;
  // Read one byte past the limit at most, so that an endless device cannot fill the memory.
  text.resize(limit + 1);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return fail(fmt::format("cannot read `{}`: {}", path, std::strerror(errno)));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > limit) {
    return fail(fmt::format("`{}` has more than {} MiB; split it with `import`", path, limit >> 20));
  }
  text.shrink_to_fit();
  return text;
}

}  // namespace switchyard
