#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "compiler/sema/resolution.h"

namespace switchyard::sema {

// The left side of a comparison: what is compared, and the values that it can take.
struct Subject {
  enum class Kind : std::uint8_t {
    kFact,      // a fact that is not a bool; a decision, by its fact
    kBoolean,   // a bool fact or a let, as a formula
    kProperty,  // an attribute of the target that a decision chose
    kConstant,  // a parameter, inside `requires`
  };
  Kind kind = Kind::kFact;
  const Domain* domain = nullptr;
  std::shared_ptr<const Domain> own;  // what `domain` points to, unless the Resolution owns it
  FactId fact = 0;                    // kFact, kProperty (the decision's)
  FormulaId formula = kTrue;          // kBoolean
  std::vector<std::optional<std::int64_t>> by_target;  // kProperty: by the decision's code
  std::int64_t constant = 0;          // kConstant

  // Identifies the domain for caches and warnings, where it is a fact's.
  std::optional<FactId> domain_fact() const {
    return kind == Kind::kFact ? std::optional(fact) : std::nullopt;
  }
};

// None when something was reported (an unknown name, a decision that may not be read here), or when
// the name's own declaration was.
std::optional<Subject> subject_of(Resolution& r, const ast::Operand& operand, Context& context);

// The same for a bare name on the right side, which is known to be declared as `declared`.
std::optional<Subject> subject_of(Resolution& r, const ast::Name& name, const Declared& declared,
                                  Context& context);

// "subject in codes".
FormulaId member(Resolution& r, const Subject& subject, const Intervals& codes);

// The values of one property over some targets: their domain, and each target's code in it, none
// for a target without it. Integers if all are, else symbols.
struct Property {
  std::shared_ptr<const Domain> domain;
  std::vector<std::optional<std::int64_t>> codes;
  bool exists = false;  // for at least one target
};
Property attribute_of(const Model& model, const std::vector<TargetId>& targets,
                      std::string_view name);

// Every attribute name of these targets, for suggestions.
std::vector<std::string> attribute_names(const Model& model, const std::vector<TargetId>& targets);

// The parameter called `name` of the context's target.
const Parameter* find_parameter(const Resolution& r, const Context& context, std::string_view name,
                                std::int64_t* value = nullptr);

// Reports a decision that may not be read in this place; notes the read in the context.
bool may_read(Resolution& r, BlockId decision, const ast::Name& name, Context& context);

// Suggestions for a name in a condition: facts, lets, decisions and, in `requires`, parameters.
void report_unknown_value(Resolution& r, const ast::Name& name, const Context& context);

}  // namespace switchyard::sema
