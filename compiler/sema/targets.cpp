#include <algorithm>

#include "compiler/diagnostic/registry.h"
#include "compiler/sema/resolution.h"

// Targets: parameters, attributes, uses, and the `faster` order.
namespace switchyard::sema {

namespace {

Domain domain_of(const Parameter& parameter) {
  Domain domain;
  domain.owner = fmt::format("parameter `{}`", parameter.name);
  domain.type = parameter.is_integer ? "an int" : "an enum";
  domain.declared = parameter.span;
  domain.kind = parameter.is_integer ? Domain::Kind::kInt : Domain::Kind::kSymbols;
  domain.symbols = parameter.symbols;
  domain.low = parameter.low;
  domain.high = parameter.high;
  return domain;
}

std::optional<std::int64_t> value_in(Resolution& r, const Parameter& parameter,
                                     const ast::Value& value) {
  const Domain domain = domain_of(parameter);
  Context plain;
  const auto code = code_of(r, domain, value, plain);
  if (!code) return std::nullopt;
  if (*code >= parameter.low && *code <= parameter.high) return code;
  r.sink->report(diag::ParameterOutside, ast::span_of(value), spell_value(value), domain.owner,
                 spell_range(domain))
      .with_note(parameter.span, "declared here");
  return std::nullopt;
}

// False when the parameter cannot be used.
bool read_parameter(Resolution& r, const ast::Parameter& source, Parameter& made) {
  made.name = source.name.text;
  made.span = source.name.span;
  if (const auto* range = std::get_if<ast::Type::Int>(&source.type)) {
    made.low = range->low.value;
    made.high = range->high.value;
    if (made.low > made.high) {
      r.sink->report(diag::EmptyRange, source.span, std::to_string(made.low),
                     std::to_string(made.high))
          .with_help("the smaller bound comes first");
      return false;
    }
  } else {
    made.is_integer = false;
    for (const ast::Name& symbol : std::get<ast::Type::Enum>(source.type).symbols) {
      if (std::find(made.symbols.begin(), made.symbols.end(), symbol.text) != made.symbols.end()) {
        r.sink->report(diag::DuplicateSymbol, symbol.span, symbol.text);
        return false;
      }
      made.symbols.push_back(symbol.text);
    }
    if (made.symbols.empty()) {
      r.sink->report(diag::NoSymbols, source.span, made.name)
          .with_help("list at least one symbol between the braces");
      return false;
    }
    made.high = static_cast<std::int64_t>(made.symbols.size()) - 1;
  }
  if (!source.default_value) {
    r.sink->report(diag::ParameterDefault, source.span, made.name)
        .with_help("a use that does not name the parameter takes its default: write `= value`");
    return false;
  }
  const auto value = value_in(r, made, *source.default_value);
  made.default_value = value.value_or(made.low);
  return value.has_value();
}

void resolve_target(Resolution& r, TargetId id) {
  const ast::Target& source = *r.targets[id].source;
  Target& target = r.model.targets[id];
  std::map<std::string_view, Span> first;
  const auto is_new = [&](const ast::Name& name) {
    const auto [place, added] = first.try_emplace(name.text, name.span);
    if (!added) {
      r.sink->report(diag::DuplicatePart, name.span, target.name, name.text)
          .with_note(place->second, "first declared here")
          .with_help("promises speak of parameters and attributes alike: `target.NAME`");
    }
    return added;
  };
  for (const ast::Parameter& parameter : source.parameters) {
    if (!is_new(parameter.name)) {
      r.targets[id].broken = true;
      continue;
    }
    Parameter made;
    if (!read_parameter(r, parameter, made)) r.targets[id].broken = true;
    target.parameters.push_back(std::move(made));
  }
  for (const ast::Attribute& attribute : source.attributes) {
    if (!is_new(attribute.name)) continue;
    const auto* symbol = std::get_if<ast::Name>(&attribute.value);
    target.attributes.push_back({attribute.name.text,
                                 symbol != nullptr ? symbol->text : spell_value(attribute.value),
                                 std::holds_alternative<ast::Integer>(attribute.value),
                                 attribute.name.span});
  }
}

void resolve_faster(Resolution& r, const ast::Faster& faster) {
  std::vector<TargetId> chain;
  for (const ast::Name& name : faster.targets) {
    const auto target = find_target(r, name);
    if (!target) continue;
    if (!chain.empty() && r.model.targets[chain[0]].block != r.model.targets[*target].block) {
      r.sink->report(diag::FasterAcrossBlocks, name.span, name.text,
                     r.model.targets[chain[0]].name)
          .with_note(r.model.targets[*target].span, "declared here")
          .with_note(r.model.targets[chain[0]].span, "and here")
          .with_help("only targets of one decision can stand in for each other");
      continue;
    }
    chain.push_back(*target);
  }
  r.model.faster.push_back(std::move(chain));
}

// The chains together must not say that a target is faster than itself.
void check_faster(Resolution& r, const std::vector<Span>& spans) {
  const std::size_t count = r.model.targets.size();
  struct Edge {
    TargetId slower;
    std::size_t chain;
  };
  std::vector<std::vector<Edge>> edges(count);
  for (std::size_t i = 0; i < r.model.faster.size(); ++i) {
    const auto& chain = r.model.faster[i];
    for (std::size_t k = 0; k + 1 < chain.size(); ++k) edges[chain[k]].push_back({chain[k + 1], i});
  }
  std::vector<std::uint8_t> marks(count, 0);  // 0 new, 1 on the path, 2 done
  for (TargetId start = 0; start < count; ++start) {
    if (marks[start] != 0) continue;
    std::vector<std::pair<TargetId, std::size_t>> path = {{start, 0}};
    marks[start] = 1;
    while (!path.empty()) {
      const TargetId at = path.back().first;
      if (path.back().second == edges[at].size()) {
        marks[at] = 2;
        path.pop_back();
        continue;
      }
      const Edge edge = edges[at][path.back().second++];
      if (marks[edge.slower] == 0) {
        marks[edge.slower] = 1;
        path.emplace_back(edge.slower, 0);
      } else if (marks[edge.slower] == 1) {
        auto step = std::find_if(path.begin(), path.end(),
                                 [&](const auto& one) { return one.first == edge.slower; });
        std::string shown;
        for (; step != path.end(); ++step) {
          shown += r.model.targets[step->first].name + " over ";
        }
        r.sink->report(diag::FasterCycle, spans[edge.chain], shown +
                       r.model.targets[edge.slower].name);
        return;
      }
    }
  }
}

}  // namespace

std::optional<TargetId> find_target(Resolution& r, const ast::Name& name) {
  if (const Declared* declared = find(r.target_names, name.text)) {
    mark_named(r, *declared);
    return declared->index;
  }
  Diagnostic& diagnostic = report_unknown("target", name, spellings(r.target_names), *r.sink);
  if (const Declared* other = find(r.values, name.text)) {
    diagnostic.with_note(other->span, fmt::format("`{}` is a {}", name.text, noun(other->sort)));
  }
  return std::nullopt;
}

std::vector<std::int64_t> default_arguments(const Model& model, TargetId target) {
  std::vector<std::int64_t> values;
  for (const Parameter& p : model.targets[target].parameters) values.push_back(p.default_value);
  return values;
}

std::optional<std::vector<std::int64_t>> arguments_of(
    Resolution& r, TargetId id, const std::vector<ast::Argument>& arguments) {
  const Target& target = r.model.targets[id];
  std::vector<std::int64_t> values = default_arguments(r.model, id);
  std::vector<const ast::Argument*> given(values.size(), nullptr);
  bool good = !r.targets[id].broken;
  for (const ast::Argument& argument : arguments) {
    const auto found = std::find_if(target.parameters.begin(), target.parameters.end(),
                                    [&](const Parameter& p) {
                                      return p.name == argument.parameter.text;
                                    });
    if (found == target.parameters.end()) {
      std::vector<std::string> names;
      for (const Parameter& p : target.parameters) names.push_back(p.name);
      report_unknown("parameter", argument.parameter, names, *r.sink)
          .with_note(target.span, fmt::format("`{}` is declared here", target.name));
      good = false;
      continue;
    }
    const auto index = static_cast<std::size_t>(found - target.parameters.begin());
    if (given[index] != nullptr) {
      r.sink->report(diag::DuplicateArgument, argument.span, argument.parameter.text)
          .with_note(given[index]->span, "first given here");
      good = false;
      continue;
    }
    given[index] = &argument;
    const auto value = value_in(r, *found, argument.value);
    if (value) values[index] = *value;
    good = good && value.has_value();
  }
  if (!good) return std::nullopt;
  return values;
}

void resolve_targets(Resolution& r) {
  for (TargetId id = 0; id < r.targets.size(); ++id) resolve_target(r, id);
  std::vector<Span> spans;
  const auto visit = [&](const ast::Item& item) {
    if (const auto* faster = std::get_if<ast::Faster>(&item.node)) {
      resolve_faster(r, *faster);
      spans.push_back(item.span);
    } else if (const auto* line = std::get_if<ast::Requires>(&item.node)) {
      if (const auto target = find_target(r, line->target)) {
        r.targets[*target].requirements.push_back(&item);
      }
    }
  };
  for (const ast::File& file : r.policy.files) {
    for (const ast::Item& item : file.items) {
      visit(item);
      if (const auto* decision = std::get_if<ast::Decision>(&item.node)) {
        for (const ast::Item& inner : decision->items) visit(inner);
      }
    }
  }
  check_faster(r, spans);
}

}  // namespace switchyard::sema
