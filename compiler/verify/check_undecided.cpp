#include <fmt/format.h>

#include "compiler/diagnostic/registry.h"
#include "compiler/verify/check.h"

// Does every block decide every combination that reaches it?
namespace switchyard {

namespace {

constexpr std::size_t kMaxBoxes = 16;  // looked for
constexpr std::size_t kShownBoxes = 5;

std::string spell_size(const Check& check, const Cover& cover) {
  if (!cover.exact) return fmt::format("at least {}", spell(cover.size));
  const std::optional<Count> admitted = check.judge.admitted();
  return admitted ? fmt::format("{} of {}", spell(cover.size), spell(*admitted)) : spell(cover.size);
}

void report(Check& check, const Region& region, const Example& example) {
  const Block& block = check.model.blocks[region.block];
  const Cover cover = check.judge.cover(region, kMaxBoxes);
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
  for (std::size_t i = 1; i < cover.boxes.size() && i < kShownBoxes; ++i) {
    found.with_help(fmt::format("nor `{}`", spell(check.model, check.partition, cover.boxes[i])));
  }
  if (cover.boxes.size() > kShownBoxes) {
    const std::size_t more = cover.boxes.size() - kShownBoxes;
    found.with_help(fmt::format("and {}{} more {}", cover.complete ? "" : "at least ", more,
                                more == 1 ? "group" : "groups"));
  }
  found.with_help(fmt::format("{} combinations are undecided: add a rule for them, `TARGET "
                              "otherwise`, or an `assume` if they cannot occur",
                              spell_size(check, cover)));
}

}  // namespace

void check_undecided(Check& check) {
  for (BlockId block = 0; block < check.model.blocks.size(); ++block) {
    const Region region{block, {{kUndecided}}};
    if (const auto example = check.judge.find(region)) report(check, region, *example);
  }
}

}  // namespace switchyard
