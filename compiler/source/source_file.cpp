#include "compiler/source/source_file.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "compiler/source/file_reader.h"

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

Expected<FileId> SourceMap::load(const std::string& path, FileAdvice advice) {
  for (std::size_t i = 0; i < files_.size(); ++i) {
    if (files_[i].path() == path) return static_cast<FileId>(i);
  }
  Expected<std::string> text = DiskReader(advice).read(path, SourceFile::kMaxBytes);
  if (!text) return fail(text.error().message);
  return add(path, std::move(*text));
}

std::string SourceMap::location(Span span) const {
  const SourceFile& source = file(span.file);
  return fmt::format("{}:{}", source.path(), source.position(span.begin).line);
}

}  // namespace switchyard
