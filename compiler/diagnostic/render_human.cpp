#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

#include "compiler/diagnostic/counted.h"
#include "compiler/diagnostic/render.h"
#include "compiler/diagnostic/snippet.h"

namespace switchyard {
namespace {

struct Palette {
  std::string_view error, warning, note, gutter, bold, reset;
};
constexpr Palette kPlain{};
constexpr Palette kAnsi{"\x1b[1;31m", "\x1b[1;33m", "\x1b[1;36m",
                        "\x1b[1;34m", "\x1b[1m",    "\x1b[0m"};

class Renderer {
 public:
  Renderer(const SourceMap& sources, const RenderOptions& options)
      : sources_(sources), options_(options), palette_(options.color ? kAnsi : kPlain) {}

  void diagnostic(const Diagnostic& found);
  void summary(std::size_t errors, std::size_t warnings);
  std::string take() { return std::move(out_); }

 private:
  template <typename... Args>
  void put(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
  }
  void place(Span span, std::string_view label, char caret, std::string_view color);
  void wrapped(std::string_view kind, std::string_view color, std::string_view text);
  void fix(const Fix& fix);
  void region(const FoundRegion& region);

  const SourceMap& sources_;
  const RenderOptions& options_;
  const Palette& palette_;
  std::uint32_t gutter_ = 1;
  std::string out_;
};

std::uint32_t digits(std::uint32_t number) {
  return static_cast<std::uint32_t>(fmt::formatted_size("{}", number));
}

void Renderer::place(Span span, std::string_view label, char caret, std::string_view color) {
  const Span at = shown_span(sources_, span);
  const SourceFile& source = sources_.file(at.file);
  const auto position = source.position(at.begin);
  put("{:{}}{}-->{} {}:{}:{}\n", "", gutter_, palette_.gutter, palette_.reset,
      printable(source.path()), position.line, position.column);
  put("{:{}}{} |{}\n", "", gutter_, palette_.gutter, palette_.reset);
  SnippetStyle style;
  style.width = options_.width;
  style.gutter = gutter_;
  style.caret = caret;
  style.color = color;
  style.gutter_color = palette_.gutter;
  style.reset = palette_.reset;
  out_ += render_snippet(sources_, at, label, style);
}

// "   = help: text", wrapped at the width with the following lines indented below the text.
void Renderer::wrapped(std::string_view kind, std::string_view color, std::string_view text) {
  const std::string safe = printable(text);
  const std::uint32_t indent = gutter_ + 5 + static_cast<std::uint32_t>(kind.size());
  const std::uint32_t room = std::max<std::uint32_t>(options_.width, indent + 20) - indent;
  put("{:{}}{} ={} {}{}:{}", "", gutter_, palette_.gutter, palette_.reset, color, kind,
      palette_.reset);
  std::uint32_t used = 0;
  std::string_view rest = safe;
  bool first = true;
  while (!rest.empty()) {
    const auto space = rest.find(' ');
    const std::string_view word = rest.substr(0, space);
    const std::uint32_t width = text_width(word);
    if (!first && used + 1 + width > room) {
      put("\n{:{}}", "", indent - 1);
      used = 0;
    }
    put(" {}", word);
    used += width + 1;
    first = false;
    rest = space == std::string_view::npos ? std::string_view() : rest.substr(space + 1);
  }
  put("\n");
}

// The line as it would read, when the fix stays on one line.
void Renderer::fix(const Fix& fix) {
  wrapped("fix", palette_.note, fix.text);
  if (fix.edits.empty()) return;
  const SourceFile& source = sources_.file(fix.edits.front().span.file);
  const std::uint32_t line = source.position(fix.edits.front().span.begin).line;
  const std::string_view text = source.line(line);
  const auto start = static_cast<std::uint32_t>(text.data() - source.text().data());
  std::vector<const Fix::Edit*> edits;
  for (const Fix::Edit& edit : fix.edits) {
    const bool inside = edit.span.file == fix.edits.front().span.file && edit.span.begin >= start &&
                        edit.span.end <= start + text.size() &&
                        edit.replacement.find('\n') == std::string::npos;
    if (!inside) return;
    edits.push_back(&edit);
  }
  std::stable_sort(edits.begin(), edits.end(),
                   [](const auto* a, const auto* b) { return a->span.begin < b->span.begin; });
  std::string fixed;
  std::uint32_t at = 0;
  for (const Fix::Edit* edit : edits) {
    fixed += text.substr(at, edit->span.begin - start - at);
    fixed += edit->replacement;
    at = edit->span.end - start;
  }
  fixed += text.substr(at);
  fixed = printable(fixed);
  const auto begin = fixed.find_first_not_of(' ');
  if (begin == std::string::npos || text_width(fixed) > options_.width) return;
  put("{}{:>{}} |{} {}\n", palette_.gutter, line, gutter_, palette_.reset, fixed);
}

// The size, then a line for each box with its own.
void Renderer::region(const FoundRegion& region) {
  put("{:{}}{} ={} {}region{}: {}\n", "", gutter_, palette_.gutter, palette_.reset,
      palette_.note, palette_.reset, counted(printable(region.size), "combination"));
  for (const FoundRegion::Part& part : region.parts) {
    std::string text;
    for (const FactValues& own : part.box) {
      if (!text.empty()) text += ", ";
      text += own.text;
    }
    put("{:{}}     {}: {}\n", "", gutter_, text.empty() ? "any input" : printable(text),
        printable(part.size));
  }
  if (region.complete) return;
  put("{:{}}     ... and more{}\n", "", gutter_,
      region.cut ? " (`policyc verify --max-boxes 0` shows all)" : "");
}

void Renderer::diagnostic(const Diagnostic& found) {
  const bool error = found.info->severity == Severity::kError;
  const std::string_view color = error ? palette_.error : palette_.warning;
  put("{}{}[{}]{}{}: {}{}\n", color, error ? "error" : "warning", found.info->code, palette_.reset,
      palette_.bold, printable(found.message), palette_.reset);

  const auto last_line = [&](Span span) {
    const Span at = shown_span(sources_, span);
    return digits(sources_.file(at.file).position(at.end).line);
  };
  gutter_ = last_line(found.span);
  for (const Note& note : found.notes) {
    if (note.span) gutter_ = std::max(gutter_, last_line(*note.span));
  }
  for (const Fix& one : found.fixes) {
    for (const Fix::Edit& edit : one.edits) gutter_ = std::max(gutter_, last_line(edit.span));
  }

  place(found.span, found.label, '^', color);
  for (const Note& note : found.notes) {
    if (!note.span) continue;
    put("{}note{}: {}\n", palette_.note, palette_.reset, printable(note.text));
    place(*note.span, "", '-', palette_.gutter);
  }
  for (const Note& note : found.notes) {
    if (!note.span) wrapped("help", palette_.note, note.text);
  }
  for (const Fix& one : found.fixes) fix(one);
  if (!found.witness.empty()) {
    std::uint32_t widest = 0;
    for (const Binding& binding : found.witness) {
      widest = std::max(widest, text_width(binding.fact));
    }
    put("{:{}}{} ={} {}input that shows it:{}\n", "", gutter_, palette_.gutter, palette_.reset,
        palette_.note, palette_.reset);
    for (const Binding& binding : found.witness) {
      put("{:{}}     {}{:{}} = {}\n", "", gutter_, printable(binding.fact), "",
          widest - text_width(binding.fact), printable(binding.value));
    }
  }
  if (found.region) region(*found.region);
  put("\n");
}

void Renderer::summary(std::size_t errors, std::size_t warnings) {
  if (errors > 0) put("{}{}{}", palette_.error, counted(errors, "error"), palette_.reset);
  if (errors > 0 && warnings > 0) put(", ");
  if (warnings > 0) put("{}{}{}", palette_.warning, counted(warnings, "warning"), palette_.reset);
  put("\n");
}

}  // namespace

std::string render_human(std::span<const Diagnostic> diagnostics, const SourceMap& sources,
                         const RenderOptions& options) {
  if (diagnostics.empty()) return {};
  Renderer renderer(sources, options);
  std::size_t errors = 0;
  for (const Diagnostic& found : diagnostics) {
    renderer.diagnostic(found);
    if (found.info->severity == Severity::kError) ++errors;
  }
  if (options.summary) renderer.summary(errors, diagnostics.size() - errors);
  return renderer.take();
}

}  // namespace switchyard
