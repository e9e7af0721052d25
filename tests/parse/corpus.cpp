#include "tests/parse/corpus.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace switchyard {

std::vector<CorpusFile> read_corpus() {
  std::vector<CorpusFile> files;
  for (const char* root : {"policies", "tests/golden"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      const auto extension = entry.path().extension();
      if (extension != ".policy" && extension != ".facts") continue;
      std::ifstream in(entry.path(), std::ios::binary);
      files.push_back({entry.path().generic_string(),
                       {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()}});
    }
  }
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

Parsed::Parsed(const std::string& text) {
  const FileId file = sources.add("text.policy", text);
  policy.files.push_back(parse_file(sources, file, sink));
}

std::string Parsed::findings() const {
  std::string out;
  for (const Diagnostic& found : sink.diagnostics()) {
    if (!out.empty()) out += ' ';
    out += fmt::format("{}@{}", found.info->code,
                       sources.file(found.span.file).position(found.span.begin).line);
  }
  return out;
}

}  // namespace switchyard
