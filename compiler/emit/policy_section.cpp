#include "compiler/emit/policy_section.h"

#include <limits>
#include <map>
#include <vector>

#include "compiler/source/one_line.h"

namespace switchyard::emit_detail {

namespace {

class Writer {
 public:
  Writer(const Model& model, const SourceMap& sources, TableParts& parts,
         flatbuffers::FlatBufferBuilder& builder)
      : model_(model), sources_(sources), parts_(parts), builder_(builder) {}

  void run(std::string_view compiler) {
    add_formulas();
    add_rules();
    const auto policy = builder_.CreateString(model_.name);
    const auto version = builder_.CreateString(compiler.data(), compiler.size());
    const auto facts = tables<Fact, format::Fact>(model_.facts, &Writer::fact);
    const auto axes = builder_.CreateVectorOfStructs(parts_.axes);
    const auto targets = tables<Target, format::Target>(model_.targets, &Writer::target);
    std::vector<std::int64_t> values;
    const auto outcomes = add_outcomes(values);
    const auto parameter_values = builder_.CreateVector(values);
    const auto rows = add_rows();
    const auto rules = builder_.CreateVectorOfStructs(rules_);
    const auto entries = builder_.CreateVectorOfStructs(entries_);
    const auto requirements = builder_.CreateVectorOfStructs(requirements_);
    const auto assumptions = builder_.CreateVectorOfStructs(assumptions_);
    const auto clauses = builder_.CreateVectorOfStructs(clauses_);
    const auto intervals = builder_.CreateVectorOfStructs(intervals_);
    const auto atoms = builder_.CreateVectorOfStructs(atoms_);
    const auto formulas = builder_.CreateVectorOfStructs(formulas_);
    const auto operands = builder_.CreateVector(operands_);
    std::vector<flatbuffers::Offset<format::Block>> block_list;
    for (BlockId b = 0; b < model_.blocks.size(); ++b) block_list.push_back(block(b));
    const auto blocks = builder_.CreateVector(block_list);
    std::vector<flatbuffers::Offset<format::Chain>> chains;
    for (const auto& chain : model_.faster) {
      chains.push_back(format::CreateChain(builder_, builder_.CreateVector(chain)));
    }
    const auto faster = builder_.CreateVector(chains);
    const auto accepted = builder_.CreateVectorOfStructs(accepted_slower());
    builder_.Finish(
        format::CreatePolicyTable(builder_, policy, version, model_.declared_facts, facts, axes,
                                  targets, outcomes, parameter_values, rows, rules, entries,
                                  requirements, clauses, assumptions, intervals, atoms, formulas,
                                  operands, blocks, faster, accepted),
        format::PolicyTableIdentifier());
  }

 private:
  template <typename From, typename To>
  flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<To>>> tables(
      const std::vector<From>& from, flatbuffers::Offset<To> (Writer::*write)(const From&)) {
    std::vector<flatbuffers::Offset<To>> offsets;
    for (const From& one : from) offsets.push_back((this->*write)(one));
    return builder_.CreateVector(offsets);
  }

  flatbuffers::Offset<flatbuffers::String> string(const std::string& text) {
    return text.empty() ? 0 : builder_.CreateString(text);
  }

  flatbuffers::Offset<format::Fact> fact(const Fact& fact) {
    const bool narrow = fact.low >= std::numeric_limits<std::int32_t>::min() &&
                        fact.high <= std::numeric_limits<std::int32_t>::max();
    const auto name = builder_.CreateString(fact.name);
    const auto symbols = builder_.CreateVectorOfStrings(fact.symbols);
    const auto key = string(fact.source_key);
    const auto replaces = string(fact.replaces);
    const auto doc = string(fact.doc);
    return format::CreateFact(builder_, name, static_cast<std::uint8_t>(fact.kind), fact.low,
                              fact.high, symbols, fact.default_code.has_value(),
                              fact.default_code.value_or(0), static_cast<std::uint8_t>(fact.source),
                              key, replaces, doc, narrow ? 4 : 8, fact.block);
  }

  flatbuffers::Offset<format::Parameter> parameter(const Parameter& parameter) {
    const auto name = builder_.CreateString(parameter.name);
    const auto symbols = builder_.CreateVectorOfStrings(parameter.symbols);
    return format::CreateParameter(builder_, name, parameter.is_integer, parameter.low,
                                   parameter.high, symbols, parameter.default_value);
  }

  flatbuffers::Offset<format::Attribute> attribute(const Attribute& attribute) {
    const auto name = builder_.CreateString(attribute.name);
    const auto value = builder_.CreateString(attribute.value);
    return format::CreateAttribute(builder_, name, value, attribute.is_integer);
  }

  flatbuffers::Offset<format::Target> target(const Target& target) {
    const auto name = builder_.CreateString(target.name);
    const auto parameters =
        tables<Parameter, format::Parameter>(target.parameters, &Writer::parameter);
    const auto attributes =
        tables<Attribute, format::Attribute>(target.attributes, &Writer::attribute);
    const auto doc = string(target.doc);
    return format::CreateTarget(builder_, name, target.block, parameters, attributes, doc);
  }

  flatbuffers::Offset<flatbuffers::Vector<const format::Outcome*>> add_outcomes(
      std::vector<std::int64_t>& values) {
    std::vector<format::Outcome> outcomes;
    for (const Outcome& outcome : model_.outcomes) {
      outcomes.emplace_back(outcome.refused, outcome.refused ? 0 : outcome.target,
                            static_cast<std::uint32_t>(values.size()));
      if (!outcome.refused) {
        values.insert(values.end(), outcome.parameters.begin(), outcome.parameters.end());
      }
    }
    return builder_.CreateVectorOfStructs(outcomes);
  }

  flatbuffers::Offset<flatbuffers::Vector<const format::Row*>> add_rows() {
    std::vector<format::Row> rows;
    for (const Row& row : model_.rows) {
      rows.emplace_back(row.formula, row.outcome, row.rule, row.entry);
    }
    return builder_.CreateVectorOfStructs(rows);
  }

  void add_formulas() {
    const Formulas& from = model_.formulas;
    for (AtomId a = 0; a < from.atom_count(); ++a) {
      const Atom& atom = from.atom(a);
      atoms_.emplace_back(static_cast<std::uint8_t>(atom.kind), atom.fact, atom.operand,
                          static_cast<std::uint32_t>(intervals_.size()),
                          static_cast<std::uint32_t>(atom.intervals.size()));
      for (const Interval& interval : atom.intervals) {
        intervals_.emplace_back(interval.low, interval.high);
      }
    }
    for (FormulaId f = 0; f < from.size(); ++f) {
      std::uint32_t first = 0, count = 0;
      if (from.kind(f) == Formulas::Kind::kAtom) {
        first = from.atom_of(f);
      } else if (f > kTrue) {
        first = static_cast<std::uint32_t>(operands_.size());
        const auto operands = from.operands(f);
        count = static_cast<std::uint32_t>(operands.size());
        operands_.insert(operands_.end(), operands.begin(), operands.end());
      }
      formulas_.emplace_back(static_cast<std::uint8_t>(from.kind(f)), first, count);
    }
  }

  // What tells conditions apart: where they were written and the formulas of all parts, since two
  // uses of a `requires` line with other parameters may differ in parts only.
  static void add_key(const Clause& clause, std::vector<std::uint32_t>& key) {
    key.insert(key.end(), {clause.span.file, clause.span.begin, clause.span.end, clause.formula});
    for (const Clause& part : clause.parts) add_key(part, key);
  }

  // A condition's tree, breadth first, so that parts lie together behind their owner. The same
  // condition (a `requires` line used by many rules) is stored once.
  std::uint32_t clause(const Clause& root) {
    std::vector<std::uint32_t> key;
    add_key(root, key);
    const auto first = static_cast<std::uint32_t>(clauses_.size());
    const auto [known, added] = known_clauses_.emplace(std::move(key), first);
    if (!added) return known->second;
    std::vector<const Clause*> queue = {&root};
    clauses_.emplace_back();
    for (std::size_t i = 0; i < queue.size(); ++i) {
      const Clause& at = *queue[i];
      clauses_[first + i] =
          format::Clause(static_cast<std::uint8_t>(at.kind), at.formula,
                         static_cast<std::uint32_t>(clauses_.size()),
                         static_cast<std::uint32_t>(at.parts.size()), source(at.span));
      for (const Clause& part : at.parts) {
        queue.push_back(&part);
        clauses_.emplace_back();
      }
    }
    return first;
  }

  format::Text source(Span span) { return parts_.text.add(one_line(sources_.text(span))); }
  format::Text location(Span span) { return parts_.text.add(sources_.location(span)); }

  void add_rules() {
    for (const Rule& rule : model_.rules) {
      const auto first_entry = static_cast<std::uint32_t>(entries_.size());
      for (const Entry& entry : rule.entries) {
        entries_.emplace_back(entry.outcome, entry.row,
                              static_cast<std::uint32_t>(requirements_.size()),
                              static_cast<std::uint32_t>(entry.requirements.size()));
        for (const Requirement& requirement : entry.requirements) {
          requirements_.emplace_back(clause(requirement.condition),
                                     parts_.text.add(requirement.because),
                                     location(requirement.span));
        }
      }
      rules_.emplace_back(static_cast<std::uint8_t>(rule.kind), rule.otherwise, rule.block,
                          clause(rule.when), first_entry,
                          static_cast<std::uint32_t>(rule.entries.size()),
                          parts_.text.add(rule.because), source(rule.span), location(rule.span));
    }
    for (const Assumption& assumption : model_.assumptions) {
      assumptions_.emplace_back(clause(assumption.condition), source(assumption.condition.span),
                                location(assumption.span));
    }
  }

  std::vector<format::Acceptance> accepted_slower() {
    std::vector<format::Acceptance> accepted;
    for (const Allowance& own : model_.allowances) {
      if (!own.slower) continue;
      accepted.emplace_back(own.when, parts_.text.add(own.because), source(own.span),
                            location(own.span));
    }
    return accepted;
  }

  flatbuffers::Offset<format::Block> block(BlockId id) {
    const Block& from = model_.blocks[id];
    const BlockParts& parts = parts_.blocks[id];
    const auto name = builder_.CreateString(from.name);
    const auto targets = builder_.CreateVector(from.targets);
    const auto strides = builder_.CreateVector(parts.strides);
    const auto bit_facts = builder_.CreateVector(parts.bit_facts);
    const auto bit_rows = builder_.CreateVector(parts.bit_rows);
    return format::CreateBlock(builder_, name, targets, from.first_row, from.row_count,
                               from.fact.has_value(), from.fact.value_or(0), parts.complete,
                               parts.engine, parts.data, parts.size, strides, parts.root,
                               parts.boxes, parts.first_leaf, parts.row_words, bit_facts, bit_rows,
                               parts.registers);
  }

  const Model& model_;
  const SourceMap& sources_;
  TableParts& parts_;
  flatbuffers::FlatBufferBuilder& builder_;
  std::vector<format::Interval> intervals_;
  std::vector<format::Atom> atoms_;
  std::vector<format::Formula> formulas_;
  std::vector<std::uint32_t> operands_;
  std::vector<format::Clause> clauses_;
  std::map<std::vector<std::uint32_t>, std::uint32_t> known_clauses_;
  std::vector<format::Requirement> requirements_;
  std::vector<format::Entry> entries_;
  std::vector<format::Rule> rules_;
  std::vector<format::Assumption> assumptions_;
};

}  // namespace

void write_policy(const Model& model, const SourceMap& sources, std::string_view compiler,
                  TableParts& parts, flatbuffers::FlatBufferBuilder& builder) {
  Writer(model, sources, parts, builder).run(compiler);
}

}  // namespace switchyard::emit_detail
