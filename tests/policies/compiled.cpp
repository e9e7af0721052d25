#include "tests/policies/compiled.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "compiler/diagram/build.h"
#include "compiler/emit/emit.h"
#include "compiler/parse/parse.h"
#include "compiler/region/partition.h"
#include "compiler/sema/resolve.h"
#include "compiler/verify/verify.h"

namespace switchyard::testing {
namespace {

Expected<Table> table_of(Compiled& compiled, const Partition& classes,
                         const std::optional<PolicyDiagram>& diagrams) {
  const Expected<std::vector<std::byte>> bytes =
      emit(*compiled.model, classes, diagrams, compiled.sources, EmitOptions{});
  if (!bytes) return fail(bytes.error().message);
  const Expected<void> proof =
      prove(*bytes, *compiled.model, classes, diagrams, compiled.sources);
  if (!proof) return fail(proof.error().message);
  return Table::from_bytes(*bytes);
}

void run_stages(FileId root, Compiled& out) {
  out.policy = parse_policy(out.sources, root, out.sink);
  if (out.sink.has_errors()) return;
  out.model = resolve(out.policy, out.sources, out.sink);
  if (!out.model) return;
  const std::optional<Partition> classes = partition(*out.model, out.sink);
  if (!classes) return;
  const std::optional<PolicyDiagram> diagrams = build(*out.model, *classes, DiagramBudget{});
  verify(*out.model, *classes, diagrams, out.sources, out.sink);
  if (out.sink.has_errors()) return;
  Expected<Table> table = table_of(out, *classes, diagrams);
  if (table) {
    out.table = std::move(*table);
  } else {
    out.failure = table.error().message;
  }
}

}  // namespace

std::string Compiled::findings() const {
  std::string text;
  for (const Diagnostic& diagnostic : sink.diagnostics()) {
    text += std::string(diagnostic.info->code) + ": " + diagnostic.message;
    for (const Binding& binding : diagnostic.witness) {
      text += " " + binding.fact + "=" + binding.value;
    }
    text += " (" + sources.location(diagnostic.span) + ")\n";
  }
  return text + failure;
}

std::unique_ptr<const Compiled> compile(const std::string& path) {
  auto compiled = std::make_unique<Compiled>();
  const Expected<FileId> root = compiled->sources.load(path);
  if (root) {
    run_stages(*root, *compiled);
  } else {
    compiled->failure = root.error().message;
  }
  return compiled;
}

}  // namespace switchyard::testing
