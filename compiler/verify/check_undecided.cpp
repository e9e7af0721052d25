#include <fmt/format.h>

#include "compiler/diagnostic/registry.h"
#include "compiler/verify/check.h"

// Does every block decide every combination that reaches it?
namespace switchyard {

namespace {

void report(Check& check, const Region& region, const Example& example) {
  const Block& block = check.model.blocks[region.block];
  const Cover cover = check.judge.cover(region, 1);
  if (cover.boxes.empty()) return;  // the judge's budget ended
  Span span = block.span;
  if (block.name.empty() && block.row_count > 0) {
    span = check.model.rules[check.model.rows[block.first_row + block.row_count - 1].rule].span;
  }
  const std::string what = spell(check.model, check.partition, cover.boxes[0]);
  Diagnostic& found = check.sink.report(
      diag::Undecided, span, block.name.empty() ? "" : fmt::format(" of `{}`", block.name),
      cover.boxes[0].sides.empty() ? what : fmt::format("`{}`", what));
  found.with_label(block.name.empty() ? "the last rule" : "must decide all that reaches it");
  show_example(check, example, found);
  show_region(check, region, found);
  found.with_help("add a rule for what is undecided, `TARGET otherwise`, or an `assume` if it cannot "
                  "occur");
}

}  // namespace

void check_undecided(Check& check) {
  for (BlockId block = 0; block < check.model.blocks.size(); ++block) {
    const Region region{block, {{kUndecided}}};
    if (const auto example = check.judge.find(region)) report(check, region, *example);
  }
}

}  // namespace switchyard
