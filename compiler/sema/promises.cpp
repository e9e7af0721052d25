#include "compiler/diagnostic/registry.h"
#include "compiler/sema/outcomes.h"
#include "compiler/sema/resolution.h"

// Guarantees, `never`, examples, allowances and accepted warnings.
namespace switchyard::sema {

namespace {

FormulaId lower_in(Resolution& r, const ast::Condition& condition, BlockId block) {
  Context context;
  context.place = Context::Place::kPromise;
  context.block = block;
  return lower(r, condition, context).formula;
}

void add_promise(Resolution& r, Promise promise, Judged judged, FormulaId condition) {
  promise.block = judged.block;
  promise.holds = std::move(judged.holds);
  promise.condition = condition;
  r.model.promises.push_back(std::move(promise));
}

void read_matters(Resolution& r, const ast::Guarantee& source,
                  const ast::Guarantee::Matters& matters, Span span) {
  Influence influence;
  influence.name = source.name.text;
  influence.text = source.text ? source.text->value : "";
  influence.matters = matters.matters;
  influence.span = span;
  const Declared* declared = find(r.values, matters.fact.text);
  if (declared == nullptr) {
    std::vector<std::string> facts;
    for (FactId id = 0; id < r.model.declared_facts; ++id) facts.push_back(r.model.facts[id].name);
    report_unknown("fact", matters.fact, facts, *r.sink);
  } else if (declared->sort != Declared::Sort::kFact) {
    r.sink->report(diag::NotAFact, matters.fact.span, matters.fact.text, noun(declared->sort))
        .with_note(declared->span, "declared here")
        .with_help("`matters` and `irrelevant` ask about one fact that the engine sends");
  } else {
    influence.fact = declared->index;
    mark_named(r, *declared);
  }
  if (matters.when) influence.when = lower_in(r, *matters.when, r.main());
  r.model.influences.push_back(std::move(influence));
}

void read(Resolution& r, const ast::Guarantee& source, Span span) {
  const auto id = static_cast<std::uint32_t>(r.guarantee_names.size());
  declare(r.guarantee_names, source.name, Declared::Sort::kGuarantee, id, *r.sink);
  if (const auto* matters = std::get_if<ast::Guarantee::Matters>(&source.promise)) {
    read_matters(r, source, *matters, span);
    return;
  }
  const auto& implies = std::get<ast::Guarantee::Implies>(source.promise);
  std::vector<const ast::Outcome*> alternatives;
  for (const ast::Outcome& one : implies.alternatives) alternatives.push_back(&one);
  auto judged = judge(r, alternatives, span);
  const FormulaId condition =
      lower_in(r, *implies.condition, judged ? judged->block : r.main());
  if (!judged) return;
  Promise promise;
  promise.name = source.name.text;
  promise.text = source.text ? source.text->value : "";
  promise.span = span;
  add_promise(r, std::move(promise), std::move(*judged), condition);
}

void read(Resolution& r, const ast::Never& source, Span span) {
  ast::Outcome outcome;
  outcome.node = ast::Outcome::Is{source.target};
  outcome.negated = true;
  outcome.span = source.target.span;
  auto judged = judge(r, {&outcome}, span);
  const FormulaId condition = lower_in(r, *source.when, judged ? judged->block : r.main());
  if (!judged) return;
  Promise promise;
  promise.kind = Promise::Kind::kNever;
  promise.name = source.target.text;
  promise.span = span;
  add_promise(r, std::move(promise), std::move(*judged), condition);
}

// The formula of one fact of an example; kTrue when something was reported.
FormulaId example_fact(Resolution& r, const ast::ExampleFact& written) {
  const Declared* declared = find(r.values, written.fact.text);
  if (declared == nullptr) {
    std::vector<std::string> facts;
    for (FactId id = 0; id < r.model.declared_facts; ++id) facts.push_back(r.model.facts[id].name);
    report_unknown("fact", written.fact, facts, *r.sink);
    return kTrue;
  }
  if (declared->sort != Declared::Sort::kFact) {
    r.sink->report(diag::NotAFact, written.fact.span, written.fact.text, noun(declared->sort))
        .with_note(declared->span, "declared here")
        .with_help("an example gives the values of facts");
    return kTrue;
  }
  mark_named(r, *declared);
  const FactId id = declared->index;
  if (r.broken_facts[id]) return kTrue;
  const Fact& fact = r.model.facts[id];
  const Domain& domain = r.domains[id];
  Context plain;
  std::optional<std::int64_t> code;
  if (!written.value) {
    if (fact.kind != FactKind::kBool) {
      r.sink->report(diag::ExampleNeedsValue, written.span, fact.name, domain.type)
          .with_note(fact.span, "declared here")
          .with_help(fmt::format("write `{} = value`", fact.name));
      return kTrue;
    }
    code = written.negated ? 0 : 1;
  } else if (const auto* set = std::get_if<ast::SetPtr>(&*written.value)) {
    if (fact.kind != FactKind::kFlags) {
      r.sink->report(diag::ComparedWithSet, (*set)->span, domain.owner, domain.type)
          .with_help("an example gives one value for each fact");
      return kTrue;
    }
    const auto symbols = codes_of(r, **set, domain, id, plain);
    if (!symbols) return kTrue;
    code = 0;
    for (std::size_t i = 0; i < fact.symbols.size(); ++i) {
      if (contains(*symbols, static_cast<std::int64_t>(i))) *code |= std::int64_t{1} << i;
    }
  } else {
    const auto& value = std::get<ast::Value>(*written.value);
    if (fact.kind == FactKind::kFlags) {
      r.sink->report(diag::FlagsOperator, ast::span_of(value), fact.name)
          .with_note(fact.span, "declared here")
          .with_fix("the value of flags is a set", ast::span_of(value),
                    "<" + spell_value(value) + ">");
      return kTrue;
    }
    code = code_of(r, domain, value, plain);
    if (!code) return kTrue;
    if (*code < fact.low || *code > fact.high) {
      r.sink->report(diag::ExampleOutside, ast::span_of(value), spell_value(value), domain.owner,
                     spell_range(domain))
          .with_note(fact.span, "declared here");
      return kTrue;
    }
  }
  if (fact.kind == FactKind::kBool) {
    const FormulaId yes = r.model.formulas.atom({Atom::Kind::kIn, id, 0, {{1, 1}}}, 0, 1);
    return *code == 1 ? yes : r.model.formulas.negate(yes);
  }
  return r.model.formulas.atom({Atom::Kind::kIn, id, 0, {{*code, *code}}}, fact.low, fact.high);
}

void read(Resolution& r, const ast::Example& source, Span span) {
  std::map<std::string_view, Span> first;
  std::vector<FormulaId> formulas;
  for (const ast::ExampleFact& written : source.facts) {
    const auto [place, added] = first.try_emplace(written.fact.text, written.span);
    if (!added) {
      r.sink->report(diag::DuplicateExampleFact, written.span, written.fact.text)
          .with_note(place->second, "first given here");
      continue;
    }
    formulas.push_back(example_fact(r, written));
  }
  auto judged = judge(r, {&source.expected}, span);
  if (!judged) return;
  Promise promise;
  promise.kind = Promise::Kind::kExample;
  promise.span = span;
  add_promise(r, std::move(promise), std::move(*judged), r.model.formulas.all(std::move(formulas)));
}

void read(Resolution& r, const ast::Allow& source, Span span) {
  r.model.allowances.push_back({source.what == ast::Allow::What::kSlower,
                                lower_in(r, *source.when, r.main()), source.because.value, span});
}

void read(Resolution& r, const ast::Acceptance& source, Span span) {
  const std::string& written = source.code.value;
  const DiagnosticInfo* known = nullptr;
  std::vector<std::string> warnings;
  for (const DiagnosticInfo* info : diag::all()) {
    if (info->code == written) known = info;
    if (info->severity == Severity::kWarning) warnings.emplace_back(info->code);
  }
  if (known == nullptr) {
    Diagnostic& found = r.sink->report(diag::UnknownCode, source.code.span, written);
    suggest(found, written, source.code.span, warnings);
    return;
  }
  if (known->severity == Severity::kError) {
    Diagnostic& found =
        r.sink->report(diag::AcceptedError, source.code.span, written, known->name);
    found.with_help(known->code == diag::Unsupported.info.code
                        ? "`allow unsupported when ... because ...` accepts it where you say"
                        : "only warnings can be accepted");
    return;
  }
  for (const AcceptedCode& earlier : r.model.accepted_codes) {
    if (earlier.code != known->code || earlier.span.file != span.file) continue;
    r.sink->report(diag::AcceptedTwice, source.code.span, written)
        .with_note(earlier.span, "first accepted here")
        .with_help("one line accepts every such warning of this file: say both reasons in it");
    return;
  }
  r.model.accepted_codes.push_back({known->code, source.because.value, span});
}

}  // namespace

void resolve_promises(Resolution& r) {
  for (const ast::File& file : r.policy.files) {
    for (const ast::Item& item : file.items) {
      if (const auto* guarantee = std::get_if<ast::Guarantee>(&item.node)) {
        read(r, *guarantee, item.span);
      } else if (const auto* never = std::get_if<ast::Never>(&item.node)) {
        read(r, *never, item.span);
      } else if (const auto* example = std::get_if<ast::Example>(&item.node)) {
        read(r, *example, item.span);
      } else if (const auto* allow = std::get_if<ast::Allow>(&item.node)) {
        read(r, *allow, item.span);
      } else if (const auto* acceptance = std::get_if<ast::Acceptance>(&item.node)) {
        read(r, *acceptance, item.span);
      }
    }
  }
}

}  // namespace switchyard::sema
