#include "tests/policies/recording.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>

namespace switchyard::testing {
namespace {

Expected<std::string> unpacked(const std::string& path) {
  struct Close {
    void operator()(std::FILE* pipe) const { pclose(pipe); }
  };
  std::unique_ptr<std::FILE, Close> pipe(popen(("gzip -dc '" + path + "'").c_str(), "r"));
  if (!pipe) return fail("cannot start gzip to unpack " + path);
  std::string text;
  std::vector<char> buffer(1u << 16);
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe.get())) {
    text.append(buffer.data(), count);
  }
  if (pclose(pipe.release()) != 0) return fail("gzip cannot unpack " + path);
  return text;
}

Expected<std::string> read(const std::string& path) {
  if (path.ends_with(".gz")) return unpacked(path);
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail("cannot read " + path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// The parts of `text` between separators, the last one without a separator included.
std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::size_t Recording::column(const std::string& name) const {
  return static_cast<std::size_t>(std::find(columns.begin(), columns.end(), name) -
                                  columns.begin());
}

Expected<Recording> read_recording(const std::string& path) {
  const Expected<std::string> text = read(path);
  if (!text) return fail(text.error().message);
  Recording recording;
  for (const std::string& line : split(*text, '\n')) {
    if (line.empty()) continue;
    std::vector<std::string> cells = split(line, ',');
    if (recording.columns.empty()) {
      recording.columns = std::move(cells);
    } else if (cells.size() == recording.columns.size()) {
      recording.rows.push_back(std::move(cells));
    } else {
      return fail(path + ": a row with " + std::to_string(cells.size()) + " cells: " + line);
    }
  }
  return recording;
}

}  // namespace switchyard::testing
