#include "compiler/source/file_reader.h"

#include <algorithm>
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
    return fail(fmt::format("cannot read `{}`: it is a folder; {}", path, advice_.folder));
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(fmt::format("cannot read `{}`: {}", path, std::strerror(errno)));
  std::string text;
  // In pieces, up to one byte past the limit: an endless device cannot fill the memory, and a high
  // limit costs nothing.
  constexpr std::size_t kPiece = std::size_t{1} << 18;
  while (text.size() <= limit) {
    const std::size_t before = text.size();
    const std::size_t wanted = std::min(kPiece, limit + 1 - before);
    text.resize(before + wanted);
    in.read(text.data() + before, static_cast<std::streamsize>(wanted));
    text.resize(before + static_cast<std::size_t>(in.gcount()));
    if (in.bad()) return fail(fmt::format("cannot read `{}`: {}", path, std::strerror(errno)));
    if (text.size() - before < wanted) break;
  }
  if (text.size() > limit) {
    return fail(fmt::format("`{}` has more than {} MiB; {}", path, limit >> 20, advice_.too_large));
  }
  text.shrink_to_fit();
  return text;
}

}  // namespace switchyard
