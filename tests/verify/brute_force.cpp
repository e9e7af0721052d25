#include "tests/verify/brute_force.h"

#include <algorithm>
#include <map>
#include <set>

namespace switchyard::testing {

namespace {

// The model with other formulas for some rows, and whether that changes what any block decides.
class Variant {
 public:
  explicit Variant(const World& world) : world_(world), model(world.model) {}

  bool same() const {
    for (const auto& [codes, decided] : world_.admitted) {
      Codes copy = codes;
      const std::vector<std::uint32_t> now = decide(model, copy);
      for (std::size_t b = 0; b < now.size(); ++b) {
        if (outcome(now[b]) != outcome(decided[b])) return false;
      }
    }
    return true;
  }

 private:
  std::int64_t outcome(std::uint32_t leaf) const {
    return world_.leaves.is_row(leaf) ? static_cast<std::int64_t>(model.rows[leaf].outcome) : -1;
  }
  const World& world_;

 public:
  Model model;
};

// Tries to take parts out of one condition, from the outside in and from the last to the first.
class Parts {
 public:
  // `holds_still`: whether the condition may be this formula. `single`: lets that count as parts.
  Parts(Formulas& formulas, const Model& model, const std::vector<bool>& single,
        std::function<bool(FormulaId)> may_be)
      : formulas_(formulas), model_(model), single_(single), may_be_(std::move(may_be)) {}

  // By span, whole condition first.
  std::vector<std::uint32_t> idle(const Clause& root, bool with_root) {
    if (with_root && may_be_(kTrue)) return {root.span.begin};
    root_ = &root;
    look_below(root);
    return found_;
  }

 private:
  void look_below(const Clause& clause) {
    if (clause.let && single_[*clause.let]) look_below(model_.lets[*clause.let].condition);
    for (std::size_t i = clause.parts.size(); i-- > 0;) {
      const Clause& part = clause.parts[i];
      if (clause.kind == Clause::Kind::kNot) {
        look_below(part);
        continue;
      }
      gone_.insert(&part);
      if (may_be_(value(*root_))) {
        found_.push_back(part.span.begin);
      } else {
        gone_.erase(&part);
        look_below(part);
      }
    }
  }

  FormulaId value(const Clause& clause) {
    if (clause.let && single_[*clause.let]) return value(model_.lets[*clause.let].condition);
    if (clause.kind == Clause::Kind::kLeaf) return clause.formula;
    std::vector<FormulaId> parts;
    for (std::size_t i = 0; i < clause.parts.size(); ++i) {
      const bool neutral = clause.kind == Clause::Kind::kAnd ||
                           (clause.kind == Clause::Kind::kImplies && i == 0);
      parts.push_back(gone_.count(&clause.parts[i]) > 0 ? (neutral ? kTrue : kFalse)
                                                        : value(clause.parts[i]));
    }
    switch (clause.kind) {
      case Clause::Kind::kAnd:
        return formulas_.all(parts);
      case Clause::Kind::kOr:
        return formulas_.any(parts);
      case Clause::Kind::kNot:
        return formulas_.negate(parts[0]);
      default:
        return formulas_.implies(parts[0], parts[1]);
    }
  }

  Formulas& formulas_;
  const Model& model_;
  const std::vector<bool>& single_;
  std::function<bool(FormulaId)> may_be_;
  const Clause* root_ = nullptr;
  std::set<const Clause*> gone_;
  std::vector<std::uint32_t> found_;
};

std::vector<bool> single_lets(const Model& model) {
  std::vector<int> in_rules(model.lets.size());
  const std::function<void(const Clause&)> count = [&](const Clause& clause) {
    if (clause.let) ++in_rules[*clause.let];
    for (const Clause& part : clause.parts) count(part);
  };
  for (const Rule& rule : model.rules) count(rule.when);
  std::vector<bool> result;
  for (std::size_t i = 0; i < model.lets.size(); ++i) {
    result.push_back(in_rules[i] == 1 && model.declarations[i].uses == 1);
  }
  return result;
}

void expect_rules(const World& world, std::vector<Expected>& result) {
  const Model& model = world.model;
  const std::vector<bool> single = single_lets(model);
  std::set<RowId> reached;
  for (const auto& [codes, decided] : world.admitted) {
    for (const std::uint32_t leaf : decided) {
      if (world.leaves.is_row(leaf)) reached.insert(leaf);
    }
  }
  for (RuleId id = 0; id < model.rules.size(); ++id) {
    const Rule& rule = model.rules[id];
    std::vector<RowId> rows;
    for (RowId row = 0; row < model.rows.size(); ++row) {
      if (model.rows[row].rule == id) rows.push_back(row);
    }
    const bool used = std::any_of(rows.begin(), rows.end(), [&](RowId r) { return reached.count(r); });
    Variant without(world);
    for (const RowId row : rows) without.model.rows[row].formula = kFalse;
    if (without.same()) {
      if (used) result.push_back({"SY0323", rule.span.begin, {}});
      continue;
    }
    for (const RowId row : rows) {
      if (rows.size() < 2 || model.rows[row].entry == Row::kNoEntry || reached.count(row) == 0) continue;
      Variant variant(world);
      variant.model.rows[row].formula = kFalse;
      if (!variant.same()) continue;
      result.push_back({"SY0324", rule.entries[model.rows[row].entry].span.begin, {}});
    }
    if (rule.otherwise) continue;
    Variant variant(world);
    const auto may_be = [&](FormulaId when) {
      for (const RowId row : rows) {
        const std::uint32_t entry = model.rows[row].entry;
        const bool asks = entry != Row::kNoEntry && rule.kind != Rule::Kind::kTarget;
        variant.model.rows[row].formula =
            asks ? variant.model.formulas.all(when, rule.entries[entry].able) : when;
      }
      return variant.same();
    };
    for (const std::uint32_t place :
         Parts(variant.model.formulas, model, single, may_be).idle(rule.when, true)) {
      result.push_back({"SY0322", place, {}});
    }
  }
}

// Requirements and lets: their own value in every admitted combination.
void expect_values(const World& world, std::vector<Expected>& result) {
  Model model = world.model;
  const std::vector<bool> single = single_lets(model);
  const auto agree = [&](FormulaId a, FormulaId b) {
    return std::all_of(world.admitted.begin(), world.admitted.end(), [&](const auto& at) {
      return holds(model, a, at.first) == holds(model, b, at.first);
    });
  };
  for (const Target& target : world.model.targets) {
    for (std::size_t i = 0; i < target.requirements.size(); ++i) {
      const auto may_be = [&](FormulaId line) {
        for (std::size_t k = 0; k < target.requirements.size(); ++k) {
          if (k != i) line = model.formulas.all(line, target.requirements[k].condition.formula);
        }
        return agree(line, target.able);
      };
      for (const std::uint32_t place :
           Parts(model.formulas, world.model, single, may_be)
               .idle(target.requirements[i].condition, true)) {
        result.push_back({"SY0322", place, {}});
      }
    }
  }
  for (std::size_t i = 0; i < model.lets.size(); ++i) {
    if (single[i]) continue;
    const Let& let = world.model.lets[i];
    const auto may_be = [&](FormulaId value) { return agree(value, let.condition.formula); };
    for (const std::uint32_t place :
         Parts(model.formulas, world.model, single, may_be).idle(let.condition, false)) {
      result.push_back({"SY0322", place, {}});
    }
  }
}

void expect_slower(const World& world, std::vector<Expected>& result) {
  const Model& model = world.model;
  // The transitive closure, by repetition.
  std::set<std::pair<TargetId, TargetId>> faster;
  for (const auto& chain : model.faster) {
    for (std::size_t i = 1; i < chain.size(); ++i) faster.emplace(chain[i - 1], chain[i]);
  }
  for (std::size_t size = 0; size != faster.size();) {
    size = faster.size();
    const auto known = faster;
    for (const auto& [a, b] : known) {
      for (const auto& [c, d] : known) {
        if (b == c) faster.emplace(a, d);
      }
    }
  }
  const auto slow_at = [&model](RowId row, TargetId other, const Codes& codes, const auto& decided) {
    const BlockId block = model.rules[model.rows[row].rule].block;
    return decided[block] == row && holds(model, model.targets[other].able, codes);
  };
  std::vector<bool> accepts(model.allowances.size());
  for (RowId row = 0; row < model.rows.size(); ++row) {
    const Outcome& outcome = model.outcomes[model.rows[row].outcome];
    if (outcome.refused) continue;
    const Rule& rule = model.rules[model.rows[row].rule];
    const Entry& entry = rule.entries[model.rows[row].entry];
    for (const auto& [other, slower] : faster) {
      if (slower != outcome.target) continue;
      const auto shows = [&model, slow_at, row, other](const Codes& codes, const auto& decided) {
        return slow_at(row, other, codes, decided) &&
               std::none_of(model.allowances.begin(), model.allowances.end(), [&](const auto& a) {
                 return a.slower && holds(model, a.when, codes);
               });
      };
      bool some = false;
      for (const auto& [codes, decided] : world.admitted) {
        some = some || shows(codes, decided);
        for (std::size_t i = 0; i < accepts.size(); ++i) {
          if (model.allowances[i].slower && slow_at(row, other, codes, decided) &&
              holds(model, model.allowances[i].when, codes)) {
            accepts[i] = true;
          }
        }
      }
      if (some) result.push_back({"SY0321", entry.span.begin, shows});
    }
    if (rule.kind != Rule::Kind::kTarget) continue;
    for (const auto& [codes, decided] : world.admitted) {
      if (decided[rule.block] != row || holds(model, entry.able, codes)) continue;
      for (std::size_t i = 0; i < accepts.size(); ++i) {
        const Allowance& own = model.allowances[i];
        if (!own.slower && holds(model, own.when, codes)) accepts[i] = true;
      }
    }
  }
  for (std::size_t i = 0; i < accepts.size(); ++i) {
    if (!accepts[i]) result.push_back({"SY0329", model.allowances[i].span.begin, {}});
  }
}

void expect_effect(const World& world, std::vector<Expected>& result) {
  const Model& model = world.model;
  std::map<Codes, const std::vector<std::uint32_t>*> known;
  for (const auto& [codes, decided] : world.admitted) {
    known.emplace(Codes(codes.begin(), codes.begin() + model.declared_facts), &decided);
  }
  for (FactId fact = 0; fact < model.declared_facts; ++fact) {
    bool read = false;
    for (AtomId atom = 0; atom < model.formulas.atom_count(); ++atom) {
      read = read || model.formulas.atom(atom).fact == fact;
    }
    const bool said = std::any_of(model.influences.begin(), model.influences.end(), [&](const auto& i) {
      return i.fact == fact && !i.matters && i.when == kTrue;
    });
    bool matters = false;
    for (const auto& [codes, decided] : known) {
      Codes other = codes;
      for (std::int64_t c = model.facts[fact].low; c <= model.facts[fact].high && !matters; ++c) {
        other[fact] = c;
        const auto there = known.find(other);
        if (there == known.end()) continue;
        for (std::size_t b = 0; b < decided->size(); ++b) {
          const std::uint32_t one = (*decided)[b], two = (*there->second)[b];
          const bool first = world.leaves.is_row(one), second = world.leaves.is_row(two);
          matters = matters || first != second ||
                    (first && model.rows[one].outcome != model.rows[two].outcome);
        }
      }
    }
    if (read && !said && !matters) result.push_back({"SY0320", model.facts[fact].span.begin, {}});
  }
}

}  // namespace

void expect_warnings(const World& world, std::vector<Expected>& result) {
  expect_effect(world, result);
  expect_slower(world, result);
  expect_rules(world, result);
  expect_values(world, result);
}

}  // namespace switchyard::testing
