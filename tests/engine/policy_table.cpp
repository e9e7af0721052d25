#include "tests/engine/policy_table.h"

#include <catch2/catch.hpp>

#include "compiler/diagram/build.h"
#include "compiler/emit/emit.h"
#include "compiler/parse/parse.h"
#include "compiler/region/partition.h"
#include "compiler/sema/resolve.h"

namespace switchyard {

Table table_of(const std::string& policy) {
  SourceMap sources;
  DiagnosticSink sink;
  const FileId root = sources.add("test.policy", policy);
  const ast::Policy parsed = parse_policy(sources, root, sink);
  const auto errors = [&] {
    std::string text;
    for (const Diagnostic& diagnostic : sink.diagnostics()) text += diagnostic.message + "\n";
    return sink.has_errors() ? text : "";
  };
  REQUIRE(errors() == "");
  const auto model = resolve(parsed, sources, sink);
  REQUIRE(errors() == "");
  const auto classes = partition(*model, sink);
  REQUIRE(classes.has_value());
  const auto diagrams = build(*model, *classes, DiagramBudget{});
  REQUIRE(errors() == "");
  const auto bytes = emit(*model, *classes, diagrams, sources, EmitOptions{});
  REQUIRE(bytes.has_value());
  auto table = Table::from_bytes(*bytes);
  REQUIRE(table.has_value());
  return *table;
}

}  // namespace switchyard
