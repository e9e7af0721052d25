#include <fmt/format.h>

#include <iterator>
#include <string>
#include <string_view>

#include "compiler/diagnostic/box_json.h"
#include "compiler/diagnostic/render.h"
#include "compiler/source/utf8.h"

namespace switchyard {
namespace {

// A JSON string with its quotes (RFC 8259).
std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    const char32_t c = point.character;
    if (c == kNotUtf8) {
      out += "\\ufffd";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c < 0x20 || c == 0x7F) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += text.substr(at, point.length);
    }
    at += point.length;
  }
  return out + '"';
}

// "[a, b]", each element by `one`.
template <typename Items, typename One>
std::string list(const Items& items, One one) {
  std::string out = "[";
  for (const auto& item : items) {
    if (out.size() > 1) out += ", ";
    out += one(item);
  }
  return out + ']';
}

class Renderer {
 public:
  explicit Renderer(const SourceMap& sources) : sources_(sources) {}

  std::string diagnostic(const Diagnostic& found) const {
    return fmt::format(
        R"({{"code": {}, "severity": "{}", "name": {}, "message": {}, "label": {}, "span": {}, )"
        R"("notes": {}, "fixes": {}, "witness": {}, "region": {}}})",
        json_text(found.info->code), found.info->severity == Severity::kError ? "error" : "warning",
        json_text(found.info->name), json_text(found.message), json_text(found.label), span(found.span),
        list(found.notes,
             [&](const Note& note) {
               return fmt::format(R"({{"text": {}, "span": {}}})", json_text(note.text),
                                  note.span ? span(*note.span) : "null");
             }),
        list(found.fixes, [&](const Fix& fix) { return this->fix(fix); }),
        list(found.witness, [&](const Binding& binding) {
          return fmt::format(R"({{"fact": {}, "value": {}}})", json_text(binding.fact),
                             json_text(binding.value));
        }),
        found.region ? region(*found.region) : "null");
  }

 private:
  std::string fix(const Fix& fix) const {
    return fmt::format(R"({{"text": {}, "edits": {}}})", json_text(fix.text),
                       list(fix.edits, [&](const Fix::Edit& edit) {
                         return fmt::format(R"({{"span": {}, "replacement": {}}})", span(edit.span),
                                            json_text(edit.replacement));
                       }));
  }

  static std::string region(const FoundRegion& region) {
    return fmt::format(
        R"({{"count": {}, "exact": {}, "complete": {}, "boxes": {}}})",
        count_json(region.count).dump(), region.exact, region.complete,
        list(region.parts, [](const FoundRegion::Part& part) {
          using nlohmann::ordered_json;
          return box_json(part.box).dump(-1, ' ', false, ordered_json::error_handler_t::replace);
        }));
  }

  std::string span(Span at) const {
    const SourceFile& source = sources_.file(at.file);
    const auto begin = source.position(at.begin);
    const auto end = source.position(at.end);
    return fmt::format(
        R"({{"file": {}, "byte_begin": {}, "byte_end": {}, "line_begin": {}, "column_begin": {}, )"
        R"("line_end": {}, "column_end": {}}})",
        json_text(source.path()), at.begin, at.end, begin.line, begin.column, end.line, end.column);
  }

  const SourceMap& sources_;
};

}  // namespace

std::string render_json(std::span<const Diagnostic> diagnostics, const SourceMap& sources) {
  const Renderer renderer(sources);
  std::size_t errors = 0;
  std::string found;
  for (const Diagnostic& one : diagnostics) {
    if (one.info->severity == Severity::kError) ++errors;
    if (!found.empty()) found += ",\n";
    fmt::format_to(std::back_inserter(found), "  {}", renderer.diagnostic(one));
  }
  return fmt::format(
      "{{\"version\": 1, \"errors\": {}, \"warnings\": {}, \"diagnostics\": [{}{}]}}\n", errors,
      diagnostics.size() - errors, found.empty() ? "" : "\n", found.empty() ? "" : found + "\n");
}

}  // namespace switchyard
