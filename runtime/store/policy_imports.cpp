#include "runtime/store/policy_imports.h"

#include <filesystem>

namespace switchyard {
namespace {

bool is_word(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

// The string whose quote is at `at`, without escapes; leaves `at` behind it.
std::string string_at(std::string_view text, std::size_t& at) {
  std::string out;
  for (++at; at < text.size() && text[at] != '"' && text[at] != '\n'; ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    out += text[at];
  }
  if (at < text.size()) ++at;
  return out;
}

}  // namespace

std::vector<std::string> imports_of(std::string_view text) {
  std::vector<std::string> out;
  bool after_import = false;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '#') {
      while (at < text.size() && text[at] != '\n') ++at;
    } else if (c == '"') {
      std::string value = string_at(text, at);
      if (after_import) out.push_back(std::move(value));
      after_import = false;
    } else if (is_word(c)) {
      const std::size_t begin = at;
      while (at < text.size() && is_word(text[at])) ++at;
      after_import = text.substr(begin, at - begin) == "import";
    } else {
      ++at;
    }
  }
  return out;
}

std::string import_path(const std::string& importing, const std::string& import) {
  return (std::filesystem::path(importing).parent_path() / import).string();
}

}  // namespace switchyard
