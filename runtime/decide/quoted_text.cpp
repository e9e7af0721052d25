#include "runtime/decide/quoted_text.h"

namespace switchyard {

std::optional<std::size_t> quoted_length(std::string_view text) {
  if (text.empty() || text[0] != '"') return std::nullopt;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') return i + 1;
    if (text[i] == '\\') ++i;
  }
  return std::nullopt;
}

std::string_view unquote(std::string_view quoted, std::string& storage) {
  const std::string_view inside = quoted.substr(1, quoted.size() - 2);
  if (inside.find('\\') == std::string_view::npos) return inside;
  storage.clear();
  for (std::size_t i = 0; i < inside.size(); ++i) {
    if (inside[i] != '\\') {
      storage += inside[i];
      continue;
    }
    const char escaped = inside[++i];  // a quoted text does not end in its middle
    storage += escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped;
  }
  return storage;
}

}  // namespace switchyard
