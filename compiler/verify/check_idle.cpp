#include <algorithm>
#include <functional>
#include <map>

#include "compiler/diagnostic/registry.h"
#include "compiler/verify/check.h"

// Is there a part of a condition that changes nothing? A part is idle when its neutral value (true in
// an `and`, false in an `or`) in its place leaves
// - in a rule: every outcome as it is;
// - in a `requires` line, which states what a kernel can do whatever the rules make of it: what the
//   target can do, with the parameters of each use, in every admitted combination;
// - in a let that is read in several places: its own value in every admitted combination. A let that
//   one rule reads, and nothing else, counts as a part of the rule.
// The largest such parts are reported, each given that those behind it in the same condition are gone.
namespace switchyard {

namespace {

// One condition as each use of it was lowered: the same tree, with different parameters put in.
using Uses = std::vector<const Clause*>;
using Values = std::vector<FormulaId>;  // one for each use

class Walk {
 public:
  // Whether the outer condition may be `values`, which hold wherever it held (kWider), or only there.
  using MayBe = std::function<bool(const Values&, Change)>;

  Walk(Check& check, Span outer, const std::vector<const Let*>& own_lets)
      : check_(check), outer_(outer), own_lets_(own_lets) {}

  // Reports the idle parts below the whole condition, which is not idle itself.
  Values parts(const Uses& uses, const MayBe& may_be) {
    const Clause& shape = *uses[0];
    switch (shape.kind) {
      case Clause::Kind::kLeaf:
        if (shape.let && own_lets_[*shape.let] != nullptr) {
          const Let& let = *own_lets_[*shape.let];
          Walk inside(check_, let.condition.span, own_lets_);
          return inside.parts({&let.condition}, may_be);
        }
        break;
      case Clause::Kind::kNot:
        return negated(parts(parts_of(uses, 0), [&](const Values& values, Change change) {
          return may_be(negated(values), opposite(change));
        }));
      case Clause::Kind::kAnd:
      case Clause::Kind::kOr:
        return operands(uses, shape.kind == Clause::Kind::kAnd, may_be);
      case Clause::Kind::kImplies:
        return implication(uses, may_be);
    }
    return formulas(uses);
  }

 private:
  static Change opposite(Change change) {
    return change == Change::kWider ? Change::kNarrower : Change::kWider;
  }
  static Uses parts_of(const Uses& uses, std::size_t i) {
    Uses result;
    for (const Clause* use : uses) result.push_back(&use->parts[i]);
    return result;
  }
  static Values formulas(const Uses& uses) {
    Values result;
    for (const Clause* use : uses) result.push_back(use->formula);
    return result;
  }
  Values negated(Values values) {
    for (FormulaId& value : values) value = check_.formulas.negate(value);
    return values;
  }
  Values joined(bool conjunction, const Values& a, const Values& b) {
    Values result;
    for (std::size_t i = 0; i < a.size(); ++i) {
      result.push_back(conjunction ? check_.formulas.all(a[i], b[i])
                                   : check_.formulas.any(a[i], b[i]));
    }
    return result;
  }

  Values operands(const Uses& uses, bool conjunction, const MayBe& may_be) {
    const std::size_t count = uses[0]->parts.size();
    const Values neutral(uses.size(), conjunction ? kTrue : kFalse);
    std::vector<Values> before = {neutral};
    for (std::size_t i = 0; i + 1 < count; ++i) {
      before.push_back(joined(conjunction, before.back(), formulas(parts_of(uses, i))));
    }
    Values behind = neutral;  // what is left of the operands behind
    for (std::size_t i = count; i-- > 0;) {
      const Uses part = parts_of(uses, i);
      const MayBe with = [&](const Values& values, Change change) {
        return may_be(joined(conjunction, before[i], joined(conjunction, values, behind)), change);
      };
      if (with(neutral, conjunction ? Change::kWider : Change::kNarrower)) {
        report(part[0]->span, conjunction ? "and" : "or", conjunction ? "true" : "false");
      } else {
        behind = joined(conjunction, parts(part, with), behind);
      }
    }
    return behind;
  }

  // `a implies b` is `not a or b`.
  Values implication(const Uses& uses, const MayBe& may_be) {
    const Uses left = parts_of(uses, 0), right = parts_of(uses, 1);
    const Values yes(uses.size(), kTrue), no(uses.size(), kFalse);
    Values condition = formulas(left);
    const MayBe right_may = [&](const Values& values, Change change) {
      return may_be(joined(false, negated(condition), values), change);
    };
    Values conclusion = no;
    if (right_may(no, Change::kNarrower)) {
      report(right[0]->span, "", "false");
    } else {
      conclusion = parts(right, right_may);
    }
    const MayBe left_may = [&](const Values& values, Change change) {
      return may_be(joined(false, negated(values), conclusion), opposite(change));
    };
    if (left_may(yes, Change::kWider)) {
      report(left[0]->span, "", "true");
      condition = yes;
    } else {
      condition = parts(left, left_may);
    }
    return joined(false, negated(condition), conclusion);
  }

  void report(Span part, std::string_view joint, std::string_view neutral) {
    Diagnostic& found = check_.sink.report(diag::IdleCondition, part, "this part of the condition");
    found.with_label(neutral == "true" ? "true wherever it counts" : "false wherever it counts");
    if (auto fix = remove_operand(check_.sources, outer_, part, joint, neutral)) {
      found.fixes.push_back(std::move(*fix));
    }
  }

  Check& check_;
  const Span outer_;
  const std::vector<const Let*>& own_lets_;
};

class Idle {
 public:
  explicit Idle(Check& check) : check_(check), model_(check.model), read_(model_.lets.size()) {}

  void run() {
    count_reads();
    rules();
    requirements();
    lets();
  }

 private:
  // By let, how often rules read it; what else reads it makes the count useless.
  void count_reads() {
    std::vector<std::uint32_t> in_rules(model_.lets.size());
    const std::function<void(const Clause&, std::vector<std::uint32_t>&)> count =
        [&](const Clause& clause, std::vector<std::uint32_t>& reads) {
          if (clause.let) ++reads[*clause.let];
          for (const Clause& part : clause.parts) count(part, reads);
        };
    for (const Rule& rule : model_.rules) count(rule.when, in_rules);
    std::map<std::string_view, std::uint32_t> uses;
    for (const Declaration& own : model_.declarations) {
      if (own.kind == Declaration::Kind::kLet) uses.emplace(own.name, own.uses);
    }
    for (std::size_t i = 0; i < model_.lets.size(); ++i) {
      const Let& let = model_.lets[i];
      if (in_rules[i] == 1 && uses[let.name] == 1) read_[i] = &let;
    }
  }

  void rules() {
    const auto rows = rows_of_rules(model_);
    for (RuleId id = 0; id < model_.rules.size(); ++id) {
      if (enough(check_, diag::IdleCondition.info)) return;
      const Rule& rule = model_.rules[id];
      if (rule.otherwise || redundant(check_, id, rows[id])) continue;
      const Walk::MayBe may_be = [&](const Values& when, Change change) {
        std::vector<FormulaId> formulas;
        for (RowId row = rows[id].first; row < rows[id].second; ++row) {
          const bool choosy =
              rule.kind == Rule::Kind::kFirstOf || rule.kind == Rule::Kind::kOnly;
          const std::uint32_t entry = model_.rows[row].entry;
          formulas.push_back(choosy && entry != Row::kNoEntry
                                 ? check_.formulas.all(when[0], rule.entries[entry].able)
                                 : when[0]);
        }
        return !changes(check_, id, rows[id], formulas, change);
      };
      if (!may_be({kTrue}, Change::kWider)) {
        Walk(check_, rule.span, read_).parts({&rule.when}, may_be);
        continue;
      }
      Diagnostic& found = check_.sink.report(diag::IdleCondition, rule.when.span, "this condition");
      found.with_label("true of all that the rules before leave");
      if (auto fix = replace_when(check_.sources, rule.span, rule.when.span)) {
        found.fixes.push_back(std::move(*fix));
      }
    }
  }

  // Whether two conditions agree in every admitted combination.
  bool agree(FormulaId a, FormulaId b) {
    Formulas& f = check_.formulas;
    if (a == b) return true;
    const FormulaId differ = f.any(f.all(a, f.negate(b)), f.all(f.negate(a), b));
    return differ == kFalse || !check_.judge.possible(differ, Where::admitted());
  }

  // Each line as all its uses lowered it, together with the other lines of the same use.
  void requirements() {
    struct Line {
      Uses uses;
      Values others;  // what the other lines of the use say
    };
    std::map<std::pair<FileId, std::uint32_t>, Line> lines;
    const auto add = [&](const std::vector<Requirement>& own) {
      for (std::size_t i = 0; i < own.size(); ++i) {
        FormulaId others = kTrue;
        for (std::size_t k = 0; k < own.size(); ++k) {
          if (k != i) others = check_.formulas.all(others, own[k].condition.formula);
        }
        Line& line = lines[{own[i].span.file, own[i].span.begin}];
        line.uses.push_back(&own[i].condition);
        line.others.push_back(others);
      }
    };
    for (const Target& target : model_.targets) add(target.requirements);
    for (const Rule& rule : model_.rules) {
      for (const Entry& entry : rule.entries) add(entry.requirements);
    }
    for (const Target& target : model_.targets) {
      if (enough(check_, diag::IdleCondition.info)) return;
      for (const Requirement& own : target.requirements) {
        if (check_.foreign_files.contains(own.span.file)) continue;
        Line& line = lines[{own.span.file, own.span.begin}];
        look_at(line.uses, line.others, own.span);
      }
    }
  }

  void look_at(const Uses& all_uses, const Values& all_others, Span span) {
    Uses uses;  // without repetitions
    Values others;
    for (std::size_t i = 0; i < all_uses.size(); ++i) {
      const auto same = [&](std::size_t k) {
        return uses[k]->formula == all_uses[i]->formula && others[k] == all_others[i];
      };
      bool known = false;
      for (std::size_t k = 0; k < uses.size() && !known; ++k) known = same(k);
      if (known) continue;
      uses.push_back(all_uses[i]);
      others.push_back(all_others[i]);
    }
    const Walk::MayBe may_be = [&](const Values& values, Change) {
      for (std::size_t i = 0; i < uses.size(); ++i) {
        if (!agree(check_.formulas.all(uses[i]->formula, others[i]),
                   check_.formulas.all(values[i], others[i]))) {
          return false;
        }
      }
      return true;
    };
    if (!may_be(Values(uses.size(), kTrue), Change::kWider)) {
      Walk(check_, span, read_).parts(uses, may_be);
      return;
    }
    check_.sink.report(diag::IdleCondition, uses[0]->span, "this requirement")
        .with_label("it always holds where the target's other requirements do");
  }

  void lets() {
    for (std::size_t i = 0; i < model_.lets.size(); ++i) {
      const Let& let = model_.lets[i];
      if (read_[i] != nullptr) continue;
      if (enough(check_, diag::IdleCondition.info)) return;
      Walk(check_, let.condition.span, read_).parts({&let.condition}, [&](const Values& values, Change) {
        return agree(let.condition.formula, values[0]);
      });
    }
  }

  Check& check_;
  const Model& model_;
  std::vector<const Let*> read_;  // lets that one rule reads and nothing else
};

}  // namespace

void check_idle(Check& check) { Idle(check).run(); }

}  // namespace switchyard
