#include <cstdint>

#include "runtime/table/structure.h"

namespace switchyard {
namespace {

using namespace format;  // the schema's types; this file is about nothing else

template <typename T>
std::uint64_t size_of(const flatbuffers::Vector<T>* vector) {
  return vector == nullptr ? 0 : vector->size();
}

// What is named one after another, summed up until it is more than there is.
class Budget {
 public:
  explicit Budget(std::uint64_t size) : left_(size) {}
  // Takes `size`; false, from then on, when less is left.
  bool take(std::uint64_t size) {
    enough_ = enough_ && size <= left_;
    if (enough_) left_ -= size;
    return enough_;
  }
  bool enough() const { return enough_; }

 private:
  std::uint64_t left_;
  bool enough_ = true;
};

// The bytes that the FlatBuffer's tables, texts and lists take when each has its own.
class PolicyBytes {
 public:
  explicit PolicyBytes(const Sections& sections)
      : policy_(*sections.policy), budget_(sections.policy_size) {}

  bool run() { return facts() && targets() && blocks() && chains(); }

 private:
  using Text = flatbuffers::String;
  using Texts = flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>;

  // A reference to a table, and in it that to its layout.
  bool table() { return budget_.take(8); }
  // A reference, a length, the characters and a zero.
  bool text(const Text* text) {
    return text == nullptr || budget_.take(std::uint64_t{9} + text->size());
  }
  bool texts(const Texts* texts) {
    for (std::uint32_t i = 0; i < size_of(texts); ++i) {
      if (!text(texts->Get(i))) return false;
    }
    return true;
  }
  bool numbers(const flatbuffers::Vector<std::uint32_t>* numbers) {
    return budget_.take(4 * size_of(numbers));
  }

  bool facts() {
    for (const Fact* fact : *policy_.facts()) {
      if (!table() || !text(fact->name()) || !texts(fact->symbols()) || !text(fact->source_key()) ||
          !text(fact->replaces()) || !text(fact->doc())) {
        return false;
      }
    }
    return true;
  }

  bool targets() {
    for (const Target* target : *policy_.targets()) {
      if (!table() || !text(target->name()) || !text(target->doc())) return false;
      for (std::uint32_t p = 0; p < size_of(target->parameters()); ++p) {
        const Parameter& parameter = *target->parameters()->Get(p);
        if (!table() || !text(parameter.name()) || !texts(parameter.symbols())) return false;
      }
      for (std::uint32_t a = 0; a < size_of(target->attributes()); ++a) {
        const Attribute& attribute = *target->attributes()->Get(a);
        if (!table() || !text(attribute.name()) || !text(attribute.value())) return false;
      }
    }
    return true;
  }

  bool blocks() {
    for (const Block* block : *policy_.blocks()) {
      if (!table() || !text(block->name()) || !numbers(block->targets()) ||
          !numbers(block->strides()) || !numbers(block->bit_facts()) || !numbers(block->bit_rows())) {
        return false;
      }
    }
    return true;
  }

  bool chains() {
    for (std::uint32_t c = 0; c < size_of(policy_.faster()); ++c) {
      if (!table() || !numbers(policy_.faster()->Get(c)->targets())) return false;
    }
    return true;
  }

  const PolicyTable& policy_;
  Budget budget_;
};

// Ranges of the policy's own arrays.
bool policy_ranges(const PolicyTable& policy) {
  Budget values(size_of(policy.parameter_values()));
  for (const Outcome* outcome : *policy.outcomes()) {
    if (outcome->refused() || outcome->target() >= policy.targets()->size()) continue;
    if (!values.take(size_of(policy.targets()->Get(outcome->target())->parameters()))) return false;
  }
  Budget entries(size_of(policy.entries()));
  for (const Rule* rule : *policy.rules()) {
    if (!entries.take(rule->entries())) return false;
  }
  Budget requirements(size_of(policy.requirements()));
  for (std::uint32_t e = 0; e < size_of(policy.entries()); ++e) {
    if (!requirements.take(policy.entries()->Get(e)->requirements())) return false;
  }
  Budget intervals(size_of(policy.intervals()));
  for (std::uint32_t a = 0; a < size_of(policy.atoms()); ++a) {
    if (!intervals.take(policy.atoms()->Get(a)->intervals())) return false;
  }
  Budget operands(size_of(policy.operands()));
  for (const Formula* formula : *policy.formulas()) {
    if (formula->kind() > 2 && !operands.take(formula->count())) return false;
  }
  return true;
}

// Ranges of the sections that look-ups and deciders use.
bool section_ranges(const Sections& sections) {
  Budget lookups(sections.lookups.size()), bounds(sections.bounds.size());
  for (const Axis* axis : *sections.policy->axes()) {
    if (axis->lookup() == Lookup::kArray) {
      const std::uint64_t span =
          static_cast<std::uint64_t>(axis->high()) - static_cast<std::uint64_t>(axis->low());
      if (!lookups.take(span) || !lookups.take(1)) return false;
    } else if (axis->lookup() == Lookup::kSearch) {
      if (!bounds.take(axis->intervals()) ||
          !lookups.take(axis->modulus() > 1 ? axis->modulus() : 0) ||
          !lookups.take(std::uint64_t{axis->intervals()} * axis->residue_classes())) {
        return false;
      }
    }
  }
  Budget cells(sections.cells.size()), nodes(sections.nodes.size());
  Budget bit_rows(sections.bit_rows.size()), leaves(sections.leaves.size());
  Budget program(sections.program.size());
  for (const Block* block : *sections.policy->blocks()) {
    switch (block->engine()) {
      case Engine::kDense: cells.take(block->size()); break;
      case Engine::kWalk: nodes.take(block->size()); break;
      case Engine::kBits:
        bit_rows.take(block->size());
        leaves.take(block->boxes());
        break;
      case Engine::kProgram: program.take(block->size()); break;
    }
  }
  return cells.enough() && nodes.enough() && bit_rows.enough() && leaves.enough() &&
         program.enough();
}

}  // namespace

std::string check_sharing(const Sections& table) {
  if (!PolicyBytes(table).run()) return "its names and texts lie on top of one another";
  if (!policy_ranges(*table.policy) || !section_ranges(table)) {
    return "parts of its rules or look-ups lie on top of one another";
  }
  return {};
}

}  // namespace switchyard
