#include "runtime/table/inspect.h"

#include <iterator>

#include <fmt/format.h>

#include "runtime/table/view.h"

namespace switchyard {
namespace {

std::string domain(const FactInfo& fact) {
  switch (fact.kind) {
    case FactInfo::Kind::kBool: return "bool";
    case FactInfo::Kind::kSwitch: return "switch";
    case FactInfo::Kind::kInt: return fmt::format("int {} .. {}", fact.low, fact.high);
    case FactInfo::Kind::kVersion:
      return fmt::format("version {} .. {}", spell(fact, fact.low), spell(fact, fact.high));
    case FactInfo::Kind::kEnum:
    case FactInfo::Kind::kName:
    case FactInfo::Kind::kFlags: break;
  }
  std::string symbols;
  for (const std::string& symbol : fact.symbols) symbols += (symbols.empty() ? "" : ", ") + symbol;
  const char* const kind = fact.kind == FactInfo::Kind::kEnum   ? "enum"
                           : fact.kind == FactInfo::Kind::kName ? "name"
                                                                : "flags";
  return fmt::format("{} {{ {} }}", kind, symbols);
}

std::string engine(const BlockView& view, const format::Block& block) {
  switch (view.engine) {
    case Engine::kDense: return fmt::format("dense array of {} cells", block.size());
    case Engine::kWalk: return fmt::format("walk of a diagram, {} words", block.size());
    case Engine::kBits:
      return fmt::format("bit vectors: {} boxes over {} facts, {} rows of {} bytes", view.boxes,
                         view.array_bit_facts.size() + view.other_bit_facts.size() +
                             view.direct.facts.size(),
                         view.row_words == 0 ? 0 : block.size() / view.row_words,
                         view.row_words * 8);
    case Engine::kProgram:
      return fmt::format("program of {} words, {} registers", block.size(), view.registers);
  }
  return {};
}

std::string lookup(const AxisView& axis) {
  switch (axis.lookup) {
    case AxisView::Lookup::kConstant: return "1 class";
    case AxisView::Lookup::kArray: return fmt::format("{} classes by array", axis.classes);
    case AxisView::Lookup::kSearch:
      return axis.modulus == 1
                 ? fmt::format("{} classes, {} intervals", axis.classes, axis.intervals)
                 : fmt::format("{} classes, {} intervals, modulus {}", axis.classes, axis.intervals,
                               axis.modulus);
  }
  return {};
}

}  // namespace

std::string inspect(const Table& table) {
  const TableView& view = table.view();
  const format::PolicyTable& policy = *view.sections.policy;
  std::string out;
  const auto line = [&]<typename... Args>(fmt::format_string<Args...> text, Args&&... args) {
    fmt::format_to(std::back_inserter(out), text, std::forward<Args>(args)...);
    out += '\n';
  };
  line("policy    {}", table.policy());
  line("format    {}.{}", table.format_major(), table.format_minor());
  line("compiler  {}", table.compiler());
  line("hash      {}", table.hash());
  line("size      {} bytes", table.bytes().size());
  line("rules     {} ({} rows, {} assumptions)", table.rules().size(), view.row_code.size(),
       table.assumptions().size());
  line("facts     {}, a struct of {} bytes", table.facts().size(), table.facts_size());
  for (std::size_t f = 0; f < table.facts().size(); ++f) {
    const FactInfo& fact = table.facts()[f];
    const std::string standard =
        fact.default_code ? fmt::format(" = {}", spell(fact, *fact.default_code)) : "";
    line("  {:<4} {} : {}{} ({})", fact.offset, fact.name, domain(fact), standard,
         lookup(view.axes[f]));
  }
  line("targets   {}", table.targets().size());
  for (const TargetInfo& target : table.targets()) {
    std::string attributes;
    for (const AttributeInfo& attribute : target.attributes) {
      attributes += fmt::format("{}{} = {}", attributes.empty() ? " { " : ", ", attribute.name,
                                attribute.value);
    }
    std::string parameters;
    for (const ParameterInfo& parameter : target.parameters) {
      parameters += fmt::format("{}{} = {}", parameters.empty() ? "(" : ", ", parameter.name,
                                spell(parameter, parameter.default_value));
    }
    line("  {}{}{}", target.name, parameters.empty() ? "" : parameters + ")",
         attributes.empty() ? "" : attributes + " }");
  }
  line("decides");
  for (std::uint32_t b = 0; b < table.blocks().size(); ++b) {
    const std::string& name = table.blocks()[b].name;
    line("  {}: {}{}", name.empty() ? "the policy" : name,
         engine(view.blocks[b], *policy.blocks()->Get(b)),
         table.blocks()[b].complete ? "" : ", after the decisions before it");
  }
  return out;
}

}  // namespace switchyard
