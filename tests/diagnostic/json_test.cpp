// The machine-readable form of every golden case is JSON with the fields that render.h promises.

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "compiler/diagnostic/registry.h"
#include "compiler/diagnostic/render.h"
#include "tests/diagnostic/golden.h"

namespace switchyard {
namespace {

using nlohmann::json;

void check_span(const json& span, const SourceMap& sources) {
  const std::string path = span.at("file");
  const SourceFile* source = nullptr;
  for (FileId file = 0; file < sources.size(); ++file) {
    if (sources.file(file).path() == path) source = &sources.file(file);
  }
  REQUIRE(source);
  const std::uint32_t begin = span.at("byte_begin"), end = span.at("byte_end");
  REQUIRE(begin <= end);
  REQUIRE(end <= source->text().size());
  CHECK(span.at("line_begin") == source->position(begin).line);
  CHECK(span.at("column_begin") == source->position(begin).column);
  CHECK(span.at("line_end") == source->position(end).line);
  CHECK(span.at("column_end") == source->position(end).column);
}

TEST_CASE("the JSON of every golden case has the promised fields") {
  for (const std::string& path : golden_paths()) {
    INFO(path);
    const GoldenCase golden = run_golden(path);
    const json document = json::parse(render_json(golden.diagnostics, golden.sources));
    CHECK(document.at("version") == 1);
    const json& list = document.at("diagnostics");
    REQUIRE(list.size() == golden.diagnostics.size());
    std::size_t errors = 0;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const Diagnostic& found = golden.diagnostics[i];
      CHECK(list[i].at("code") == std::string(found.info->code));
      CHECK(list[i].at("message").is_string());
      CHECK(list[i].at("label") == found.label);
      check_span(list[i].at("span"), golden.sources);
      REQUIRE(list[i].at("notes").size() == found.notes.size());
      for (const json& note : list[i].at("notes")) {
        if (!note.at("span").is_null()) check_span(note.at("span"), golden.sources);
      }
      REQUIRE(list[i].at("fixes").size() == found.fixes.size());
      for (const json& fix : list[i].at("fixes")) {
        for (const json& edit : fix.at("edits")) check_span(edit.at("span"), golden.sources);
      }
      REQUIRE(list[i].at("witness").size() == found.witness.size());
      if (list[i].at("severity") == "error") ++errors;
    }
    CHECK(document.at("errors") == errors);
    CHECK(document.at("warnings") == list.size() - errors);
  }
}

TEST_CASE("any bytes give JSON that parses") {
  SourceMap sources;
  const FileId file = sources.add("odd \"name\"\x01\xff", "x\n");
  DiagnosticSink sink;
  sink.report(diag::StrayCharacter, {file, 0, 1}, "\x01 \xff \"quoted\" \\ \n\t\r \xE2\x82\xAC")
      .with_fix("a\x7f", {file, 0, 1}, "\x80");
  const json document = json::parse(render_json(sink.diagnostics(), sources));
  const std::string message = document.at("diagnostics")[0].at("message");
  CHECK(message.find("\xEF\xBF\xBD \"quoted\" \\ \n\t\r \xE2\x82\xAC") != std::string::npos);
}

TEST_CASE("no findings are a document too") {
  const json document = json::parse(render_json({}, SourceMap()));
  CHECK(document.at("diagnostics").empty());
  CHECK(document.at("errors") == 0);
}

}  // namespace
}  // namespace switchyard
