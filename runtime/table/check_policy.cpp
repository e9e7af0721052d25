#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <vector>

#include "runtime/table/structure.h"

namespace switchyard {
namespace {

using namespace format;  // the schema's types; this file is about nothing else

constexpr std::uint32_t kMaxClauseDepth = 2'048;
constexpr std::uint32_t kNoEntry = ~0u;
constexpr std::uint8_t kDecisionKind = 7;

// A vector of the schema; an absent one is empty.
template <typename T>
std::size_t size_of(const flatbuffers::Vector<T>* vector) {
  return vector == nullptr ? 0 : vector->size();
}

// The verifier leaves the alignment of structs in vectors to us.
template <typename T>
bool aligned(const flatbuffers::Vector<const T*>* vector) {
  return size_of(vector) == 0 || reinterpret_cast<std::uintptr_t>(vector->Data()) % alignof(T) == 0;
}

bool within(std::uint64_t first, std::uint64_t count, std::uint64_t size) {
  return first <= size && count <= size - first;
}

class PolicyCheck {
 public:
  explicit PolicyCheck(const Sections& table) : table_(table), policy_(*table.policy) {}

  std::string run() {
    if (!alignment()) return "a vector is misaligned";
    if (std::string shared = check_sharing(table_); !shared.empty()) return shared;
    if (policy_.facts()->size() > 65'536 || policy_.facts()->size() != policy_.axes()->size() ||
        policy_.declared_facts() > policy_.facts()->size()) {
      return "the facts do not add up";
    }
    if (policy_.rows()->size() > kLeafBit / 2 || size_of(policy_.assumptions()) > kLeafBit / 4) {
      return "too many rows";
    }
    for (std::uint32_t f = 0; f < policy_.facts()->size(); ++f) {
      if (!fact(f)) return fmt::format("fact {} is malformed", f);
      if (!axis(f)) return fmt::format("the classes of fact {} are malformed", f);
    }
    if (!blocks()) return "a block is malformed";
    for (const Target* target : *policy_.targets()) {
      if (!this->target(*target)) return "a target is malformed";
    }
    if (!outcomes()) return "an outcome is malformed";
    if (!rules()) return "a rule is malformed";
    if (!accepted_slower()) return "an `allow slower` is malformed";
    if (!clauses()) return "a condition is malformed";
    if (!formulas()) return "a formula is malformed";
    return {};
  }

 private:
  bool alignment() const {
    return aligned(policy_.axes()) && aligned(policy_.outcomes()) && aligned(policy_.rows()) &&
           aligned(policy_.intervals()) && aligned(policy_.atoms()) &&
           (size_of(policy_.parameter_values()) == 0 ||
            reinterpret_cast<std::uintptr_t>(policy_.parameter_values()->Data()) % 8 == 0);
  }

  bool text(const Text& text) const {
    return within(text.begin(), text.size(), table_.text.size());
  }

  bool fact(std::uint32_t index) const {
    const Fact& fact = *policy_.facts()->Get(index);
    const auto symbols = static_cast<std::int64_t>(size_of(fact.symbols()));
    const bool declared = index < policy_.declared_facts();
    if (fact.kind() > kDecisionKind || declared != (fact.kind() != kDecisionKind)) return false;
    if (fact.low() > fact.high() || fact.source() > 3) return false;
    if (fact.has_default() &&
        (fact.default_code() < fact.low() || fact.default_code() > fact.high())) {
      return false;
    }
    constexpr std::int64_t kMin = std::numeric_limits<std::int32_t>::min();
    constexpr std::int64_t kMax = std::numeric_limits<std::int32_t>::max();
    if (fact.width() != 8 && (fact.width() != 4 || fact.low() < kMin || fact.high() > kMax)) {
      return false;
    }
    const auto range = [&](std::int64_t high) { return fact.low() == 0 && fact.high() == high; };
    switch (fact.kind()) {
      case 0:
        return range(1);
      case 1:
        return range(symbols - 1);
      case 2:
        return range(symbols);
      case 3:
        return true;
      case 4:
        return fact.low() >= 0;
      case 5:
        return symbols <= 16 && range((std::int64_t{1} << symbols) - 1);
      case 6:
        return range(2);
      default:
        break;
    }
    if (fact.block() >= policy_.blocks()->size()) return false;
    const Block& block = *policy_.blocks()->Get(fact.block());
    return block.has_fact() && block.fact() == index &&
           range(static_cast<std::int64_t>(size_of(block.targets())) - 1);
  }

  bool axis(std::uint32_t index) const {
    const Axis& axis = *policy_.axes()->Get(index);
    const Fact& fact = *policy_.facts()->Get(index);
    if (axis.low() != fact.low() || axis.high() != fact.high()) return false;
    if (axis.classes() == 0 || axis.classes() > 65'536) return false;
    const std::uint64_t span =
        static_cast<std::uint64_t>(axis.high()) - static_cast<std::uint64_t>(axis.low());
    switch (axis.lookup()) {
      case Lookup::kConstant:
        return axis.classes() == 1;
      case Lookup::kArray:
        return span < 65'536 && classes_within(axis.array(), span + 1, axis.classes());
      case Lookup::kSearch:
        return search(axis);
    }
    return false;
  }

  bool search(const Axis& axis) const {
    if (axis.intervals() == 0 || !within(axis.bounds(), axis.intervals(), table_.bounds.size())) {
      return false;
    }
    const auto bounds = table_.bounds.subspan(axis.bounds(), axis.intervals());
    if (bounds.front() != axis.low() || bounds.back() > axis.high()) return false;
    for (std::size_t i = 1; i < bounds.size(); ++i) {
      if (bounds[i] <= bounds[i - 1]) return false;
    }
    if (axis.modulus() == 0 || axis.modulus() > 65'536 || axis.residue_classes() == 0) return false;
    if (axis.modulus() > 1 &&
        !classes_within(axis.residues(), axis.modulus(), axis.residue_classes())) {
      return false;
    }
    const std::uint64_t cells = std::uint64_t{axis.intervals()} * axis.residue_classes();
    return classes_within(axis.cells(), cells, axis.classes());
  }

  bool classes_within(std::uint64_t first, std::uint64_t count, std::uint32_t classes) const {
    if (!within(first, count, table_.lookups.size())) return false;
    for (const std::uint16_t value : table_.lookups.subspan(first, count)) {
      if (value >= classes) return false;
    }
    return true;
  }

  bool target(const Target& target) const {
    if (target.block() >= policy_.blocks()->size()) return false;
    if (target.parameters() == nullptr) return true;
    for (const Parameter* parameter : *target.parameters()) {
      const auto symbols = static_cast<std::int64_t>(size_of(parameter->symbols()));
      if (parameter->low() > parameter->high()) return false;
      if (!parameter->is_integer() && (parameter->low() != 0 || parameter->high() != symbols - 1)) {
        return false;
      }
      if (parameter->default_value() < parameter->low() ||
          parameter->default_value() > parameter->high()) {
        return false;
      }
    }
    return true;
  }

  bool targets_within(const flatbuffers::Vector<std::uint32_t>* targets) const {
    if (targets == nullptr) return true;
    for (const std::uint32_t target : *targets) {
      if (target >= policy_.targets()->size()) return false;
    }
    return true;
  }

  bool outcomes() const {
    for (const Outcome* outcome : *policy_.outcomes()) {
      if (outcome->refused()) continue;
      if (outcome->target() >= policy_.targets()->size()) return false;
      const auto* parameters = policy_.targets()->Get(outcome->target())->parameters();
      if (!within(outcome->first_parameter(), size_of(parameters),
                  size_of(policy_.parameter_values()))) {
        return false;
      }
      for (std::uint32_t p = 0; p < size_of(parameters); ++p) {
        const std::int64_t value = policy_.parameter_values()->Get(outcome->first_parameter() + p);
        const Parameter& parameter = *parameters->Get(p);
        if (value < parameter.low() || value > parameter.high()) return false;
      }
    }
    if (policy_.faster() != nullptr) {
      for (const Chain* chain : *policy_.faster()) {
        if (!targets_within(chain->targets())) return false;
      }
    }
    return true;
  }

  // Rows lie in the order of blocks, all of them.
  bool blocks() const {
    if (policy_.blocks()->size() == 0 || policy_.blocks()->size() > kMaxBlocks) return false;
    std::uint64_t next = 0;
    for (const Block* block : *policy_.blocks()) {
      if (block->first_row() != next || !targets_within(block->targets())) return false;
      next += block->rows();
      if (block->has_fact() &&
          (block->fact() < policy_.declared_facts() || block->fact() >= policy_.facts()->size())) {
        return false;
      }
    }
    return next == policy_.rows()->size();
  }

  bool rules() const {
    const std::size_t clauses = size_of(policy_.clauses());
    for (const Row* row : *policy_.rows()) {
      if (row->formula() >= policy_.formulas()->size() ||
          row->outcome() >= policy_.outcomes()->size() || row->rule() >= policy_.rules()->size()) {
        return false;
      }
      if (row->entry() != kNoEntry &&
          row->entry() >= policy_.rules()->Get(row->rule())->entries()) {
        return false;
      }
    }
    for (const Rule* rule : *policy_.rules()) {
      if (rule->kind() > 3 || rule->block() >= policy_.blocks()->size() ||
          rule->when() >= clauses ||
          !within(rule->first_entry(), rule->entries(), size_of(policy_.entries())) ||
          !text(rule->because()) || !text(rule->text()) || !text(rule->location())) {
        return false;
      }
    }
    for (std::uint32_t i = 0; i < size_of(policy_.entries()); ++i) {
      const Entry& entry = *policy_.entries()->Get(i);
      if (entry.outcome() >= policy_.outcomes()->size() || entry.row() >= policy_.rows()->size() ||
          !within(entry.first_requirement(), entry.requirements(),
                  size_of(policy_.requirements()))) {
        return false;
      }
    }
    for (std::uint32_t i = 0; i < size_of(policy_.requirements()); ++i) {
      const Requirement& requirement = *policy_.requirements()->Get(i);
      if (requirement.clause() >= clauses || !text(requirement.because()) ||
          !text(requirement.location())) {
        return false;
      }
    }
    for (std::uint32_t i = 0; i < size_of(policy_.assumptions()); ++i) {
      const Assumption& assumption = *policy_.assumptions()->Get(i);
      if (assumption.clause() >= clauses || !text(assumption.text()) ||
          !text(assumption.location())) {
        return false;
      }
    }
    return true;
  }

  bool accepted_slower() const {
    for (std::uint32_t i = 0; i < size_of(policy_.accepted_slower()); ++i) {
      const Acceptance& accepted = *policy_.accepted_slower()->Get(i);
      if (accepted.formula() >= policy_.formulas()->size() || !text(accepted.because()) ||
          !text(accepted.text()) || !text(accepted.location())) {
        return false;
      }
    }
    return true;
  }

  // Trees: parts lie behind their owner and have one owner, so walking them ends.
  bool clauses() const {
    const std::size_t count = size_of(policy_.clauses());
    std::vector<std::uint16_t> depth(count, 0);
    for (std::uint32_t i = 0; i < count; ++i) {
      const Clause& clause = *policy_.clauses()->Get(i);
      if (clause.kind() > 4 || clause.formula() >= policy_.formulas()->size() ||
          !text(clause.text()) || !within(clause.first_part(), clause.parts(), count)) {
        return false;
      }
      const std::uint32_t exactly[] = {0, clause.parts(), clause.parts(), 1, 2};
      if (clause.parts() != exactly[clause.kind()]) return false;
      if (clause.parts() > 0 && (clause.first_part() <= i || depth[i] >= kMaxClauseDepth)) {
        return false;
      }
      for (std::uint32_t p = 0; p < clause.parts(); ++p) {
        std::uint16_t& part = depth[clause.first_part() + p];
        if (part != 0) return false;  // has an owner already
        part = static_cast<std::uint16_t>(depth[i] + 1);
      }
    }
    return true;
  }

  bool formulas() const {
    for (std::uint32_t i = 0; i < size_of(policy_.atoms()); ++i) {
      const Atom& atom = *policy_.atoms()->Get(i);
      if (atom.kind() > 3 || atom.fact() >= policy_.facts()->size() ||
          (atom.kind() == 1 && atom.operand() <= 0) ||
          !within(atom.first_interval(), atom.intervals(), size_of(policy_.intervals()))) {
        return false;
      }
    }
    for (std::uint32_t i = 0; i < policy_.formulas()->size(); ++i) {
      const Formula& formula = *policy_.formulas()->Get(i);
      if (formula.kind() > 5 || (i < 2 && formula.kind() != i)) return false;
      if (formula.kind() < 2) continue;
      if (formula.kind() == 2) {
        if (formula.first() >= size_of(policy_.atoms())) return false;
        continue;
      }
      if (!within(formula.first(), formula.count(), size_of(policy_.operands())) ||
          (formula.kind() == 3 && formula.count() != 1)) {
        return false;
      }
      for (std::uint32_t o = 0; o < formula.count(); ++o) {
        if (policy_.operands()->Get(formula.first() + o) >= i) return false;
      }
    }
    return policy_.formulas()->size() >= 2;
  }

  const Sections& table_;
  const PolicyTable& policy_;
};

}  // namespace

std::string check_policy(const Sections& table) { return PolicyCheck(table).run(); }

}  // namespace switchyard
