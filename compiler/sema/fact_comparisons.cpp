#include "compiler/sema/fact_comparisons.h"

#include <algorithm>

#include "compiler/diagnostic/registry.h"
#include "compiler/sema/comparisons.h"

namespace switchyard::sema {

namespace {

bool same_symbols(const Domain& a, const Domain& b) {
  if (a.symbols.size() != b.symbols.size()) return false;
  std::vector<std::string> left = a.symbols, right = b.symbols;
  std::sort(left.begin(), left.end());
  std::sort(right.begin(), right.end());
  return left == right;
}

// The kind of a fact that stands alone on one side; none for lets, parameters and attributes.
std::optional<FactKind> fact_kind(const Resolution& r, const Subject& subject) {
  if (subject.kind != Subject::Kind::kFact) return std::nullopt;
  return r.model.facts[subject.fact].kind;
}

bool comparable(const Resolution& r, const Subject& left, const Subject& right) {
  if (left.kind == Subject::Kind::kBoolean) return right.kind == Subject::Kind::kBoolean;
  const auto a = fact_kind(r, left), b = fact_kind(r, right);
  const bool symbols = b == FactKind::kEnum || b == FactKind::kSwitch;
  if (a && a == b) return symbols && same_symbols(*left.domain, *right.domain);
  // A parameter against a fact, inside `requires`.
  if (left.kind != Subject::Kind::kConstant) return false;
  if (left.domain->kind == Domain::Kind::kInt) return b == FactKind::kInt;
  return symbols || b == FactKind::kName;
}

FormulaId equal_facts(Resolution& r, const Subject& left, const Subject& right) {
  Formulas& f = r.model.formulas;
  if (left.kind == Subject::Kind::kBoolean) {
    return f.any(f.all(left.formula, right.formula),
                 f.all(f.negate(left.formula), f.negate(right.formula)));
  }
  std::vector<FormulaId> cases;
  for (std::size_t i = 0; i < left.domain->symbols.size(); ++i) {
    const auto here = static_cast<std::int64_t>(i);
    const std::int64_t there = *symbol_code(*right.domain, left.domain->symbols[i]);
    cases.push_back(f.all(member(r, left, {{here, here}}), member(r, right, {{there, there}})));
  }
  return f.any(std::move(cases));
}

FormulaId parameter_with_fact(Resolution& r, const Subject& left, ast::CompareOp op,
                              const Subject& right) {
  if (left.domain->kind == Domain::Kind::kInt) {
    return member(r, right, codes_with(mirrored(op), left.constant, right.domain->low,
                                       right.domain->high));
  }
  const std::string& symbol = left.domain->symbols[static_cast<std::size_t>(left.constant)];
  const std::int64_t code = symbol_code(*right.domain, symbol).value_or(-1);
  const FormulaId equal = member(r, right, {{code, code}});
  return op == ast::CompareOp::kNe ? r.model.formulas.negate(equal) : equal;
}

void reject(Resolution& r, const Subject& left, const Subject& right, const ast::Name& name,
            Span at) {
  const auto a = fact_kind(r, left), b = fact_kind(r, right);
  const auto note = [&](Diagnostic& diagnostic) {
    if (left.domain->declared) diagnostic.with_note(*left.domain->declared, "the left side");
    if (right.domain->declared) diagnostic.with_note(*right.domain->declared, "the right side");
  };
  if (a && a == b && *a == FactKind::kName) {
    note(r.sink->report(diag::NamesCompared, at, left.domain->owner, right.domain->owner)
             .with_help("every name that is not listed is `other`, so two different unlisted names "
                        "would seem equal; compare each with a symbol"));
  } else if (a && a == b && *a == FactKind::kEnum) {
    note(r.sink->report(diag::DifferentSymbols, at, left.domain->owner, right.domain->owner)
             .with_help("two enums can be compared when they list the same symbols"));
  } else if (a && a == b) {
    note(r.sink->report(diag::FactsNotCompared, at, left.domain->owner, right.domain->owner,
                        type_word(*a))
             .with_help("compare each with literals"));
  } else {
    note(r.sink->report(diag::TypeMismatch, at, left.domain->owner, left.domain->type, name.text,
                        right.domain->type));
  }
}

}  // namespace

std::optional<FormulaId> compare_names(Resolution& r, const Subject& subject,
                                       const ast::Condition::Compare& compare,
                                       const ast::Name& name, Context& context) {
  const bool symbol = subject.domain->kind == Domain::Kind::kSymbols &&
                      symbol_code(*subject.domain, name.text).has_value();
  const Declared* declared = find(r.values, name.text);
  const Parameter* parameter = find_parameter(r, context, name.text);
  if (declared == nullptr) {
    const bool unknown = !symbol && parameter == nullptr;
    if (!unknown || subject.domain->kind == Domain::Kind::kSymbols) return std::nullopt;
    // A symbol cannot be meant: the name is a fact or parameter that nobody declared.
    context.failed = true;
    report_unknown_value(r, name, context);
    return kTrue;
  }
  // As a symbol, the name may also be that of something that cannot be compared here: no ambiguity.
  Context quiet = context;
  DiagnosticSink silent;
  DiagnosticSink* const loud = r.sink;
  if (symbol || parameter != nullptr) r.sink = &silent;
  const auto right = subject_of(r, name, *declared, symbol || parameter ? quiet : context);
  r.sink = loud;
  if (!right) {
    if (symbol || parameter != nullptr) return std::nullopt;
    return kTrue;
  }
  const bool fits = comparable(r, subject, *right);
  if (parameter != nullptr && fits) {
    context.failed = true;
    r.sink->report(diag::AmbiguousParameter, name.span, name.text, noun(declared->sort))
        .with_note(parameter->span, "the parameter")
        .with_note(declared->span, fmt::format("the {}", noun(declared->sort)))
        .with_help("rename the parameter");
    return kTrue;
  }
  if (parameter != nullptr) return std::nullopt;
  if (symbol && !fits) return std::nullopt;
  mark_named(r, *declared);
  if (symbol) {
    context.failed = true;
    Diagnostic& diagnostic =
        r.sink->report(diag::AmbiguousSymbol, name.span, name.text, subject.domain->owner,
                       fmt::format("the {} `{}`", noun(declared->sort), name.text));
    if (subject.domain->declared) {
      diagnostic.with_note(*subject.domain->declared, "the symbol's fact");
    }
    diagnostic.with_note(declared->span, fmt::format("the {}", noun(declared->sort)))
        .with_fix("quoted, it is the symbol", name.span, fmt::format("\"{}\"", name.text));
    return kTrue;
  }
  context.reads = std::max(context.reads, quiet.reads);
  if (!fits) {
    context.failed = true;
    reject(r, subject, *right, name, name.span);
    return kTrue;
  }
  if (subject.kind == Subject::Kind::kConstant) {
    return parameter_with_fact(r, subject, compare.op, *right);
  }
  const FormulaId equal = equal_facts(r, subject, *right);
  return compare.op == ast::CompareOp::kNe ? r.model.formulas.negate(equal) : equal;
}

}  // namespace switchyard::sema
