#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "compiler/source/source_file.h"

namespace switchyard {

// Lines of a source file with carets under a span, as a terminal shows them: tabs expanded to four
// columns, wide and combining characters measured, control characters and bytes that are not UTF-8
// made visible, lines longer than `width` cut around the carets.
struct SnippetStyle {
  std::uint32_t width = 100;  // columns, the gutter included
  std::uint32_t gutter = 4;   // columns of the line numbers
  char caret = '^';
  std::string_view color;  // ANSI sequence of the carets, empty for none
  std::string_view gutter_color;
  std::string_view reset;
};

// Ends with a line break. A span over several lines shows its first and its last line.
std::string render_snippet(const SourceMap& sources, Span span, std::string_view label,
                           const SnippetStyle& style);

// A point at the end of the file, or of trailing space before it, moved to the end of the last line
// that says something; other spans as they are.
Span shown_span(const SourceMap& sources, Span span);

// Text that is safe to print: control characters, direction overrides and bytes that are not UTF-8
// made visible, line breaks and tabs turned into spaces.
std::string printable(std::string_view text);

// Columns that printable text takes.
std::uint32_t text_width(std::string_view text);

}  // namespace switchyard
