#include <algorithm>

#include <fmt/format.h>

#include "compiler/emit/emit.h"
#include "compiler/emit/prove_parts.h"
#include "runtime/table/view.h"

#include "cmake/version.h"

namespace switchyard {

Expected<void> prove(const std::vector<std::byte>& bytes, const Model& model,
                     const Partition& partition, const std::optional<PolicyDiagram>& diagrams,
                     const SourceMap& sources) {
  const Expected<Table> table = Table::from_bytes(bytes, "the compiled table");
  const auto differs = [](const std::string& what) {
    return fail(fmt::format("the table as written differs from the policy: {}; this is an error in "
                            "policyc, please report it with the policy", what));
  };
  if (!table) return differs(table.error().message);
  if (table->compiler() != fmt::format("policyc {}", kVersion)) return differs("the compiler's name");
  std::string wrong = emit_detail::compare_policy(*table, model, sources);
  if (wrong.empty()) wrong = emit_detail::compare_classes(*table, model, partition);
  for (BlockId b = 0; b < model.blocks.size() && wrong.empty(); ++b) {
    wrong = emit_detail::compare_decider(*table, model, partition, diagrams, b);
  }
  const auto& blocks = table->view().blocks;
  const bool dense = std::any_of(blocks.begin(), blocks.end(), [](const BlockView& block) {
    return block.engine == Engine::kDense;
  });
  if (wrong.empty() && dense) wrong = emit_detail::compare_dense(*table, model, partition);
  if (!wrong.empty()) return differs(wrong);
  return {};
}

}  // namespace switchyard
