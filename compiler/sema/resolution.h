#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/parse/ast.h"
#include "compiler/sema/domain.h"
#include "compiler/sema/intervals.h"
#include "compiler/sema/model.h"
#include "compiler/sema/names.h"

// What the passes of `resolve` share, and the passes, in the order in which they run. A pass
// reports into `sink` and goes on; what is broken is marked, and its uses are not reported again.
// Internal to compiler/sema.
namespace switchyard::sema {

struct LetState {
  const ast::Let* source = nullptr;
  FormulaId formula = kTrue;
  Clause condition = {};
  std::optional<BlockId> reads;  // the latest decision that it reads, through other lets too
  bool broken = false;           // its definition has errors
};

struct SetState {
  const ast::SetDeclaration* source = nullptr;
  bool broken = false;
};

// What one use of a target needs, its parameters' values put in.
struct Ability {
  std::vector<Requirement> requirements;
  FormulaId able = kTrue;
};

struct TargetState {
  const ast::Target* source = nullptr;
  std::vector<const ast::Item*> requirements;  // its `requires` items, source order
  bool broken = false;
  std::map<std::vector<std::int64_t>, Ability> abilities;  // by parameter values
};

struct BlockState {
  const ast::Item* source = nullptr;      // null for the policy's own
  std::vector<const ast::Item*> rules;
};

struct Resolution {
  const ast::Policy& policy;
  const SourceMap& sources;
  DiagnosticSink* sink;  // replaced by a silent one while something is lowered a second time
  Model model = {};

  std::map<std::string, std::string, std::less<>> refused_names = {};  // KnownName: by name, why
  Names values = {}, set_names = {}, target_names = {}, guarantee_names = {};
  std::vector<bool> broken_facts = {};         // by FactId
  std::vector<Domain> domains = {};            // by FactId
  std::vector<LetState> lets = {};
  std::vector<SetState> sets = {};
  std::vector<TargetState> targets = {};       // by TargetId
  std::vector<BlockState> blocks = {};         // by BlockId
  std::map<std::pair<std::uint32_t, FactId>, std::optional<Intervals>> set_values = {};
  std::map<std::pair<TargetId, std::vector<std::int64_t>>, OutcomeId> outcome_ids = {};
  std::set<std::tuple<FileId, std::uint32_t, FactId>> warned = {};  // literals outside a domain

  BlockId main() const { return static_cast<BlockId>(blocks.size() - 1); }
};

// Where a condition stands, and what it may read there.
struct Context {
  enum class Place : std::uint8_t { kRule, kAssume, kRequires, kLet, kPromise };
  Place place = Place::kRule;
  BlockId block = 0;  // decisions of earlier blocks may be read (kRule, kPromise)
  // kRequires: the target, whose parameters may be named, and their values.
  std::optional<TargetId> target = std::nullopt;
  const std::vector<std::int64_t>* parameters = nullptr;
  std::optional<BlockId> reads = std::nullopt;  // result: the latest decision read
  bool failed = false;                          // result: something was reported as an error
};

// ---- Passes ----------------------------------------------------------------------

void declare_names(Resolution& r);           // declare.cpp: names, blocks, facts' types
void resolve_targets(Resolution& r);         // targets.cpp: parameters, attributes, `faster`
void resolve_definitions(Resolution& r);     // definitions.cpp: lets, `requires`, cycles
void resolve_rules(Resolution& r);           // rules.cpp: assumptions, rules, rows
void resolve_promises(Resolution& r);        // promises.cpp: guarantees, examples, allowances

// Declares one fact (facts.cpp).
void declare_fact(Resolution& r, const ast::Fact& fact);

// Notes that the declaration is used (declare.cpp).
void mark_named(Resolution& r, const Declared& declared);

// ---- What passes call ----------------------------------------------------------------------

// conditions.cpp. Reports every error in the condition; the clause is complete in any case.
Clause lower(Resolution& r, const ast::Condition& condition, Context& context);

// values.cpp. The code of a literal, symbol or parameter in `domain`; none when reported.
std::optional<std::int64_t> code_of(Resolution& r, const Domain& domain, const ast::Value& value,
                                    const Context& context);
// As the user wrote it.
std::string spell_value(const ast::Value& value);
// "an int", "a version": what a literal is, for messages.
std::string describe_value(const ast::Value& value);

// sets.cpp. The codes of a set in `domain`; none when something was reported. `fact` identifies the
// domain for caching; without it nothing is cached.
std::optional<Intervals> codes_of(Resolution& r, const ast::Set& set, const Domain& domain,
                                  std::optional<FactId> fact, const Context& context);
std::optional<Intervals> codes_of(Resolution& r, const ast::Range& range, const Domain& domain,
                                  std::optional<FactId> fact, const Context& context);
// Reports cycles among sets.
void check_sets(Resolution& r);
// One warning for a literal and fact whose domain does not contain it.
void warn_outside(Resolution& r, const ast::Value& value, std::int64_t code, const Domain& domain,
                  std::optional<FactId> fact);

// targets.cpp
std::optional<TargetId> find_target(Resolution& r, const ast::Name& name);
// The parameter values of a use, defaults where nothing is written; none when reported.
std::optional<std::vector<std::int64_t>> arguments_of(Resolution& r, TargetId target,
                                                      const std::vector<ast::Argument>& arguments);
std::vector<std::int64_t> default_arguments(const Model& model, TargetId target);

// definitions.cpp. Computed on first use for these values; silent, since the default values were
// lowered aloud.
const Ability& ability_of(Resolution& r, TargetId target, const std::vector<std::int64_t>& values);

// rules.cpp. Equal outcomes have equal ids; 0 is the refusal.
OutcomeId outcome_id(Resolution& r, TargetId target, const std::vector<std::int64_t>& parameters);

}  // namespace switchyard::sema
