#include "compiler/parse/dump_condition.h"

#include <fmt/format.h>

#include <iterator>
#include <vector>

namespace switchyard {
namespace {

template <typename... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};

constexpr std::string_view kCompareOps[] = {"==", "!=", "<", "<=", ">", ">="};
std::string_view spell_op(ast::CompareOp op) { return kCompareOps[static_cast<int>(op)]; }

std::string dump_operand(const ast::Operand& operand) {
  if (!operand.member) return dump_name(operand.name);
  return fmt::format("{}.{}", dump_name(operand.name), dump_name(*operand.member));
}

std::string dump_range(const ast::Range& range) {
  return fmt::format("{} .. {}", dump_value(range.low), dump_value(range.high));
}

std::string chain(std::string_view name, const std::vector<ast::ConditionPtr>& operands) {
  std::string out = fmt::format("({}", name);
  for (const auto& operand : operands)
    fmt::format_to(std::back_inserter(out), " {}", dump_condition(*operand));
  return out + ")";
}

std::string list(const std::vector<ast::Name>& names) {
  std::string out = "{";
  for (const ast::Name& name : names)
    fmt::format_to(std::back_inserter(out), " {}", dump_name(name));
  return out + " }";
}

}  // namespace

std::string dump_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string dump_name(const ast::Name& name) {
  return name.quoted ? dump_text(name.text) : name.text;
}

std::string dump_value(const ast::Value& value) {
  return std::visit(
      Overloaded{[](const ast::Name& name) { return dump_name(name); },
                 [](const ast::Integer& number) { return fmt::format("{}", number.value); },
                 [](const ast::Version& version) {
                   return fmt::format("{}.{}.{}", version.major, version.minor, version.patch);
                 },
                 [](const ast::Boolean& constant) {
                   return std::string(constant.value ? "true" : "false");
                 }},
      value);
}

std::string dump_set(const ast::Set& set) {
  return std::visit(
      Overloaded{[](const ast::Set::Literal& literal) {
                   std::string out = "<";
                   for (const ast::SetElement& element : literal.elements) {
                     if (out.size() > 1) out += ", ";
                     out += std::visit(
                         Overloaded{[](const ast::Value& value) { return dump_value(value); },
                                    [](const ast::Range& range) { return dump_range(range); }},
                         element);
                   }
                   return out + ">";
                 },
                 [](const ast::Set::Reference& reference) { return dump_name(reference.name); },
                 [](const ast::Set::Binary& binary) {
                   constexpr std::string_view kOps[] = {"|", "&", "-"};
                   return fmt::format("({} {} {})", kOps[static_cast<int>(binary.op)],
                                      dump_set(*binary.left), dump_set(*binary.right));
                 }},
      set.node);
}

std::string dump_type(const ast::Type& type) {
  return std::visit(
      Overloaded{
          [](const ast::Type::Bool&) { return std::string("bool"); },
          [](const ast::Type::Enum& node) { return fmt::format("enum {}", list(node.symbols)); },
          [](const ast::Type::OpenName& node) {
            return fmt::format("name {}", list(node.symbols));
          },
          [](const ast::Type::Int& node) {
            return fmt::format("int {} .. {}", node.low.value, node.high.value);
          },
          [](const ast::Type::VersionRange& node) {
            return fmt::format("version {} .. {}", dump_value(node.low), dump_value(node.high));
          },
          [](const ast::Type::Flags& node) { return fmt::format("flags {}", list(node.symbols)); },
          [](const ast::Type::Switch&) { return std::string("switch"); }},
      type.node);
}

std::string dump_condition(const ast::Condition& condition) {
  using C = ast::Condition;
  return std::visit(
      Overloaded{
          [](const C::Constant& node) { return std::string(node.value ? "true" : "false"); },
          [](const C::Bare& node) { return dump_operand(node.operand); },
          [](const C::Compare& node) {
            const std::string right =
                std::visit(Overloaded{[](const ast::Value& value) { return dump_value(value); },
                                      [](const ast::SetPtr& set) { return dump_set(*set); }},
                           node.right);
            return fmt::format("({} {} {})", spell_op(node.op), dump_operand(node.left), right);
          },
          [](const C::In& node) {
            const std::string right =
                std::visit(Overloaded{[](const ast::SetPtr& set) { return dump_set(*set); },
                                      [](const ast::Range& range) { return dump_range(range); }},
                           node.right);
            return fmt::format("({} {} {})", node.negated ? "not-in" : "in",
                               dump_operand(node.left), right);
          },
          [](const C::Modulo& node) {
            return fmt::format("({} (% {} {}) {})", spell_op(node.op), dump_operand(node.left),
                               node.modulus.value, node.right.value);
          },
          [](const C::Has& node) {
            constexpr std::string_view kModes[] = {"has", "has-any", "has-all"};
            const std::string right =
                std::visit(Overloaded{[](const ast::Name& name) { return dump_name(name); },
                                      [](const ast::SetPtr& set) { return dump_set(*set); }},
                           node.right);
            return fmt::format("({} {} {})", kModes[static_cast<int>(node.mode)],
                               dump_operand(node.left), right);
          },
          [](const C::Can& node) { return fmt::format("(can {})", dump_name(node.target)); },
          [](const C::Not& node) { return fmt::format("(not {})", dump_condition(*node.operand)); },
          [](const C::And& node) { return chain("and", node.operands); },
          [](const C::Or& node) { return chain("or", node.operands); },
          [](const C::Implies& node) {
            return fmt::format("(implies {} {})", dump_condition(*node.left),
                               dump_condition(*node.right));
          }},
      condition.node);
}

std::string dump_outcome(const ast::Outcome& outcome) {
  using O = ast::Outcome;
  const std::string base = outcome.decision ? dump_name(*outcome.decision) : "target";
  const std::string inner = std::visit(
      Overloaded{[&](const O::Is& node) {
                   return fmt::format("(== {} {})", base, dump_name(node.target));
                 },
                 [](const O::Refuse&) { return std::string("refuse"); },
                 [&](const O::In& node) {
                   return fmt::format("(in {} {})", base, dump_set(*node.targets));
                 },
                 [](const O::Attribute& node) {
                   return fmt::format("({} {}.{} {})",
                                      node.equal ? "==" : "!=", dump_name(node.base),
                                      dump_name(node.attribute), dump_value(node.value));
                 },
                 [](const O::Parameter& node) {
                   return fmt::format("({} {}.{} {})", spell_op(node.op), dump_name(node.base),
                                      dump_name(node.parameter), node.value.value);
                 }},
      outcome.node);
  return outcome.negated ? fmt::format("(not {})", inner) : inner;
}

}  // namespace switchyard
