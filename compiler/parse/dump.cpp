#include <fmt/format.h>

#include <iterator>
#include <string>

#include "compiler/parse/dump_condition.h"
#include "compiler/parse/parse.h"

namespace switchyard {
namespace {

template <typename... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};

class Dumper {
 public:
  explicit Dumper(std::string& out) : out_(out) {}

  void item(const ast::Item& item);

 private:
  template <typename... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    out_.append(2 * indent_, ' ');
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
    out_ += '\n';
  }
  void condition(std::string_view label, const ast::ConditionPtr& condition) {
    if (condition) line("{} {}", label, dump_condition(*condition));
  }
  void text(std::string_view label, const std::optional<ast::Text>& text) {
    if (text) line("{} {}", label, dump_text(text->value));
  }

  void fact(const ast::Fact& fact);
  void target(const ast::Target& target);
  void rule(const ast::Rule& rule);
  void guarantee(const ast::Guarantee& guarantee);

  std::string& out_;
  std::size_t indent_ = 1;
};

std::string default_text(const std::variant<ast::Value, ast::SetPtr>& value) {
  return std::visit(Overloaded{[](const ast::Value& one) { return dump_value(one); },
                               [](const ast::SetPtr& set) { return dump_set(*set); }},
                    value);
}

void Dumper::fact(const ast::Fact& fact) {
  line("fact {} : {}", dump_name(fact.name), dump_type(fact.type));
  ++indent_;
  if (fact.default_value) line("default {}", default_text(*fact.default_value));
  if (fact.from) {
    constexpr std::string_view kKinds[] = {"env", "device", "model"};
    line("from {} {}", kKinds[static_cast<int>(fact.from->kind)], dump_name(fact.from->key));
  }
  text("replaces env", fact.replaces);
  text("doc", fact.doc);
  --indent_;
}

void Dumper::target(const ast::Target& target) {
  line("target {}", dump_name(target.name));
  ++indent_;
  for (const ast::Parameter& parameter : target.parameters) {
    const std::string type = std::visit(
        [&](const auto& node) {
          return dump_type(ast::Type{node, parameter.span});
        },
        parameter.type);
    line("parameter {} : {}{}", dump_name(parameter.name), type,
         parameter.default_value ? fmt::format(" = {}", dump_value(*parameter.default_value)) : "");
  }
  for (const ast::Attribute& attribute : target.attributes) {
    line("attribute {} = {}", dump_name(attribute.name), dump_value(attribute.value));
  }
  text("doc", target.doc);
  --indent_;
}

void Dumper::rule(const ast::Rule& rule) {
  constexpr std::string_view kKinds[] = {"rule", "rule first of", "rule only", "rule refuse"};
  line("{}", kKinds[static_cast<int>(rule.kind)]);
  ++indent_;
  for (const ast::Entry& entry : rule.entries) {
    std::string values;
    for (const ast::Argument& argument : entry.arguments) {
      values += fmt::format(" {}={}", dump_name(argument.parameter), dump_value(argument.value));
    }
    line("use {}{}", dump_name(entry.target), values);
  }
  if (rule.when) {
    condition("when", rule.when);
  } else {
    line("otherwise");
  }
  text("because", rule.because);
  --indent_;
}

void Dumper::guarantee(const ast::Guarantee& guarantee) {
  line("guarantee {}", dump_name(guarantee.name));
  ++indent_;
  text("text", guarantee.text);
  if (const auto* influence = std::get_if<ast::Guarantee::Matters>(&guarantee.promise)) {
    line("{} {}", dump_name(influence->fact), influence->matters ? "matters" : "irrelevant");
    condition("when", influence->when);
  } else {
    const auto& promise = std::get<ast::Guarantee::Implies>(guarantee.promise);
    condition("if", promise.condition);
    for (const ast::Outcome& outcome : promise.alternatives) line("then {}", dump_outcome(outcome));
  }
  --indent_;
}

void Dumper::item(const ast::Item& item) {
  std::visit(
      Overloaded{
          [&](const ast::PolicyName& node) { line("policy {}", dump_name(node.name)); },
          [&](const ast::Import& node) { line("import {}", dump_text(node.path.value)); },
          [&](const ast::Fact& node) { fact(node); },
          [&](const ast::Assume& node) { condition("assume", node.condition); },
          [&](const ast::Let& node) {
            line("let {} = {}", dump_name(node.name), dump_condition(*node.condition));
          },
          [&](const ast::SetDeclaration& node) {
            line("set {} = {}", dump_name(node.name), dump_set(*node.set));
          },
          [&](const ast::Target& node) { target(node); },
          [&](const ast::Requires& node) {
            line("requires {} {}", dump_name(node.target), dump_condition(*node.condition));
            ++indent_;
            text("because", node.because);
            --indent_;
          },
          [&](const ast::Faster& node) {
            std::string names;
            for (const ast::Name& name : node.targets)
              fmt::format_to(std::back_inserter(names), " {}", dump_name(name));
            line("faster{}", names);
          },
          [&](const ast::Rule& node) { rule(node); },
          [&](const ast::Decision& node) {
            line("decision {}", dump_name(node.name));
            ++indent_;
            for (const ast::Item& inner : node.items) this->item(inner);
            --indent_;
          },
          [&](const ast::Guarantee& node) { guarantee(node); },
          [&](const ast::Never& node) {
            line("never {}", dump_name(node.target));
            ++indent_;
            condition("when", node.when);
            --indent_;
          },
          [&](const ast::Example& node) {
            line("example {}", dump_outcome(node.expected));
            ++indent_;
            for (const ast::ExampleFact& fact : node.facts) {
              line("given {}{}{}", fact.negated ? "not " : "", dump_name(fact.fact),
                   fact.value ? fmt::format(" = {}", default_text(*fact.value)) : std::string());
            }
            --indent_;
          },
          [&](const ast::Allow& node) {
            line("allow {}", node.what == ast::Allow::What::kSlower ? "slower" : "unsupported");
            ++indent_;
            condition("when", node.when);
            line("because {}", dump_text(node.because.value));
            --indent_;
          },
          [&](const ast::Acceptance& node) {
            line("allow {} because {}", node.code.value, dump_text(node.because.value));
          },
      },
      item.node);
}

}  // namespace

std::string dump(const ast::Policy& policy, const SourceMap& sources) {
  std::string out;
  for (const ast::File& file : policy.files) {
    fmt::format_to(std::back_inserter(out), "file {}\n", sources.file(file.file).path());
    Dumper dumper(out);
    for (const ast::Item& item : file.items) dumper.item(item);
  }
  return out;
}

}  // namespace switchyard
