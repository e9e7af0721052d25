#include "compiler/sema/comparisons.h"

#include <limits>

#include "compiler/diagnostic/registry.h"
#include "compiler/sema/fact_comparisons.h"
#include "compiler/sema/subject.h"

namespace switchyard::sema {

ast::CompareOp mirrored(ast::CompareOp op) {
  switch (op) {
    case ast::CompareOp::kLt: return ast::CompareOp::kGt;
    case ast::CompareOp::kLe: return ast::CompareOp::kGe;
    case ast::CompareOp::kGt: return ast::CompareOp::kLt;
    case ast::CompareOp::kGe: return ast::CompareOp::kLe;
    default: return op;
  }
}

std::string_view spell(ast::CompareOp op) {
  switch (op) {
    case ast::CompareOp::kEq: return "==";
    case ast::CompareOp::kNe: return "!=";
    case ast::CompareOp::kLt: return "<";
    case ast::CompareOp::kLe: return "<=";
    case ast::CompareOp::kGt: return ">";
    case ast::CompareOp::kGe: return ">=";
  }
  return "";
}

Intervals codes_with(ast::CompareOp op, std::int64_t code, std::int64_t low, std::int64_t high) {
  using Op = ast::CompareOp;
  constexpr auto kLowest = std::numeric_limits<std::int64_t>::min();
  constexpr auto kHighest = std::numeric_limits<std::int64_t>::max();
  const auto between = [&](std::int64_t from, std::int64_t to) {
    return intersect({{low, high}}, {{from, to}});
  };
  switch (op) {
    case Op::kEq: return between(code, code);
    case Op::kNe: return subtract({{low, high}}, {{code, code}});
    case Op::kLt: return code == kLowest ? Intervals{} : between(kLowest, code - 1);
    case Op::kLe: return between(kLowest, code);
    case Op::kGt: return code == kHighest ? Intervals{} : between(code + 1, kHighest);
    case Op::kGe: return between(code, kHighest);
  }
  return {};
}

FormulaId lower_bare(Resolution& r, const ast::Condition::Bare& bare, Context& context) {
  const auto subject = subject_of(r, bare.operand, context);
  if (!subject) return kTrue;
  if (subject->kind == Subject::Kind::kBoolean) return subject->formula;
  context.failed = true;
  const ast::Name& name = bare.operand.name;
  const FactKind kind = subject->kind == Subject::Kind::kFact ? r.model.facts[subject->fact].kind
                                                              : FactKind::kEnum;
  if (kind == FactKind::kSwitch) {
    Diagnostic& diagnostic = r.sink->report(diag::BareSwitch, name.span, name.text);
    diagnostic.with_note(*subject->domain->declared, "declared here")
        .with_fix("unset counts as off", name.span, name.text + " == on")
        .with_fix("unset counts as on", name.span, name.text + " != off");
    return kTrue;
  }
  Diagnostic& diagnostic = r.sink->report(diag::NotACondition, bare.operand.span,
                                          subject->domain->owner, subject->domain->type);
  if (subject->domain->declared) diagnostic.with_note(*subject->domain->declared, "declared here");
  diagnostic.with_help(kind == FactKind::kFlags ? "ask `has`, as in `backends has ck`"
                                                : "compare it, as in `x == value` or `x in <…>`");
  return kTrue;
}

namespace {

FormulaId lower_flags_equal(Resolution& r, const Subject& subject, const ast::Condition::Compare& c,
                            const ast::Set& set, Context& context) {
  const auto symbols = codes_of(r, set, *subject.domain, subject.fact, context);
  if (!symbols) {
    context.failed = true;
    return kTrue;
  }
  const Fact& fact = r.model.facts[subject.fact];
  std::int64_t mask = 0;
  for (std::size_t i = 0; i < fact.symbols.size(); ++i) {
    if (contains(*symbols, static_cast<std::int64_t>(i))) mask |= std::int64_t{1} << i;
  }
  const FormulaId equal = r.model.formulas.atom({Atom::Kind::kIn, subject.fact, 0, {{mask, mask}}},
                                                fact.low, fact.high);
  return c.op == ast::CompareOp::kEq ? equal : r.model.formulas.negate(equal);
}

bool is_flags(const Resolution& r, const Subject& subject) {
  return subject.kind == Subject::Kind::kFact &&
         r.model.facts[subject.fact].kind == FactKind::kFlags;
}

FormulaId wrong_flags(Resolution& r, const Subject& subject, Span span, Context& context) {
  context.failed = true;
  const Fact& fact = r.model.facts[subject.fact];
  r.sink->report(diag::FlagsOperator, span, fact.name)
      .with_note(fact.span, "declared here")
      .with_help(fmt::format("write `{0} has a`, `{0} has any <a, b>`, `{0} has all <a, b>` or "
                             "`{0} == <a, b>`", fact.name));
  return kTrue;
}

FormulaId with_literal(Resolution& r, const Subject& subject, const ast::Condition::Compare& c,
                       const ast::Value& value, Context& context) {
  const Domain& domain = *subject.domain;
  const auto code = code_of(r, domain, value, context);
  if (!code) {
    context.failed = true;
    return kTrue;
  }
  warn_outside(r, value, *code, domain, subject.domain_fact());
  // `!=` as the negation of `==`, so that both share one atom, and so that a target without the
  // attribute differs from every value.
  if (c.op == ast::CompareOp::kNe) {
    return r.model.formulas.negate(member(r, subject, {{*code, *code}}));
  }
  if (subject.kind == Subject::Kind::kBoolean || c.op == ast::CompareOp::kEq) {
    return member(r, subject, {{*code, *code}});
  }
  constexpr auto kLowest = std::numeric_limits<std::int64_t>::min();
  constexpr auto kHighest = std::numeric_limits<std::int64_t>::max();
  return member(r, subject, codes_with(c.op, *code, kLowest, kHighest));
}

}  // namespace

FormulaId lower_compare(Resolution& r, const ast::Condition::Compare& compare, Span span,
                        Context& context) {
  const auto subject = subject_of(r, compare.left, context);
  if (!subject) return kTrue;
  const Domain& domain = *subject->domain;
  const bool equality = compare.op == ast::CompareOp::kEq || compare.op == ast::CompareOp::kNe;
  const bool ordered = domain.kind == Domain::Kind::kInt || domain.kind == Domain::Kind::kVersion;
  if (!equality && !ordered) {
    context.failed = true;
    Diagnostic& diagnostic = r.sink->report(diag::NoOrder, compare.op_span, spell(compare.op),
                                            domain.owner, domain.type);
    if (domain.declared) diagnostic.with_note(*domain.declared, "declared here");
    return kTrue;
  }
  if (const auto* set = std::get_if<ast::SetPtr>(&compare.right)) {
    if (is_flags(r, *subject)) return lower_flags_equal(r, *subject, compare, **set, context);
    context.failed = true;
    r.sink->report(diag::ComparedWithSet, span, domain.owner, domain.type)
        .with_fix("ask whether it is in the set", compare.op_span,
                  compare.op == ast::CompareOp::kNe ? "not in" : "in");
    return kTrue;
  }
  if (is_flags(r, *subject)) return wrong_flags(r, *subject, span, context);
  const ast::Value& value = std::get<ast::Value>(compare.right);
  const auto* name = std::get_if<ast::Name>(&value);
  if (name != nullptr && !name->quoted) {
    if (const auto formula = compare_names(r, *subject, compare, *name, context)) return *formula;
  }
  return with_literal(r, *subject, compare, value, context);
}

FormulaId lower_in(Resolution& r, const ast::Condition::In& in, Context& context) {
  const auto subject = subject_of(r, in.left, context);
  if (!subject) return kTrue;
  if (is_flags(r, *subject)) return wrong_flags(r, *subject, in.left.span, context);
  const auto fact = subject->domain_fact();
  const auto* range = std::get_if<ast::Range>(&in.right);
  const auto codes = range != nullptr
                         ? codes_of(r, *range, *subject->domain, fact, context)
                         : codes_of(r, *std::get<ast::SetPtr>(in.right), *subject->domain, fact,
                                    context);
  if (!codes) {
    context.failed = true;
    return kTrue;
  }
  const FormulaId inside = member(r, *subject, *codes);
  return in.negated ? r.model.formulas.negate(inside) : inside;
}

FormulaId lower_modulo(Resolution& r, const ast::Condition::Modulo& modulo, Context& context) {
  const auto subject = subject_of(r, modulo.left, context);
  const std::int64_t modulus = modulo.modulus.value;
  if (modulus <= 0) {
    context.failed = true;
    r.sink->report(diag::BadModulus, modulo.modulus.span, modulus);
  }
  if (subject && subject->domain->kind != Domain::Kind::kInt) {
    context.failed = true;
    Diagnostic& diagnostic = r.sink->report(diag::ModuloOfNonInt, modulo.left.span,
                                            subject->domain->owner, subject->domain->type);
    if (subject->domain->declared) {
      diagnostic.with_note(*subject->domain->declared, "declared here");
    }
  }
  if (!subject || subject->domain->kind != Domain::Kind::kInt || modulus <= 0) return kTrue;
  const std::int64_t remainder = modulo.right.value;
  if ((remainder < 0 || remainder >= modulus) &&
      r.warned.emplace(modulo.right.span.file, modulo.right.span.begin, subject->fact).second) {
    r.sink->report(diag::RemainderOutside, modulo.right.span, remainder, modulus, modulus - 1);
  }
  Intervals codes = codes_with(modulo.op, remainder, 0, modulus - 1);
  if (subject->kind == Subject::Kind::kFact) {
    const Fact& fact = r.model.facts[subject->fact];
    const bool negated = modulo.op == ast::CompareOp::kNe;
    if (negated) codes = codes_with(ast::CompareOp::kEq, remainder, 0, modulus - 1);
    const FormulaId formula = r.model.formulas.atom(
        {Atom::Kind::kModulo, subject->fact, modulus, std::move(codes)}, fact.low, fact.high);
    return negated ? r.model.formulas.negate(formula) : formula;
  }
  const auto residue = [&](std::int64_t code) {
    const std::int64_t rest = code % modulus;
    return rest < 0 ? rest + modulus : rest;
  };
  if (subject->kind == Subject::Kind::kConstant) {
    return contains(codes, residue(subject->constant)) ? kTrue : kFalse;
  }
  Subject residues = *subject;
  for (auto& code : residues.by_target) {
    if (code) code = residue(*code);
  }
  return member(r, residues, codes);
}

FormulaId lower_has(Resolution& r, const ast::Condition::Has& has, Context& context) {
  const auto subject = subject_of(r, has.left, context);
  if (!subject) return kTrue;
  if (!is_flags(r, *subject)) {
    context.failed = true;
    Diagnostic& diagnostic = r.sink->report(diag::HasOfNonFlags, has.left.span,
                                            subject->domain->owner, subject->domain->type);
    if (subject->domain->declared) {
      diagnostic.with_note(*subject->domain->declared, "declared here");
    }
    return kTrue;
  }
  std::optional<Intervals> symbols;
  if (const auto* name = std::get_if<ast::Name>(&has.right)) {
    if (const auto code = code_of(r, *subject->domain, *name, context)) {
      symbols = Intervals{{*code, *code}};
    }
  } else {
    symbols = codes_of(r, *std::get<ast::SetPtr>(has.right), *subject->domain, subject->fact,
                       context);
  }
  if (!symbols) {
    context.failed = true;
    return kTrue;
  }
  const Fact& fact = r.model.facts[subject->fact];
  std::int64_t mask = 0;
  for (std::size_t i = 0; i < fact.symbols.size(); ++i) {
    if (contains(*symbols, static_cast<std::int64_t>(i))) mask |= std::int64_t{1} << i;
  }
  // One symbol: `any` and `all` say the same, so they share an atom. An enum parameter whose symbol
  // the fact lacks names a flag that is never there.
  const bool single = (mask & (mask - 1)) == 0 && mask != 0;
  const bool all = has.mode == ast::Condition::Has::Mode::kAll;
  if (!all && mask == 0) return kFalse;
  if (all && contains(*symbols, -1)) return kFalse;
  const auto kind = all && !single ? Atom::Kind::kAll : Atom::Kind::kAny;
  if (all && mask == 0) return kTrue;
  return r.model.formulas.atom({kind, subject->fact, mask, {}}, fact.low, fact.high);
}

}  // namespace switchyard::sema
