#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/source/file_reader.h"
#include "runtime/base/error.h"

namespace switchyard {

// Index of a file in its SourceMap.
using FileId = std::uint32_t;

// A half-open range of bytes [begin, end) of one file. `begin == end` marks a point, such as the
// place where something is missing.
struct Span {
  FileId file = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  friend bool operator==(const Span&, const Span&) = default;
};

// One policy text and its line table. Immutable after construction.
class SourceFile {
 public:
  // Limit of LANGUAGE.md, "Lexis".
  static constexpr std::size_t kMaxBytes = 16u << 20;

  // 1-based line; 1-based column counted in Unicode code points.
  struct Position {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
  };

  SourceFile(std::string path, std::string text);

  // As the user named it: relative paths stay relative. "<stdin>" for standard input.
  const std::string& path() const { return path_; }
  std::string_view text() const { return text_; }
  std::string_view text(Span span) const;

  // `offset` may be text().size(). O(log lines).
  Position position(std::uint32_t offset) const;
  std::uint32_t line_count() const { return static_cast<std::uint32_t>(line_starts_.size()); }
  // The text of a 1-based line without its terminator.
  std::string_view line(std::uint32_t number) const;

 private:
  std::string path_;
  std::string text_;
  std::vector<std::uint32_t> line_starts_;
};

// Owns every file of one compilation; file ids and references stay valid as files are added.
class SourceMap {
 public:
  // Adds text that is already in memory (standard input, tests). No limit is checked here.
  FileId add(std::string path, std::string text);

  // Reads a file; fails when it cannot be read, is a folder, or exceeds SourceFile::kMaxBytes.
  // The same path is read once.
  Expected<FileId> load(const std::string& path, FileAdvice advice = {});

  const SourceFile& file(FileId id) const { return files_[id]; }
  std::size_t size() const { return files_.size(); }
  std::string_view text(Span span) const { return files_[span.file].text(span); }
  // "path:line", for the deciding rule of a decision.
  std::string location(Span span) const;

 private:
  std::deque<SourceFile> files_;
};

}  // namespace switchyard
