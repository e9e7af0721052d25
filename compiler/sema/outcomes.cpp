#include "compiler/sema/outcomes.h"

#include <algorithm>
#include <limits>

#include "compiler/diagnostic/registry.h"
#include "compiler/sema/comparisons.h"
#include "compiler/sema/subject.h"

namespace switchyard::sema {

namespace {

// The block that a name before `==`, `in` or `.` means: `target`, or a decision.
std::optional<BlockId> named_block(Resolution& r, const ast::Name& name) {
  if (name.text == "target") return r.main();
  const Declared* declared = find(r.values, name.text);
  if (declared != nullptr && declared->sort == Declared::Sort::kDecision) return declared->index;
  std::vector<std::string> decisions = {"target"};
  for (const Block& block : r.model.blocks) {
    if (!block.name.empty()) decisions.push_back(block.name);
  }
  report_unknown("decision", name, decisions, *r.sink)
      .with_help(
          "`target` is the policy's own choice; a decision's name is the choice of that block");
  return std::nullopt;
}

// The sets of `in <…>` are sets of targets: of the named block, or of the block of the first one.
Domain target_domain(const Model& model, const std::vector<TargetId>& targets) {
  Domain domain;
  domain.kind = Domain::Kind::kSymbols;
  domain.owner = "the targets";
  domain.type = "a target";
  for (const TargetId target : targets) domain.symbols.push_back(model.targets[target].name);
  return domain;
}

class Alternative {
 public:
  Alternative(Resolution& r, const ast::Outcome& source) : r_(r), source_(source) {}

  std::optional<Judged> run() {
    if (source_.decision) {
      block_ = named_block(r_, *source_.decision);
      if (!block_) return std::nullopt;
    }
    if (!std::visit([this](const auto& node) { return read(node); }, source_.node)) {
      return std::nullopt;
    }
    if (source_.negated) {
      // A refusal satisfies `not T`, and no other form that does not say `refuse`.
      const bool plain = !std::holds_alternative<ast::Outcome::Attribute>(source_.node) &&
                         !std::holds_alternative<ast::Outcome::Parameter>(source_.node);
      for (OutcomeId id = 0; id < holds_.size(); ++id) {
        if (r_.model.outcomes[id].refused && !plain) continue;
        holds_[id] = r_.model.formulas.negate(holds_[id]);
      }
    }
    return Judged{block_.value_or(r_.main()), std::move(holds_)};
  }

  // `refuse` speaks of whatever block the other alternatives speak of.
  bool any_block() const {
    return std::holds_alternative<ast::Outcome::Refuse>(source_.node) && !source_.decision;
  }

 private:
  void fill(const auto& formula_of) {
    for (const Outcome& outcome : r_.model.outcomes) holds_.push_back(formula_of(outcome));
  }

  bool read(const ast::Outcome::Refuse&) {
    fill([](const Outcome& outcome) { return outcome.refused ? kTrue : kFalse; });
    return true;
  }

  bool read(const ast::Outcome::Is& is) {
    const auto target = find_target(r_, is.target);
    if (!target || !in_block(*target, is.target.span)) return false;
    fill([&](const Outcome& outcome) {
      return !outcome.refused && outcome.target == *target ? kTrue : kFalse;
    });
    return true;
  }

  bool read(const ast::Outcome::In& in) {
    std::vector<TargetId> targets;
    for (TargetId id = 0; id < r_.model.targets.size(); ++id) targets.push_back(id);
    Context plain;
    const auto codes =
        codes_of(r_, *in.targets, target_domain(r_.model, targets), std::nullopt, plain);
    if (!codes) return false;
    for (const Interval& part : *codes) {
      for (std::int64_t id = part.low; id <= part.high; ++id) {
        if (!in_block(static_cast<TargetId>(id), in.targets->span)) return false;
      }
    }
    fill([&](const Outcome& outcome) {
      return !outcome.refused && contains(*codes, outcome.target) ? kTrue : kFalse;
    });
    return true;
  }

  bool read(const ast::Outcome::Attribute& a) {
    return property(a.base, a.attribute, a.equal ? ast::CompareOp::kEq : ast::CompareOp::kNe,
                    a.value);
  }
  bool read(const ast::Outcome::Parameter& p) {
    return property(p.base, p.parameter, p.op, ast::Value(p.value));
  }

  // A bare target of a block is a promise on that block.
  bool in_block(TargetId target, Span span) {
    const Target& used = r_.model.targets[target];
    if (!block_) block_ = used.block;
    if (*block_ == used.block) return true;
    const std::string& here = r_.model.blocks[*block_].name;
    const std::string& owner = r_.model.blocks[used.block].name;
    r_.sink->report(diag::TargetOfOtherBlock, span, used.name,
                    owner.empty() ? std::string("the policy's own rules")
                                  : fmt::format("the decision `{}`", owner),
                    here.empty() ? std::string("the policy's own rules")
                                 : fmt::format("the decision `{}`", here))
        .with_note(used.span, "declared here");
    return false;
  }

  bool property(const ast::Name& base, const ast::Name& part, ast::CompareOp op,
                const ast::Value& value) {
    if (!block_) block_ = named_block(r_, base);
    if (!block_) return false;
    const std::vector<TargetId>& targets = r_.model.blocks[*block_].targets;
    const Property attribute = attribute_of(r_.model, targets, part.text);
    std::vector<std::string> names = attribute_names(r_.model, targets);
    bool parameter = false;
    for (const TargetId target : targets) {
      for (const Parameter& p : r_.model.targets[target].parameters) {
        parameter = parameter || p.name == part.text;
        names.push_back(p.name);
      }
    }
    if (!attribute.exists && !parameter) {
      report_unknown("attribute or parameter", part, names, *r_.sink)
          .with_help(fmt::format("no target that `{}` can be declares it", base.text));
      return false;
    }
    return by_value(part, op, value);
  }

  // The value of an outcome's attribute or parameter, as text and, where it is one, as a number.
  struct PropertyValue {
    std::string text;
    std::optional<std::int64_t> number;
  };
  std::optional<PropertyValue> value_of(const Outcome& outcome, const std::string& name) const {
    if (outcome.refused || r_.model.targets[outcome.target].block != *block_) return std::nullopt;
    const Target& target = r_.model.targets[outcome.target];
    for (const Attribute& a : target.attributes) {
      if (a.name != name) continue;
      return PropertyValue{a.value,
                           a.is_integer ? std::optional(std::stoll(a.value)) : std::nullopt};
    }
    for (std::size_t i = 0; i < target.parameters.size(); ++i) {
      const Parameter& p = target.parameters[i];
      if (p.name != name) continue;
      const std::int64_t code = outcome.parameters[i];
      if (p.is_integer) return PropertyValue{std::to_string(code), code};
      return PropertyValue{p.symbols[static_cast<std::size_t>(code)], std::nullopt};
    }
    return std::nullopt;
  }

  // Every value that the property can have, whether or not a rule uses it.
  std::vector<std::string> texts_of(const std::string& name) const {
    std::vector<std::string> texts;
    for (const TargetId id : r_.model.blocks[*block_].targets) {
      for (const Attribute& a : r_.model.targets[id].attributes) {
        if (a.name == name) texts.push_back(a.value);
      }
      for (const Parameter& p : r_.model.targets[id].parameters) {
        if (p.name == name) texts.insert(texts.end(), p.symbols.begin(), p.symbols.end());
      }
    }
    return texts;
  }

  bool by_value(const ast::Name& part, ast::CompareOp op, const ast::Value& value) {
    if (const auto* integer = std::get_if<ast::Integer>(&value)) {
      fill([&](const Outcome& outcome) {
        const auto have = value_of(outcome, part.text);
        if (!have) return absent(outcome, op);
        if (!have->number) return op == ast::CompareOp::kNe ? kTrue : kFalse;
        constexpr auto kLow = std::numeric_limits<std::int64_t>::min();
        constexpr auto kHigh = std::numeric_limits<std::int64_t>::max();
        const Intervals right = codes_with(op, integer->value, kLow, kHigh);
        return contains(right, *have->number) ? kTrue : kFalse;
      });
      return true;
    }
    const auto* name = std::get_if<ast::Name>(&value);
    const std::string text = name != nullptr ? name->text : spell_value(value);
    const std::vector<std::string> texts = texts_of(part.text);
    const bool symbol = std::find(texts.begin(), texts.end(), text) != texts.end();
    const Declared* declared =
        name != nullptr && !name->quoted ? find(r_.values, name->text) : nullptr;
    const bool fact = declared != nullptr && declared->sort == Declared::Sort::kFact &&
                      !r_.broken_facts[declared->index] && carries(declared->index, texts);
    if (symbol && fact) {
      r_.sink->report(diag::AmbiguousSymbol, name->span, text,
                      fmt::format("attribute `{}`", part.text), fmt::format("the fact `{}`", text))
          .with_note(declared->span, "the fact")
          .with_fix("quoted, it is the symbol", name->span, fmt::format("\"{}\"", text));
      return false;
    }
    if (fact) {
      mark_named(r_, *declared);
      return against_fact(part, op, declared->index, *name);
    }
    if (!symbol) {
      Diagnostic& diagnostic = r_.sink->report(diag::UnknownSymbol, ast::span_of(value), text,
                                               fmt::format("`{}`", part.text));
      suggest(diagnostic, text, ast::span_of(value), texts);
      return false;
    }
    const bool equal = op == ast::CompareOp::kEq;
    fill([&](const Outcome& outcome) {
      const auto have = value_of(outcome, part.text);
      if (!have) return absent(outcome, op);
      return (have->text == text) == equal ? kTrue : kFalse;
    });
    return true;
  }

  // A target without the attribute differs from every value; a refusal satisfies nothing here.
  FormulaId absent(const Outcome& outcome, ast::CompareOp op) const {
    return !outcome.refused && op == ast::CompareOp::kNe ? kTrue : kFalse;
  }

  // Whether a fact's values are of the property's kind: symbols beside symbols, ints beside ints.
  bool carries(FactId fact, const std::vector<std::string>& texts) const {
    const FactKind kind = r_.model.facts[fact].kind;
    if (kind == FactKind::kInt || kind == FactKind::kBool) {
      const auto has = [&](const char* text) {
        return std::find(texts.begin(), texts.end(), text) != texts.end();
      };
      return kind == FactKind::kInt || has("true") || has("false");
    }
    return kind == FactKind::kEnum || kind == FactKind::kName || kind == FactKind::kSwitch;
  }

  bool against_fact(const ast::Name& part, ast::CompareOp op, FactId id, const ast::Name& written) {
    const Fact& fact = r_.model.facts[id];
    const Domain& domain = r_.domains[id];
    bool good = true;
    fill([&](const Outcome& outcome) {
      const auto have = value_of(outcome, part.text);
      if (!have) return absent(outcome, op);
      std::optional<std::int64_t> code =
          fact.kind == FactKind::kInt ? have->number : symbol_code(domain, have->text);
      if (fact.kind == FactKind::kBool) {
        if (have->text == "true") code = 1;
        if (have->text == "false") code = 0;
      }
      if (!code && fact.kind == FactKind::kName && good) {
        good = false;
        r_.sink->report(diag::AttributeNotListed, written.span, have->text, fact.name)
            .with_note(fact.span, "declared here")
            .with_help("a name that is not listed is `other`, which tells nothing about this "
                       "value; list it");
      }
      if (!code) return op == ast::CompareOp::kNe ? kTrue : kFalse;
      const FormulaId equal =
          r_.model.formulas.atom({Atom::Kind::kIn, id, 0, {{*code, *code}}}, fact.low, fact.high);
      return op == ast::CompareOp::kNe ? r_.model.formulas.negate(equal) : equal;
    });
    return good;
  }

  Resolution& r_;
  const ast::Outcome& source_;
  std::optional<BlockId> block_;
  std::vector<FormulaId> holds_;
};

}  // namespace

std::optional<Judged> judge(Resolution& r, const std::vector<const ast::Outcome*>& alternatives,
                            Span span) {
  std::optional<Judged> all;
  bool good = true, fixed = false;
  for (const ast::Outcome* source : alternatives) {
    Alternative alternative(r, *source);
    auto one = alternative.run();
    if (!one) {
      good = false;
      continue;
    }
    const bool floating = alternative.any_block();
    if (!all) {
      all = std::move(one);
      fixed = !floating;
      continue;
    }
    if (fixed && !floating && all->block != one->block) {
      r.sink->report(diag::MixedBlocks, span)
          .with_note(source->span, "this part speaks of another decision")
          .with_help("split it into one promise for each decision");
      good = false;
      continue;
    }
    if (!fixed && !floating) all->block = one->block;
    fixed = fixed || !floating;
    for (OutcomeId id = 0; id < all->holds.size(); ++id) {
      all->holds[id] = r.model.formulas.any(all->holds[id], one->holds[id]);
    }
  }
  if (!good) return std::nullopt;
  return all;
}

}  // namespace switchyard::sema
