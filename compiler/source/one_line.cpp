#include "compiler/source/one_line.h"

#include <cctype>

namespace switchyard {

std::string one_line(std::string_view text) {
  std::string out;
  bool quoted = false, gap = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (!quoted && c == '#') {
      while (i < text.size() && text[i] != '\n') ++i;
      gap = true;
      continue;
    }
    if (!quoted && std::isspace(static_cast<unsigned char>(c)) != 0) {
      gap = true;
      continue;
    }
    if (gap && !out.empty()) out += ' ';
    gap = false;
    out += c;
    if (c == '"') quoted = !quoted;
    if (quoted && c == '\\' && i + 1 < text.size()) out += text[++i];
  }
  return out;
}

}  // namespace switchyard
