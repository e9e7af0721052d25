#include "compiler/diagnostic/snippet.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "compiler/source/utf8.h"

namespace switchyard {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view kCut = "…";
constexpr std::uint32_t kTab = 4;
constexpr std::uint32_t kSurroundings =
    4096;  // bytes of a line that may be shown before the carets

// One character as it is shown.
struct Cell {
  std::string text;
  std::uint32_t column = 0, width = 0;
  std::uint32_t begin = 0;  // byte of the line
};

bool reorders_text(char32_t c) {
  return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

// The character at `at` as safe text. Tabs are the caller's.
std::pair<std::string, std::uint32_t> shown(std::string_view text, CodePoint point,
                                            std::size_t at) {
  const char32_t c = point.character;
  if (c == kNotUtf8 || reorders_text(c) || (c >= 0x7F && c <= 0x9F)) {
    return {std::string(kReplacement), 1};
  }
  if (c < 0x20) {  // U+2400: pictures of the control characters
    return {fmt::format("\xE2\x90{}", static_cast<char>(0x80 + c)), 1};
  }
  return {std::string(text.substr(at, point.length)), static_cast<std::uint32_t>(display_width(c))};
}

std::vector<Cell> cells(std::string_view line) {
  std::vector<Cell> out;
  std::uint32_t column = 0;
  for (std::size_t at = 0; at < line.size();) {
    const CodePoint point = decode_utf8(line, at);
    Cell cell;
    cell.begin = static_cast<std::uint32_t>(at);
    cell.column = column;
    if (point.character == '\t') {
      cell.width = kTab - column % kTab;
      cell.text.assign(cell.width, ' ');
    } else {
      std::tie(cell.text, cell.width) = shown(line, point, at);
    }
    column += cell.width;
    at += point.length;
    out.push_back(std::move(cell));
  }
  return out;
}

std::uint32_t column_of(const std::vector<Cell>& line, std::uint32_t byte) {
  for (const Cell& cell : line) {
    if (cell.begin >= byte) return cell.column;
  }
  return line.empty() ? 0 : line.back().column + line.back().width;
}

// `at`, or the start of the character that it is in the middle of.
std::size_t character_start(std::string_view line, std::size_t at) {
  while (at > 0 && (static_cast<unsigned char>(line[at]) & 0xC0) == 0x80) --at;
  return at;
}

// Where the line's text ends before a comment and blanks: carets below them would say nothing.
std::uint32_t text_end(std::string_view line) {
  bool quoted = false;
  std::size_t end = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '#' && !quoted) break;
    if (line[i] == '"') quoted = !quoted;
    if (line[i] == '\\' && quoted) ++i;
    if (i < line.size() && line[i] != ' ' && line[i] != '\t') end = i + 1;
  }
  return static_cast<std::uint32_t>(end);
}

class Snippet {
 public:
  Snippet(const SourceFile& source, const SnippetStyle& style) : source_(source), style_(style) {}

  void gutter(std::string_view number) {
    fmt::format_to(std::back_inserter(out_), "{}{:>{}} |{}", style_.gutter_color, number,
                   style_.gutter, style_.reset);
  }
  void line(std::uint32_t number, std::uint32_t begin, std::uint32_t end, std::string_view label);
  std::string take() { return std::move(out_); }

 private:
  const SourceFile& source_;
  const SnippetStyle& style_;
  std::string out_;
};

// A line with carets from byte `begin` to byte `end` of it, one caret at least.
void Snippet::line(std::uint32_t number, std::uint32_t begin, std::uint32_t end,
                   std::string_view label) {
  // Only the surroundings of the carets are looked at: a line may have megabytes.
  std::string_view whole = source_.line(number);
  const auto cut = static_cast<std::uint32_t>(
      begin > kSurroundings ? character_start(whole, begin - kSurroundings) : 0);
  whole = whole.substr(std::min<std::size_t>(cut, whole.size()), 3 * kSurroundings);
  begin -= cut;
  end = std::min(end - cut, static_cast<std::uint32_t>(whole.size()));
  const std::vector<Cell> all = cells(whole);
  const std::uint32_t total = all.empty() ? 0 : all.back().column + all.back().width;
  const std::uint32_t first = column_of(all, begin);
  const std::uint32_t last = std::max(column_of(all, end), first + 1);

  // The window of columns that is shown: everything, or what surrounds the carets.
  const std::uint32_t room = std::max(style_.width, style_.gutter + 24) - style_.gutter - 5;
  std::uint32_t low = 0, high = std::max(total, last);
  if (total > room) {
    const std::uint32_t before = room / 3;
    low = first > before ? first - before : 0;
    if (low > 0) low = std::min(low, total > room ? total - room : 0);
    low = std::min(low, first);
    high = low + room;
  }

  std::string text, marks;
  if (low > 0 || cut > 0) {
    text += kCut;
    marks += ' ';
  }
  std::uint32_t start = low;  // where the first cell of the window stands
  bool any = false;
  for (const Cell& cell : all) {
    if (cell.column < low || cell.column + cell.width > high) continue;
    if (!any) start = cell.column;
    any = true;
    text += cell.text;
  }
  if (total > high) text += kCut;
  marks.append(first - std::min(start, first), ' ');
  marks += style_.color;
  marks.append(std::min(last, std::max(high, first + 1)) - first, style_.caret);
  if (!label.empty()) {
    marks += ' ';
    marks += printable(label);
  }
  marks += style_.reset;

  while (text.ends_with(' ')) text.pop_back();
  gutter(fmt::format("{}", number));
  fmt::format_to(std::back_inserter(out_), "{}{}\n", text.empty() ? "" : " ", text);
  gutter("");
  fmt::format_to(std::back_inserter(out_), " {}\n", marks);
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    if (point.character == '\n' || point.character == '\t') {
      out += ' ';
    } else {
      out += shown(text, point, at).first;
    }
    at += point.length;
  }
  return out;
}

std::uint32_t text_width(std::string_view text) {
  std::uint32_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    width += point.character == kNotUtf8
                 ? 1u
                 : static_cast<std::uint32_t>(display_width(point.character));
    at += point.length;
  }
  return width;
}

Span shown_span(const SourceMap& sources, Span span) {
  const std::string_view text = sources.file(span.file).text();
  const auto rest = text.substr(std::min<std::size_t>(span.begin, text.size()));
  if (rest.find_first_not_of(" \t\r\n\f") != std::string_view::npos) return span;
  const auto last = text.find_last_not_of(" \t\r\n\f");
  if (last == std::string_view::npos) return {span.file, 0, 0};
  const auto end = static_cast<std::uint32_t>(last) + 1;
  return {span.file, end, end};
}

std::string render_snippet(const SourceMap& sources, Span span, std::string_view label,
                           const SnippetStyle& style) {
  const SourceFile& source = sources.file(span.file);
  const std::uint32_t first = source.position(span.begin).line;
  // The line of the last byte, so that a span which ends with a line break ends on its own line.
  const std::uint32_t last = source.position(span.end > span.begin ? span.end - 1 : span.end).line;
  const auto start_of = [&](std::uint32_t line) {
    return static_cast<std::uint32_t>(source.line(line).data() - source.text().data());
  };
  Snippet snippet(source, style);
  if (first == last) {
    snippet.line(first, span.begin - start_of(first), span.end - start_of(first), label);
    return snippet.take();
  }
  snippet.line(first, span.begin - start_of(first),
               std::max(text_end(source.line(first)), span.begin - start_of(first)), "");
  std::string out = snippet.take();
  if (last > first + 1) {
    fmt::format_to(std::back_inserter(out), "{}{:>{}} :{}\n", style.gutter_color, "", style.gutter,
                   style.reset);
  }
  const std::string_view text = source.line(last);
  const auto blank = text.find_first_not_of(" \t");
  Snippet rest(source, style);
  rest.line(last, static_cast<std::uint32_t>(blank == std::string_view::npos ? 0 : blank),
            span.end - start_of(last), label);
  return out + rest.take();
}

}  // namespace switchyard
