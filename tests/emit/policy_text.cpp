#include "tests/emit/policy_text.h"

#include <catch2/catch.hpp>

#include "compiler/parse/parse.h"
#include "compiler/sema/resolve.h"

namespace switchyard::testing {

const char* const kEveryKind = R"(policy every_kind

fact mx       : bool                          "matrix instructions"
fact scheme   : enum { w4, w4a4, w4a8 }
fact arch     : name { gfx942, "gfx90a:sramecc+" }
fact tokens   : int 1 .. 4096
fact offset   : int -5_000_000_000 .. 5_000_000_000 = 0
fact rocm     : version 6.0 .. 9.99 = 7.0
fact backends : flags { ck, triton }
fact forced   : switch                        from env "FORCED"
fact debug    : bool = false                  from env "DEBUG" replaces env "OLD_DEBUG"

assume mx implies arch == gfx942
assume not (forced == on and tokens == 4096)

target native { family = aiter, rank = 1 }    "fast"
target packed(block_m : int 16 .. 256 = 64, order : enum { row, column } = row) { family = ours }
target emulated

native requires mx                            because "MX hardware"
native requires scheme in <w4, w4a4> and backends has ck   because "CK kernels"
packed requires tokens % 2 == 0               because "pairs of tokens"
faster native over packed over emulated

refuse when rocm < 6.2                        because "ROCm is too old"
only native when forced == on                 because "asked for"
first of native, packed(block_m = 16, order = column) when tokens <= 64
packed when offset > 4_000_000_000 and can packed
emulated otherwise                            because "always runs"
)";

std::vector<std::byte> compile_policy(const std::string& text, DeciderChoice decider,
                                      const std::string& path) {
  SourceMap sources;
  DiagnosticSink sink;
  const FileId root = sources.add(path, text);
  const ast::Policy policy = parse_policy(sources, root, sink);
  REQUIRE_FALSE(sink.has_errors());
  const auto model = resolve(policy, sources, sink);
  for (const Diagnostic& diagnostic : sink.diagnostics()) UNSCOPED_INFO(diagnostic.message);
  REQUIRE(model.has_value());
  const auto classes = partition(*model, sink);
  REQUIRE(classes.has_value());
  const auto diagrams = build(*model, *classes, DiagramBudget{});
  EmitOptions options;
  options.decider = decider;
  auto bytes = emit(*model, *classes, diagrams, sources, options);
  REQUIRE(bytes.has_value());
  const auto proof = prove(*bytes, *model, *classes, diagrams, sources);
  if (!proof) FAIL(proof.error().message);
  return std::move(*bytes);
}

Table open_policy(const std::string& text, DeciderChoice decider) {
  auto table = Table::from_bytes(compile_policy(text, decider));
  if (!table) FAIL(table.error().message);
  return std::move(*table);
}

}  // namespace switchyard::testing
