#include "compiler/parse/build.h"

#include <utility>

namespace switchyard {

std::optional<ast::Item> Builder::item(Grammar::ItemContext& tree) {
  depth_ = 0;
  too_deep_ = false;
  ast::Item built;
  built.span = span(tree);
  if (auto* policy = tree.policyLine()) {
    built.node = ast::PolicyName{name(*policy->identifier())};
  } else if (auto* import = tree.importLine()) {
    built.node = ast::Import{text(*import->QUOTED())};
  } else if (auto* declared = tree.fact()) {
    built.node = fact(*declared);
  } else if (auto* assume = tree.assume()) {
    built.node = ast::Assume{condition(*assume->condition())};
  } else if (auto* let = tree.let()) {
    built.node = ast::Let{name(*let->identifier()), condition(*let->condition())};
  } else if (auto* line = tree.setLine()) {
    built.node = ast::SetDeclaration{name(*line->identifier()), set(*line->setExpression())};
  } else if (auto* one = tree.target()) {
    built.node = target(*one);
  } else if (auto* needs = tree.requiresLine()) {
    built.node = requires_line(*needs);
  } else if (auto* order = tree.faster()) {
    ast::Faster faster;
    for (auto* faster_one : order->identifier()) faster.targets.push_back(name(*faster_one));
    built.node = std::move(faster);
  } else if (auto* plain = tree.ruleTarget()) {
    built.node =
        rule(ast::Rule::Kind::kTarget, {plain->entry()}, *plain->guard(), plain->because());
  } else if (auto* first = tree.ruleFirst()) {
    built.node = rule(ast::Rule::Kind::kFirstOf, first->entry(), *first->guard(), first->because());
  } else if (auto* only = tree.ruleOnly()) {
    built.node = rule(ast::Rule::Kind::kOnly, only->entry(), *only->guard(), only->because());
  } else if (auto* refuse = tree.ruleRefuse()) {
    built.node = rule(ast::Rule::Kind::kRefuse, {}, *refuse->guard(), refuse->because());
  } else if (auto* promise = tree.guarantee()) {
    built.node = guarantee(*promise);
  } else if (auto* never = tree.never()) {
    built.node = ast::Never{name(*never->identifier()), condition(*never->condition())};
  } else if (auto* shown = tree.example()) {
    built.node = example(*shown);
  } else if (tree.allow()->CODE()) {
    built.node = acceptance(*tree.allow());
  } else {
    built.node = allow(*tree.allow());
  }
  if (too_deep_) return std::nullopt;
  return built;
}

ast::Fact Builder::fact(Grammar::FactContext& tree) {
  ast::Fact built;
  built.name = name(*tree.identifier());
  built.type = type(*tree.factType());
  if (auto* given = tree.factDefault()) {
    if (given->value()) {
      built.default_value = value(*given->value());
    } else {
      built.default_value = set_literal(*given->setLiteral());
    }
  }
  if (tree.factSource()) built.from = fact_source(*tree.factSource());
  if (tree.factReplaces()) built.replaces = text(*tree.factReplaces()->QUOTED());
  if (tree.QUOTED()) built.doc = text(*tree.QUOTED());
  return built;
}

ast::Type Builder::type(Grammar::FactTypeContext& tree) {
  ast::Type built;
  built.span = span(tree);
  if (auto* one = dynamic_cast<Grammar::TypeEnumContext*>(&tree)) {
    built.node = ast::Type::Enum{symbols(*one->symbols())};
  } else if (auto* open = dynamic_cast<Grammar::TypeNameContext*>(&tree)) {
    built.node = ast::Type::OpenName{symbols(*open->symbols())};
  } else if (auto* whole = dynamic_cast<Grammar::TypeIntContext*>(&tree)) {
    ast::Integer low = integer(*whole->integer(0));
    built.node = ast::Type::Int{low, integer(*whole->integer(1))};
  } else if (auto* ordered = dynamic_cast<Grammar::TypeVersionContext*>(&tree)) {
    ast::Version low = version(*ordered->number(0));
    built.node = ast::Type::VersionRange{low, version(*ordered->number(1))};
  } else if (auto* flags = dynamic_cast<Grammar::TypeFlagsContext*>(&tree)) {
    built.node = ast::Type::Flags{symbols(*flags->symbols())};
  } else if (dynamic_cast<Grammar::TypeSwitchContext*>(&tree)) {
    built.node = ast::Type::Switch{};
  } else {
    built.node = ast::Type::Bool{};
  }
  return built;
}

ast::FactSource Builder::fact_source(Grammar::FactSourceContext& tree) const {
  ast::FactSource built;
  built.span = span(tree);
  if (tree.ENV()) {
    built.kind = ast::FactSource::Kind::kEnv;
    const ast::Text variable = text(*tree.QUOTED());
    built.key = {variable.value, true, variable.span};
  } else {
    built.kind = tree.DEVICE() ? ast::FactSource::Kind::kDevice : ast::FactSource::Kind::kModel;
    built.key = symbol(*tree.symbol());
  }
  return built;
}

ast::Target Builder::target(Grammar::TargetContext& tree) {
  ast::Target built;
  built.name = name(*tree.identifier());
  if (auto* list = tree.parameters()) {
    for (auto* one : list->parameter()) built.parameters.push_back(parameter(*one));
  }
  if (auto* list = tree.attributes()) {
    for (auto* one : list->attribute()) {
      built.attributes.push_back({name(*one->identifier()), value(*one->value())});
    }
  }
  if (tree.QUOTED()) built.doc = text(*tree.QUOTED());
  return built;
}

ast::Parameter Builder::parameter(Grammar::ParameterContext& tree) {
  ast::Parameter built;
  built.name = name(*tree.identifier());
  built.span = span(tree);
  if (auto* whole = dynamic_cast<Grammar::ParameterIntContext*>(tree.parameterType())) {
    ast::Integer low = integer(*whole->integer(0));
    built.type = ast::Type::Int{low, integer(*whole->integer(1))};
  } else {
    auto& one = static_cast<Grammar::ParameterEnumContext&>(*tree.parameterType());
    built.type = ast::Type::Enum{symbols(*one.symbols())};
  }
  if (tree.value()) built.default_value = value(*tree.value());
  return built;
}

ast::Requires Builder::requires_line(Grammar::RequiresLineContext& tree) {
  return {name(*tree.identifier()), condition(*tree.condition()), text(tree.because())};
}

ast::Rule Builder::rule(ast::Rule::Kind kind, std::vector<Grammar::EntryContext*> entries,
                        Grammar::GuardContext& guard, Grammar::BecauseContext* because) {
  ast::Rule built;
  built.kind = kind;
  for (auto* one : entries) built.entries.push_back(entry(*one));
  if (guard.condition()) built.when = condition(*guard.condition());
  built.because = text(because);
  if (kind == ast::Rule::Kind::kRefuse && built.because) {
    require_reason(*built.because, "`refuse` rule");
  }
  return built;
}

ast::Entry Builder::entry(Grammar::EntryContext& tree) {
  ast::Entry built;
  built.target = name(*tree.identifier());
  for (auto* one : tree.argument()) {
    built.arguments.push_back({name(*one->identifier()), value(*one->value()), span(*one)});
  }
  built.span = span(tree);
  return built;
}

}  // namespace switchyard
