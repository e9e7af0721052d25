#include <algorithm>

#include <fmt/format.h>

#include "compiler/diagnostic/registry.h"
#include "compiler/verify/check.h"

// Is a target chosen where a faster one could run, outside every `allow slower`? And does every
// `allow` accept something?
namespace switchyard {

namespace {

// By target, those that are faster, through one chain or several; ascending.
std::vector<std::vector<TargetId>> faster_than(const Model& model) {
  const std::size_t count = model.targets.size();
  std::vector<std::vector<TargetId>> next(count);  // directly faster
  for (const std::vector<TargetId>& chain : model.faster) {
    for (std::size_t i = 1; i < chain.size(); ++i) next[chain[i]].push_back(chain[i - 1]);
  }
  std::vector<std::vector<TargetId>> result(count);
  for (TargetId target = 0; target < count; ++target) {
    std::vector<bool> seen(count);
    std::vector<TargetId> open = {target};
    seen[target] = true;
    while (!open.empty()) {
      const TargetId own = open.back();
      open.pop_back();
      for (const TargetId other : next[own]) {
        if (seen[other]) continue;
        seen[other] = true;
        open.push_back(other);
        result[target].push_back(other);
      }
    }
    std::sort(result[target].begin(), result[target].end());
  }
  return result;
}

class Slower {
 public:
  explicit Slower(Check& check) : check_(check), model_(check.model), faster_(faster_than(model_)) {
    std::vector<FormulaId> allowed;
    for (const Allowance& own : model_.allowances) {
      if (own.slower) allowed.push_back(own.when);
    }
    not_allowed_ = check.formulas.negate(check.formulas.any(std::move(allowed)));
  }

  void run() {
    for (RowId row = 0; row < model_.rows.size(); ++row) {
      if (enough(check_, diag::SlowerTarget.info)) break;
      for_faster(row, [&](TargetId faster) { look_at(row, faster); });
    }
    for (const Allowance& own : model_.allowances) {
      if (own.slower ? accepts_slower(own) : accepts_unsupported(own)) continue;
      Diagnostic& found = check_.sink.report(diag::UnusedAllowance, own.span,
                                             own.slower ? "slower" : "unsupported");
      found.with_label(own.slower ? "no slower target is chosen there"
                                  : "no target is chosen there without its `requires`");
      if (auto fix = remove_item(check_.sources, own.span, "remove it")) {
        found.fixes.push_back(std::move(*fix));
      }
    }
  }

 private:
  template <typename Each>
  void for_faster(RowId row, Each each) {
    const Outcome& outcome = model_.outcomes[model_.rows[row].outcome];
    if (outcome.refused) return;
    for (const TargetId faster : faster_[outcome.target]) each(faster);
  }

  Region region(RowId row, FormulaId also) {
    return {model_.rules[model_.rows[row].rule].block, {{row, also}}};
  }

  void look_at(RowId row, TargetId faster) {
    const Target& target = model_.targets[faster];
    const Region where = region(row, check_.formulas.all(target.able, not_allowed_));
    if (where.parts[0].also == kFalse) return;
    const auto example = check_.judge.find(where);
    if (!example) return;
    const Rule& rule = model_.rules[model_.rows[row].rule];
    const Entry& entry = rule.entries[model_.rows[row].entry];
    Diagnostic& found =
        check_.sink.report(diag::SlowerTarget, entry.span,
                           spell_outcome(model_, model_.rows[row].outcome), target.name);
    found.with_note(target.span, target.requirements.empty()
                                     ? "it has no `requires`: it can always run"
                                     : "all its `requires` hold there");
    show_example(check_, *example, found);
    show_region(check_, where, found);
    found.with_help(fmt::format("choose `{}` there, or accept it with `allow slower when ... because "
                                "...`", target.name));
  }

  bool accepts_slower(const Allowance& own) {
    for (RowId row = 0; row < model_.rows.size(); ++row) {
      bool accepts = false;
      for_faster(row, [&](TargetId faster) {
        const FormulaId also = check_.formulas.all(model_.targets[faster].able, own.when);
        accepts = accepts || (also != kFalse && check_.judge.meets(region(row, also)));
      });
      if (accepts) return true;
    }
    return false;
  }

  bool accepts_unsupported(const Allowance& own) {
    for (RowId row = 0; row < model_.rows.size(); ++row) {
      const Rule& rule = model_.rules[model_.rows[row].rule];
      if (model_.rows[row].entry == Row::kNoEntry) continue;
      if (rule.kind != Rule::Kind::kTarget && check_.foreign_files.empty()) continue;
      const Entry& entry = rule.entries[model_.rows[row].entry];
      const FormulaId also = check_.formulas.all(check_.formulas.negate(entry.able), own.when);
      if (also != kFalse && check_.judge.meets(region(row, also))) return true;
    }
    return false;
  }

  Check& check_;
  const Model& model_;
  std::vector<std::vector<TargetId>> faster_;
  FormulaId not_allowed_ = kTrue;
};

}  // namespace

void check_slower(Check& check) { Slower(check).run(); }

}  // namespace switchyard
