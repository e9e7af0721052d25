#include "compiler/driver/read.h"

#include <cstdio>
#include <string_view>

#include <fmt/format.h>

#include "runtime/format/file_layout.h"

namespace switchyard::driver {

Expected<std::string> read_standard_input(std::size_t limit) {
  std::string text;
  char buffer[1 << 16];
  while (const std::size_t count = std::fread(buffer, 1, sizeof buffer, stdin)) {
    text.append(buffer, count);
    if (text.size() > limit) {
      return fail(fmt::format("standard input has more than {} MiB", limit >> 20));
    }
  }
  if (std::ferror(stdin) != 0) return fail("cannot read standard input");
  return text;
}

Expected<FileId> read_source(SourceMap& sources, const std::string& path) {
  if (path == "-") {
    Expected<std::string> text = read_standard_input(SourceFile::kMaxBytes);
    if (!text) return fail(text.error().message);
    return sources.add("<stdin>", std::move(*text));
  }
  const Expected<FileId> file = sources.load(path);
  constexpr std::string_view kTable(format::kMagic, sizeof format::kMagic);
  if (file && sources.file(*file).text().substr(0, kTable.size()) == kTable) {
    return fail(fmt::format("`{}` is a compiled table, and this takes a policy; `policyc inspect {}` "
                            "tells what is in it", path, path));
  }
  return file;
}

}  // namespace switchyard::driver
