#include "compiler/sema/subject.h"

#include <algorithm>
#include <limits>

#include "compiler/diagnostic/registry.h"

namespace switchyard::sema {

const Parameter* find_parameter(const Resolution& r, const Context& context, std::string_view name,
                                std::int64_t* value) {
  if (!context.target) return nullptr;
  const std::vector<Parameter>& parameters = r.model.targets[*context.target].parameters;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i].name != name) continue;
    if (value != nullptr) *value = (*context.parameters)[i];
    return &parameters[i];
  }
  return nullptr;
}

void report_unknown_value(Resolution& r, const ast::Name& name, const Context& context) {
  if (const auto refused = r.refused_names.find(name.text); refused != r.refused_names.end()) {
    report_unknown("fact", name, {}, *r.sink).with_help(refused->second);
    return;
  }
  std::vector<std::string> candidates = spellings(r.values);
  if (context.target) {
    for (const Parameter& p : r.model.targets[*context.target].parameters) {
      candidates.push_back(p.name);
    }
  }
  const Declared* target = find(r.target_names, name.text);
  const Declared* set = find(r.set_names, name.text);
  Diagnostic& diagnostic = report_unknown("fact", name, candidates, *r.sink);
  diagnostic.with_label("not declared");
  if (target != nullptr) {
    diagnostic.with_note(target->span, fmt::format("`{}` is a target", name.text))
        .with_fix("ask whether it can run", name.span, "can " + name.text);
  }
  if (set != nullptr) {
    diagnostic.with_note(set->span, fmt::format("`{}` is a set; write `FACT in {}`", name.text,
                                                name.text));
  }
}

bool may_read(Resolution& r, BlockId decision, const ast::Name& name, Context& context) {
  const Block& block = r.model.blocks[decision];
  switch (context.place) {
    case Context::Place::kLet:
      context.reads = std::max(context.reads.value_or(0), decision);
      return true;
    case Context::Place::kAssume:
    case Context::Place::kRequires:
      context.failed = true;
      r.sink->report(diag::DecisionNotAllowed, name.span,
                     context.place == Context::Place::kAssume ? "assume" : "requires", block.name)
          .with_note(block.span, "the decision is made here")
          .with_help(context.place == Context::Place::kAssume
                         ? "`assume` reads facts and lets only"
                         : "what a kernel can do depends on facts and its parameters only");
      return false;
    case Context::Place::kRule:
    case Context::Place::kPromise:
      if (decision < context.block) return true;
      context.failed = true;
      r.sink->report(diag::DecisionTooLate, name.span, block.name)
          .with_note(block.span, "it is made here")
          .with_help("blocks run in source order, rules outside any block last; a rule may read "
                     "only the decisions made before it");
      return false;
  }
  return false;
}

std::vector<std::string> attribute_names(const Model& model, const std::vector<TargetId>& targets) {
  std::vector<std::string> names;
  for (const TargetId target : targets) {
    for (const Attribute& attribute : model.targets[target].attributes) {
      names.push_back(attribute.name);
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Property attribute_of(const Model& model, const std::vector<TargetId>& targets,
                      std::string_view name) {
  Property result;
  std::vector<const Attribute*> found;
  for (const TargetId target : targets) {
    const Attribute* one = nullptr;
    for (const Attribute& attribute : model.targets[target].attributes) {
      if (attribute.name == name) one = &attribute;
    }
    found.push_back(one);
    result.exists = result.exists || one != nullptr;
  }
  auto domain = std::make_shared<Domain>();
  domain->owner = fmt::format("attribute `{}`", name);
  domain->type = "an attribute";
  domain->bounded = false;
  const bool integers = result.exists && std::all_of(found.begin(), found.end(), [](const auto* a) {
    return a == nullptr || a->is_integer;
  });
  domain->kind = integers ? Domain::Kind::kInt : Domain::Kind::kSymbols;
  domain->textual = !integers;
  for (const Attribute* one : found) {
    std::optional<std::int64_t> code;
    if (one != nullptr) {
      if (!domain->declared) domain->declared = one->span;
      if (integers) {
        code = std::stoll(one->value);
      } else {
        code = symbol_code(*domain, one->value);
        if (!code) {
          code = static_cast<std::int64_t>(domain->symbols.size());
          domain->symbols.push_back(one->value);
        }
      }
    }
    result.codes.push_back(code);
  }
  domain->low = std::numeric_limits<std::int64_t>::min();
  domain->high = std::numeric_limits<std::int64_t>::max();
  result.domain = std::move(domain);
  return result;
}

namespace {

std::optional<Subject> property_subject(Resolution& r, const ast::Operand& operand, BlockId block,
                                        Context& context) {
  if (!may_read(r, block, operand.name, context)) return std::nullopt;
  const std::vector<TargetId>& targets = r.model.blocks[block].targets;
  Property property = attribute_of(r.model, targets, operand.member->text);
  if (!property.exists) {
    context.failed = true;
    Diagnostic& diagnostic = r.sink->report(diag::UnknownAttribute, operand.member->span,
                                            operand.member->text, operand.name.text);
    diagnostic.with_note(r.model.blocks[block].span,
                         "the decision and its targets are declared here");
    suggest(diagnostic, operand.member->text, operand.member->span,
            attribute_names(r.model, targets));
    return std::nullopt;
  }
  Subject subject;
  subject.kind = Subject::Kind::kProperty;
  subject.fact = *r.model.blocks[block].fact;
  subject.own = std::move(property.domain);
  subject.domain = subject.own.get();
  subject.by_target = std::move(property.codes);
  return subject;
}

Subject parameter_subject(const Parameter& parameter, std::int64_t value) {
  auto domain = std::make_shared<Domain>();
  domain->owner = fmt::format("parameter `{}`", parameter.name);
  domain->type = parameter.is_integer ? "an int" : "an enum";
  domain->declared = parameter.span;
  domain->kind = parameter.is_integer ? Domain::Kind::kInt : Domain::Kind::kSymbols;
  domain->symbols = parameter.symbols;
  domain->low = parameter.low;
  domain->high = parameter.high;
  Subject subject;
  subject.kind = Subject::Kind::kConstant;
  subject.own = std::move(domain);
  subject.domain = subject.own.get();
  subject.constant = value;
  return subject;
}

const Domain& bool_domain() {
  static const Domain domain = [] {
    Domain made;
    made.owner = "a condition";
    made.type = "a bool";
    return made;
  }();
  return domain;
}

}  // namespace

std::optional<Subject> subject_of(Resolution& r, const ast::Name& name, const Declared& declared,
                                  Context& context) {
  Subject subject;
  switch (declared.sort) {
    case Declared::Sort::kLet: {
      const LetState& let = r.lets[declared.index];
      if (let.reads && !may_read(r, *let.reads, name, context)) return std::nullopt;
      if (let.broken) {
        context.failed = true;
        return std::nullopt;
      }
      subject.kind = Subject::Kind::kBoolean;
      subject.domain = &bool_domain();
      subject.formula = let.formula;
      return subject;
    }
    case Declared::Sort::kDecision:
      if (!may_read(r, declared.index, name, context)) return std::nullopt;
      subject.fact = *r.model.blocks[declared.index].fact;
      break;
    default:
      subject.fact = declared.index;
      break;
  }
  if (r.broken_facts[subject.fact]) {
    context.failed = true;
    return std::nullopt;
  }
  subject.domain = &r.domains[subject.fact];
  if (r.model.facts[subject.fact].kind == FactKind::kBool) {
    subject.kind = Subject::Kind::kBoolean;
    subject.formula = r.model.formulas.atom({Atom::Kind::kIn, subject.fact, 0, {{1, 1}}}, 0, 1);
  }
  return subject;
}

std::optional<Subject> subject_of(Resolution& r, const ast::Operand& operand, Context& context) {
  std::int64_t value = 0;
  const Declared* declared = find(r.values, operand.name.text);
  const Parameter* parameter = find_parameter(r, context, operand.name.text, &value);
  if (operand.member) {
    if (declared != nullptr && declared->sort == Declared::Sort::kDecision) {
      return property_subject(r, operand, declared->index, context);
    }
    context.failed = true;
    if (declared == nullptr) {
      std::vector<std::string> decisions;
      for (const Block& block : r.model.blocks) {
        if (!block.name.empty()) decisions.push_back(block.name);
      }
      report_unknown("decision", operand.name, decisions, *r.sink);
    } else {
      r.sink->report(diag::NoAttributes, operand.span, operand.name.text, noun(declared->sort))
          .with_note(declared->span, "declared here")
          .with_help("only the target that an earlier decision chose has attributes");
    }
    return std::nullopt;
  }
  if (parameter != nullptr && declared != nullptr) {
    context.failed = true;
    r.sink->report(diag::AmbiguousParameter, operand.name.span, operand.name.text,
                   noun(declared->sort))
        .with_note(parameter->span, "the parameter")
        .with_note(declared->span, fmt::format("the {}", noun(declared->sort)))
        .with_help("rename the parameter");
    return std::nullopt;
  }
  if (parameter != nullptr) return parameter_subject(*parameter, value);
  if (declared != nullptr) {
    mark_named(r, *declared);
    return subject_of(r, operand.name, *declared, context);
  }
  context.failed = true;
  report_unknown_value(r, operand.name, context);
  return std::nullopt;
}

FormulaId member(Resolution& r, const Subject& subject, const Intervals& codes) {
  Formulas& formulas = r.model.formulas;
  const auto on_fact = [&](Intervals values) {
    const Fact& fact = r.model.facts[subject.fact];
    return formulas.atom({Atom::Kind::kIn, subject.fact, 0, std::move(values)}, fact.low,
                         fact.high);
  };
  switch (subject.kind) {
    case Subject::Kind::kFact:
      return on_fact(codes);
    case Subject::Kind::kBoolean: {
      const bool no = contains(codes, 0), yes = contains(codes, 1);
      if (yes) return no ? kTrue : subject.formula;
      return no ? formulas.negate(subject.formula) : kFalse;
    }
    case Subject::Kind::kProperty: {
      Intervals chosen;
      for (std::size_t i = 0; i < subject.by_target.size(); ++i) {
        const auto code = static_cast<std::int64_t>(i);
        if (subject.by_target[i] && contains(codes, *subject.by_target[i])) {
          chosen.push_back({code, code});
        }
      }
      return on_fact(normalized(std::move(chosen)));
    }
    case Subject::Kind::kConstant:
      return contains(codes, subject.constant) ? kTrue : kFalse;
  }
  return kFalse;
}

}  // namespace switchyard::sema
