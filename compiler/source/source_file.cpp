#include "compiler/source/source_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

namespace switchyard {

SourceFile::SourceFile(std::string path, std::string text)
    : path_(std::move(path)), text_(std::move(text)), line_starts_{0} {
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') line_starts_.push_back(static_cast<std::uint32_t>(i + 1));
  }
}

std::string_view SourceFile::text(Span span) const {
  return std::string_view(text_).substr(span.begin, span.end - span.begin);
}

SourceFile::Position SourceFile::position(std::uint32_t offset) const {
  const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const auto line = static_cast<std::uint32_t>(next - line_starts_.begin());
  std::uint32_t column = 1;
  for (std::uint32_t i = line_starts_[line - 1]; i < offset && i < text_.size(); ++i) {
    if ((static_cast<unsigned char>(text_[i]) & 0xC0) != 0x80) ++column;
  }
  return {line, column};
}

std::string_view SourceFile::line(std::uint32_t number) const {
  const std::size_t begin = line_starts_[number - 1];
  std::size_t end = number < line_starts_.size() ? line_starts_[number] - 1 : text_.size();
  if (end > begin && text_[end - 1] == '\r') --end;
  return std::string_view(text_).substr(begin, end - begin);
}

FileId SourceMap::add(std::string path, std::string text) {
  files_.emplace_back(std::move(path), std::move(text));
  return static_cast<FileId>(files_.size() - 1);
}

Expected<FileId> SourceMap::load(const std::string& path) {
  for (std::size_t i = 0; i < files_.size(); ++i) {
    if (files_[i].path() == path) return static_cast<FileId>(i);
  }
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
  text.resize(SourceFile::kMaxBytes + 1);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return fail(fmt::format("cannot read `{}`: {}", path, std::strerror(errno)));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > SourceFile::kMaxBytes) {
    return fail(fmt::format("`{}` has more than 16 MiB; split it with `import`", path));
  }
  text.shrink_to_fit();
  return add(path, std::move(text));
}

std::string SourceMap::location(Span span) const {
  const SourceFile& source = file(span.file);
  return fmt::format("{}:{}", source.path(), source.position(span.begin).line);
}

}  // namespace switchyard
