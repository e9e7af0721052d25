#include "compiler/emit/emit.h"

#include <fmt/format.h>

#include "cmake/version.h"
#include "compiler/emit/deciders.h"
#include "compiler/emit/policy_section.h"
#include "runtime/format/file_layout.h"

namespace switchyard {

namespace {

using emit_detail::BlockParts;
using emit_detail::TableParts;

constexpr std::size_t kMostDenseCells = 1u << 24;  // of a forced dense array
constexpr std::size_t kMostFacts = 1u << 16;        // that a reader takes
constexpr std::size_t kDenseLeaves = 1u << 16;     // its cells have 16 bits

class Choice {
 public:
  Choice(const Model& model, const Partition& partition,
         const std::optional<PolicyDiagram>& diagrams, const EmitOptions& options,
         TableParts& parts)
      : model_(model), partition_(partition), diagrams_(diagrams), options_(options),
        parts_(parts) {}

  // The fastest decider that is allowed and fits.
  Expected<BlockParts> run(BlockId block) {
    switch (options_.decider) {
      case DeciderChoice::kDense: {
        const auto cells = dense(kMostDenseCells);
        if (!cells) return fail("a dense array cannot hold this policy: it takes a diagram within "
                                "the budget, at most 16,777,216 combinations of classes and at most "
                                "65,536 rows; let the compiler choose");
        return emit_detail::add_dense(model_, partition_, *diagrams_, block, *cells, parts_);
      }
      case DeciderChoice::kWalk:
        if (!diagrams_) return fail("this policy cannot be decided by a walk: its diagram is beyond "
                                    "the budget; let the compiler choose");
        return emit_detail::add_walk(*diagrams_, block, parts_);
      case DeciderChoice::kBits: {
        auto bits = this->bits(block);
        if (!bits) return fail(fmt::format("bit vectors cannot hold this policy: it needs more than "
                                           "{} boxes, {} bytes or {} facts; let the compiler choose",
                                           options_.boxes, options_.bit_bytes,
                                           format::kMaxBitFacts));
        return std::move(*bits);
      }
      case DeciderChoice::kProgram: return program(block);
      case DeciderChoice::kAuto: break;
    }
    if (diagrams_) {
      const auto cells = dense(options_.dense_cells);
      if (cells) return emit_detail::add_dense(model_, partition_, *diagrams_, block, *cells, parts_);
      return emit_detail::add_walk(*diagrams_, block, parts_);
    }
    if (auto bits = this->bits(block)) return std::move(*bits);
    return program(block);
  }

 private:
  std::optional<std::size_t> dense(std::size_t limit) const {
    const LeafCodes leaves = leaf_codes(model_);
    if (!diagrams_ || leaves.undecided() >= kDenseLeaves) return std::nullopt;
    return emit_detail::dense_cells(model_, partition_, limit);
  }

  // Without a diagram a block reads what the blocks before it decided, and only the first one has none.
  std::optional<BlockParts> bits(BlockId block) {
    const auto boxes = emit_detail::leaf_boxes(model_, partition_, block, options_.boxes);
    if (!boxes) return std::nullopt;
    auto out = emit_detail::add_bits(model_, partition_, *boxes, options_.bit_bytes, parts_);
    if (out) out->complete = block == 0;
    return out;
  }

  Expected<BlockParts> program(BlockId block) {
    auto out = emit_detail::add_program(model_, block, parts_);
    if (!out) {
      return fail(fmt::format("this policy needs more than {} intermediate conditions at once; name "
                              "fewer conditions with `let`, or split the policy", format::kMaxRegisters));
    }
    out->complete = block == 0;
    return std::move(*out);
  }

  const Model& model_;
  const Partition& partition_;
  const std::optional<PolicyDiagram>& diagrams_;
  const EmitOptions& options_;
  TableParts& parts_;
};

}  // namespace

Expected<std::vector<std::byte>> emit(const Model& model, const Partition& partition,
                                      const std::optional<PolicyDiagram>& diagrams,
                                      const SourceMap& sources, const EmitOptions& options) {
  if (model.facts.size() > kMostFacts) {
    return fail(fmt::format("the policy has {} facts, its decisions included, and a table takes at "
                            "most {}; remove those that no rule reads",
                            model.facts.size(), kMostFacts));
  }
  if (model.blocks.size() > format::kMaxBlocks) {
    return fail(fmt::format("the policy has {} decisions, and a table takes at most {}; join some",
                            model.blocks.size() - 1, format::kMaxBlocks - 1));
  }
  TableParts parts;
  for (FactId f = 0; f < model.facts.size(); ++f) {
    emit_detail::add_axis(model.facts[f], partition.axes[f], parts);
  }
  Choice choice(model, partition, diagrams, options, parts);
  for (BlockId block = 0; block < model.blocks.size(); ++block) {
    auto written = choice.run(block);
    if (!written) return fail(written.error().message);
    parts.blocks.push_back(std::move(*written));
  }
  flatbuffers::FlatBufferBuilder builder(1 << 16);
  emit_detail::write_policy(model, sources, fmt::format("policyc {}", kVersion), parts, builder);
  return emit_detail::write_sections(parts, builder);
}

}  // namespace switchyard
