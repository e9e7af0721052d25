#include "compiler/diagnostic/render.h"

#include <catch2/catch.hpp>
#include <string>

#include "compiler/diagnostic/registry.h"

namespace switchyard {
namespace {

// One finding on `text` at [begin, end), rendered without its summary.
std::string render(const std::string& text, std::uint32_t begin, std::uint32_t end,
                   const RenderOptions& options = {}, const std::string& label = "") {
  SourceMap sources;
  const FileId file = sources.add("p", text);
  DiagnosticSink sink;
  sink.report(diag::StrayCharacter, {file, begin, end}, "it").with_label(label);
  std::string out = render_human(sink.diagnostics(), sources, options);
  const std::string head = "error[SY0006]: it is not part of the language\n";
  REQUIRE(out.substr(0, head.size()) == head);
  const std::string tail = "\n1 error\n";
  REQUIRE(out.size() > tail.size());
  REQUIRE(out.substr(out.size() - tail.size()) == tail);
  return out.substr(head.size(), out.size() - head.size() - tail.size());
}

TEST_CASE("carets stand below what they mean") {
  CHECK(render("a bc d\n", 2, 4) == " --> p:1:3\n  |\n1 | a bc d\n  |   ^^\n");
  CHECK(render("a bc d\n", 2, 4, {}, "this") == " --> p:1:3\n  |\n1 | a bc d\n  |   ^^ this\n");
  CHECK(render("a bc d\n", 1, 1) == " --> p:1:2\n  |\n1 | a bc d\n  |  ^\n");
}

TEST_CASE("tabs, wide and combining characters keep carets in place") {
  CHECK(render("\tab\n", 1, 3) == " --> p:1:2\n  |\n1 |     ab\n  |     ^^\n");
  CHECK(render("a\tb\n", 2, 3) == " --> p:1:3\n  |\n1 | a   b\n  |     ^\n");
  // Two columns each.
  CHECK(render("日本 x\n", 7, 8) == " --> p:1:4\n  |\n1 | 日本 x\n  |      ^\n");
  CHECK(render("日本 x\n", 3, 6) == " --> p:1:2\n  |\n1 | 日本 x\n  |   ^^\n");
  // e and a combining acute accent.
  CHECK(render("e\xCC\x81 x\n", 4, 5) == " --> p:1:4\n  |\n1 | e\xCC\x81 x\n  |   ^\n");
}

TEST_CASE("CRLF and missing line breaks") {
  CHECK(render("ab\r\ncd\r\n", 4, 6) == " --> p:2:1\n  |\n2 | cd\n  | ^^\n");
  CHECK(render("ab\r\ncd", 4, 6) == " --> p:2:1\n  |\n2 | cd\n  | ^^\n");
  CHECK(render("ab\r\ncd", 2, 3) == " --> p:1:3\n  |\n1 | ab\n  |   ^\n");
}

TEST_CASE("the end of the file is the end of what it says") {
  CHECK(render("ab\n\n\n", 5, 5) == " --> p:1:3\n  |\n1 | ab\n  |   ^\n");
  CHECK(render("ab", 2, 2) == " --> p:1:3\n  |\n1 | ab\n  |   ^\n");
  CHECK(render("", 0, 0) == " --> p:1:1\n  |\n1 |\n  | ^\n");
  CHECK(render("\n \n", 3, 3) == " --> p:1:1\n  |\n1 |\n  | ^\n");
}

TEST_CASE("spans over several lines show their first and last line") {
  CHECK(render("a (b\nc) d\n", 2, 7) == " --> p:1:3\n  |\n1 | a (b\n  |   ^^\n2 | c) d\n  | ^^\n");
  CHECK(render("a (b\nx\ny\n  c) d\n", 2, 13, {}, "all of it") ==
        " --> p:1:3\n  |\n1 | a (b\n  |   ^^\n  :\n4 |   c) d\n  |   ^^ all of it\n");
  CHECK(render("ab\ncd\n", 0, 3) == " --> p:1:1\n  |\n1 | ab\n  | ^^\n");
}

TEST_CASE("long lines are cut around the carets") {
  const std::string line = std::string(300, 'x') + "HERE" + std::string(300, 'y') + "\n";
  RenderOptions narrow;
  narrow.width = 60;
  const std::string out = render(line, 300, 304, narrow);
  CHECK(out.find("…") != std::string::npos);
  CHECK(out.find("HERE") != std::string::npos);
  const auto shown = out.find("1 | ");
  const auto carets = out.find("  | ", shown);
  const std::string text = out.substr(shown + 4, out.find('\n', shown) - shown - 4);
  const std::string marks = out.substr(carets + 4, out.find('\n', carets) - carets - 4);
  // The cut mark is one column and three bytes.
  CHECK(text.find("HERE") - 2 == marks.find("^^^^"));
  CHECK(text.size() - 4 < 60);
}

TEST_CASE("a line of many megabytes costs little") {
  const std::string line(8u << 20, 'x');
  const std::string out = render(line, 4u << 20, (4u << 20) + 1);
  CHECK(out.size() < 1000);
}

TEST_CASE("what a terminal would obey is made visible") {
  const std::string out = render("a\x1b[31m\xE2\x80\xAE\xff b\n", 0, 1);
  CHECK(out.find('\x1b') == std::string::npos);
  CHECK(out.find("\xE2\x80\xAE") == std::string::npos);
  CHECK(out.find("\xE2\x90\x9B[31m\xEF\xBF\xBD\xEF\xBF\xBD b") != std::string::npos);
}

TEST_CASE("colour is there when asked for, and only then") {
  RenderOptions colored;
  colored.color = true;
  SourceMap sources;
  const FileId file = sources.add("p", "ab\n");
  DiagnosticSink sink;
  sink.report(diag::StrayCharacter, {file, 0, 1}, "it").with_help("do this");
  CHECK(render_human(sink.diagnostics(), sources, colored).find("\x1b[1;31merror") == 0);
  CHECK(render_human(sink.diagnostics(), sources).find('\x1b') == std::string::npos);
}

TEST_CASE("notes, help, fixes and the input that shows it") {
  SourceMap sources;
  const FileId file = sources.add("p", "first\nsecond\n");
  DiagnosticSink sink;
  Diagnostic& found = sink.report(diag::StrayCharacter, {file, 6, 12}, "it");
  found.with_note({file, 0, 5}, "first declared here")
      .with_help("help it")
      .with_fix("call it third", {file, 6, 12}, "third");
  found.witness = {{"tokens", "17"}, {"mx", "true"}};
  CHECK(render_human(sink.diagnostics(), sources) ==
        "error[SY0006]: it is not part of the language\n"
        " --> p:2:1\n"
        "  |\n"
        "2 | second\n"
        "  | ^^^^^^\n"
        "note: first declared here\n"
        " --> p:1:1\n"
        "  |\n"
        "1 | first\n"
        "  | -----\n"
        "  = help: help it\n"
        "  = fix: call it third\n"
        "2 | third\n"
        "  = input that shows it:\n"
        "      tokens = 17\n"
        "      mx     = true\n"
        "\n"
        "1 error\n");
}

TEST_CASE("nothing found, nothing said") { CHECK(render_human({}, SourceMap()).empty()); }

}  // namespace
}  // namespace switchyard
