#include "compiler/driver/pipeline.h"

#include "compiler/driver/read.h"
#include "compiler/parse/parse.h"
#include "compiler/sema/resolve.h"
#include "compiler/verify/accept.h"
#include "compiler/verify/verify.h"

namespace switchyard::driver {

Expected<void> compile(const std::string& path, Stage last, const EmitOptions& options,
                       Compilation& out) {
  const Expected<FileId> root = read_source(out.sources, path);
  if (!root) return fail(root.error().message);
  return compile(*root, last, options, out);
}

Expected<void> compile(FileId root, Stage last, const EmitOptions& options, Compilation& out) {
  out.policy = parse_policy(out.sources, root, out.sink);
  if (last == Stage::kAst || out.sink.has_errors()) return {};

  out.model = resolve(out.policy, out.sources, out.sink);
  if (out.model) accept_findings(*out.model, {}, out.sink);  // the later stages report errors alone
  if (last == Stage::kModel || !out.model) return {};

  out.partition = partition(*out.model, out.sink);
  if (last == Stage::kClasses || !out.partition) return {};

  out.diagrams = build(*out.model, *out.partition, DiagramBudget{});
  if (last == Stage::kDiagram) return {};

  verify(*out.model, *out.partition, out.diagrams, out.sources, out.sink);
  if (last == Stage::kVerified || out.sink.has_errors()) return {};

  Expected<std::vector<std::byte>> table =
      emit(*out.model, *out.partition, out.diagrams, out.sources, options);
  if (!table) return fail(table.error().message);
  if (const auto proof = prove(*table, *out.model, *out.partition, out.diagrams, out.sources); !proof) {
    return fail(proof.error().message);
  }
  out.table = std::move(*table);
  return {};
}

}  // namespace switchyard::driver
