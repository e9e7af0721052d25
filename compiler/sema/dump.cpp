#include <fmt/format.h>

#include "compiler/sema/dump_formula.h"
#include "compiler/sema/names.h"
#include "compiler/sema/resolve.h"

// `--dump=model`: one line for each thing, in the model's own order.
namespace switchyard {

namespace {

class Dumper {
 public:
  Dumper(const Model& model, const SourceMap& sources) : model_(model), sources_(sources) {}

  std::string run() {
    out_ = fmt::format("policy {}\n", sema::spell_symbol(model_.name));
    for (FactId id = 0; id < model_.facts.size(); ++id) fact(id);
    for (TargetId id = 0; id < model_.targets.size(); ++id) target(id);
    for (OutcomeId id = 0; id < model_.outcomes.size(); ++id) {
      out_ += fmt::format("outcome {} {}\n", id, outcome(id));
    }
    for (std::size_t i = 0; i < model_.assumptions.size(); ++i) {
      const Assumption& one = model_.assumptions[i];
      out_ += fmt::format("assume {} {} # {}\n", i, formula(one.condition.formula), at(one.span));
    }
    for (BlockId id = 0; id < model_.blocks.size(); ++id) block(id);
    for (const auto& chain : model_.faster) {
      out_ += "faster";
      for (const TargetId id : chain) out_ += " " + model_.targets[id].name;
      out_ += '\n';
    }
    for (const Promise& one : model_.promises) promise(one);
    for (const Influence& one : model_.influences) {
      out_ += fmt::format("influence {} {} {} when {} # {}\n", one.name,
                          model_.facts[one.fact].name, one.matters ? "matters" : "irrelevant",
                          formula(one.when), at(one.span));
    }
    for (const Allowance& one : model_.allowances) {
      out_ += fmt::format("allow {} when {} because {} # {}\n",
                          one.slower ? "slower" : "unsupported", formula(one.when),
                          quoted(one.because), at(one.span));
    }
    for (const AcceptedCode& one : model_.accepted_codes) {
      out_ += fmt::format("allow {} because {} # {}\n", one.code, quoted(one.because), at(one.span));
    }
    return std::move(out_);
  }

 private:
  std::string at(Span span) const { return sources_.location(span); }
  std::string formula(FormulaId id) const { return sema::dump_formula(model_, id); }

  static std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') result += '\\';
      if (c == '\n') {
        result += "\\n";
      } else {
        result += c;
      }
    }
    return result + '"';
  }

  void fact(FactId id) {
    const Fact& fact = model_.facts[id];
    static constexpr const char* kKinds[] = {"bool",    "enum",  "name",   "int",
                                             "version", "flags", "switch", "decision"};
    static constexpr const char* kSources[] = {"", "env", "device", "model"};
    out_ += fmt::format("fact {} {} : {} {} .. {}", id, fact.name,
                        kKinds[static_cast<int>(fact.kind)], fact.low, fact.high);
    if (!fact.symbols.empty()) {
      out_ += " {";
      for (const std::string& symbol : fact.symbols) out_ += " " + sema::spell_symbol(symbol);
      out_ += " }";
    }
    if (fact.default_code) out_ += " = " + spell(fact, *fact.default_code);
    if (fact.source != Fact::Source::kEngine) {
      out_ += fmt::format(" from {} {}", kSources[static_cast<int>(fact.source)],
                          quoted(fact.source_key));
    }
    if (!fact.replaces.empty()) out_ += " replaces " + quoted(fact.replaces);
    out_ += fmt::format(" # {}\n", at(fact.span));
  }

  void target(TargetId id) {
    const Target& target = model_.targets[id];
    out_ += fmt::format("target {} {} block {}", id, target.name, target.block);
    for (const Parameter& p : target.parameters) {
      out_ += fmt::format(" ({} : {} .. {} = {})", p.name, p.low, p.high,
                          value(p, p.default_value));
    }
    for (const Attribute& a : target.attributes) {
      out_ += fmt::format(" {{{} = {}}}", a.name, a.is_integer ? a.value : quoted(a.value));
    }
    out_ += fmt::format(" # {}\n", at(target.span));
  }

  static std::string value(const Parameter& parameter, std::int64_t code) {
    return parameter.is_integer ? std::to_string(code)
                                : sema::spell_symbol(
                                      parameter.symbols[static_cast<std::size_t>(code)]);
  }

  std::string outcome(OutcomeId id) const {
    const Outcome& outcome = model_.outcomes[id];
    if (outcome.refused) return "refuse";
    const Target& target = model_.targets[outcome.target];
    std::string text = target.name;
    for (std::size_t i = 0; i < outcome.parameters.size(); ++i) {
      text += i == 0 ? "(" : ", ";
      const Parameter& parameter = target.parameters[i];
      text += parameter.name + " = " + value(parameter, outcome.parameters[i]);
    }
    return outcome.parameters.empty() ? text : text + ")";
  }

  void block(BlockId id) {
    const Block& block = model_.blocks[id];
    out_ += fmt::format("block {} {}\n", id, block.name.empty() ? "(policy)" : block.name);
    for (RowId row = block.first_row; row < block.first_row + block.row_count; ++row) {
      const Row& one = model_.rows[row];
      out_ += fmt::format("  row {} {} when {} # {}\n", row, outcome(one.outcome),
                          formula(one.formula), at(model_.rules[one.rule].span));
    }
  }

  void promise(const Promise& one) {
    static constexpr const char* kKinds[] = {"guarantee", "never", "example"};
    out_ += fmt::format("{} {}block {} when {}:", kKinds[static_cast<int>(one.kind)],
                        one.name.empty() ? "" : one.name + " ", one.block, formula(one.condition));
    for (OutcomeId id = 0; id < one.holds.size(); ++id) {
      if (one.holds[id] == kFalse) continue;
      out_ += fmt::format(" {}", id);
      if (one.holds[id] != kTrue) out_ += " if " + formula(one.holds[id]);
    }
    out_ += fmt::format(" # {}\n", at(one.span));
  }

  const Model& model_;
  const SourceMap& sources_;
  std::string out_;
};

}  // namespace

std::string dump(const Model& model, const SourceMap& sources) {
  return Dumper(model, sources).run();
}

}  // namespace switchyard
