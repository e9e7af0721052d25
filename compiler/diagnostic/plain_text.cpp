#include "compiler/diagnostic/plain_text.h"

#include <fmt/format.h>

#include "compiler/diagnostic/counted.h"
#include "compiler/diagnostic/snippet.h"

namespace switchyard {
namespace {

std::string text_of(const FoundRegion& region) {
  std::string out = "region: " + counted(region.size, "combination");
  for (const FoundRegion::Part& part : region.parts) {
    out += fmt::format("\n  {}: {}", plain_text(part.box), part.size);
  }
  if (!region.complete) out += "\n  ... and more";
  return out;
}

// `printable`, line by line.
std::string printable_lines(std::string_view text) {
  std::string out;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (begin > 0) out += '\n';
    out += printable(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

}  // namespace

std::string plain_text(const BoxValues& box) {
  std::string out;
  for (const FactValues& values : box) out += (out.empty() ? "" : ", ") + values.text;
  return out.empty() ? "any input" : out;
}

std::string plain_text(const Diagnostic& found, const SourceMap& sources) {
  std::string out = found.message;
  if (!found.label.empty()) out += "\n" + found.label;
  for (const Note& note : found.notes) {
    if (note.span) out += fmt::format("\nnote: {} ({})", note.text, sources.location(*note.span));
  }
  for (const Note& note : found.notes) {
    if (!note.span) out += "\nhelp: " + note.text;
  }
  for (const Fix& fix : found.fixes) out += "\nfix: " + fix.text;
  if (!found.witness.empty()) {
    out += "\ninput that shows it:";
    for (const Binding& binding : found.witness) {
      out += fmt::format("\n  {} = {}", binding.fact, binding.value);
    }
  }
  if (found.region) out += "\n" + text_of(*found.region);
  return printable_lines(out);
}

}  // namespace switchyard
