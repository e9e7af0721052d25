#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/sema/formula.h"
#include "compiler/source/source_file.h"

// What a policy means, resolved and typed: the input of every later stage. Every fact is an integer
// ("code") in a finite range and every condition a formula over "code of one fact in a set".
namespace switchyard {

using TargetId = std::uint32_t;   // index into Model::targets
using OutcomeId = std::uint32_t;  // index into Model::outcomes
using RuleId = std::uint32_t;     // index into Model::rules
using RowId = std::uint32_t;      // index into Model::rows
using BlockId = std::uint32_t;    // index into Model::blocks

enum class FactKind : std::uint8_t { kBool, kEnum, kName, kInt, kVersion, kFlags, kSwitch, kDecision };

// Codes: bool 0 false, 1 true; enum index of the symbol; name likewise, `other` last; int itself;
// version major<<32 | minor<<16 | patch; flags a bit mask, bit i = symbol i; switch 0 unset, 1 off,
// 2 on; decision (the choice of an earlier block, read by later rules) index into Block::targets.
struct Fact {
  std::string name;
  FactKind kind = FactKind::kBool;
  std::int64_t low = 0, high = 1;     // inclusive range of the code
  std::vector<std::string> symbols;   // enum, name (without `other`), flags, decision (target names)
  std::optional<std::int64_t> default_code;
  enum class Source : std::uint8_t { kEngine, kEnv, kDevice, kModel } source = Source::kEngine;
  std::string source_key;             // the environment variable, device or model property
  std::string replaces;               // the old name of the environment variable, or empty
  std::string doc;
  BlockId block = 0;                  // kDecision: whose choice this is
  Span span;                          // of the name in its declaration
};

// A condition as it was written, with the formula of every part, for explanations.
struct Clause {
  enum class Kind : std::uint8_t { kLeaf, kAnd, kOr, kNot, kImplies } kind = Kind::kLeaf;
  FormulaId formula = kTrue;
  Span span;
  std::vector<Clause> parts;
  std::optional<std::uint32_t> let = std::nullopt;  // a leaf that is a let's bare name: which one
};

struct Parameter {
  std::string name;
  bool is_integer = true;
  std::int64_t low = 0, high = 0;     // integer: inclusive range; symbols: 0 .. size-1
  std::vector<std::string> symbols;   // not integer: values are indices into this
  std::int64_t default_value = 0;
  Span span;
};

// Symbols and strings are text, integers decimal.
struct Attribute {
  std::string name;
  std::string value;
  bool is_integer = false;
  Span span;
};

// One line of `requires` with a use's parameter values substituted.
struct Requirement {
  Clause condition;
  std::string because;
  Span span;  // of the `requires` item
};

struct Target {
  std::string name;
  BlockId block = 0;                  // the block that it belongs to
  std::vector<Parameter> parameters;
  std::vector<Attribute> attributes;
  std::string doc;
  Span span;
  std::vector<Requirement> requirements = {};  // with default parameters
  FormulaId able = kTrue;                      // their conjunction
};

// What a row does. Equal outcomes have equal ids. A refusal is one outcome whatever its reason.
struct Outcome {
  bool refused = false;
  TargetId target = 0;
  std::vector<std::int64_t> parameters;  // one value for each of the target's parameters
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

// A use of a target by a rule.
struct Entry {
  OutcomeId outcome = 0;
  std::vector<Requirement> requirements;  // all must hold for the kernel to be able
  FormulaId able = kTrue;                 // their conjunction
  RowId row = 0;
  Span span;
};

struct Rule {
  enum class Kind : std::uint8_t { kTarget, kFirstOf, kOnly, kRefuse } kind = Kind::kTarget;
  BlockId block = 0;
  Clause when;
  bool otherwise = false;
  std::string because;
  std::vector<Entry> entries;
  Span span;
};

// The flat form that every engine decides by: within a block the first row whose formula holds.
// kTarget: one row (`when`); kFirstOf: a row an entry (`when` and able); kOnly: likewise, and a last
// row (`when`) that refuses; kRefuse: one row.
struct Row {
  FormulaId formula = kTrue;
  OutcomeId outcome = 0;
  RuleId rule = 0;
  std::uint32_t entry = kNoEntry;  // index into Rule::entries; kNoEntry for a refusal
  static constexpr std::uint32_t kNoEntry = ~0u;
};

// A decision, or (last, with an empty name) the policy's own rules. Blocks run in this order; a
// refusal in one is the outcome of the whole policy.
struct Block {
  std::string name;
  std::vector<TargetId> targets;        // code of the decision's fact -> target
  RowId first_row = 0, row_count = 0;   // a contiguous range of Model::rows
  std::optional<std::uint32_t> fact;    // the kDecision fact that later blocks read
  Span span;
};

struct Assumption {
  Clause condition;
  Span span;
};

// `let NAME = COND`.
struct Let {
  std::string name;
  Clause condition;
  Span span;  // of the name
};

// A name that something may use, and what does.
struct Declaration {
  enum class Kind : std::uint8_t { kFact, kSet, kLet, kTarget } kind = Kind::kFact;
  std::string name;
  Span span;           // of the name
  Span item;           // of the whole declaration
  std::uint32_t uses = 0;  // 0: named nowhere else; 1: in one place; more: perhaps in several
};

// "In `block`, under `condition`, outcome o is right if holds[o]": guarantees, `never` and examples.
struct Promise {
  enum class Kind : std::uint8_t { kGuarantee, kNever, kExample } kind = Kind::kGuarantee;
  std::string name;                // empty for examples
  std::string text;
  BlockId block = 0;
  FormulaId condition = kTrue;
  std::vector<FormulaId> holds;    // by OutcomeId, refusals included; kFalse where forbidden
  Span span;
};

// `FACT matters [when]` / `FACT irrelevant [when]`.
struct Influence {
  std::string name;
  std::string text;
  std::uint32_t fact = 0;
  bool matters = true;
  FormulaId when = kTrue;
  Span span;
};

struct Allowance {
  bool slower = false;             // else unsupported
  FormulaId when = kTrue;
  std::string because;
  Span span;
};

// `allow CODE because "…"`: the warnings of this code in the file of `span` are known.
struct AcceptedCode {
  std::string_view code;           // of the registry
  std::string because;
  Span span;
};

struct Model {
  std::string name;                // of the `policy` line; the file's stem without one
  FileId file = 0;                 // the file that the user named; others are imported
  std::vector<Fact> facts;         // declared facts first, then one for each decision
  std::uint32_t declared_facts = 0;
  Formulas formulas;
  std::vector<Target> targets;
  std::vector<Outcome> outcomes;
  std::vector<Rule> rules;
  std::vector<Row> rows;
  std::vector<Block> blocks;       // at least one, the policy's own last
  std::vector<Assumption> assumptions;
  FormulaId admitted = kTrue;      // the conjunction of the assumptions
  std::vector<std::vector<TargetId>> faster;  // each a chain, fastest first
  std::vector<Promise> promises;
  std::vector<Influence> influences;
  std::vector<Allowance> allowances;
  std::vector<AcceptedCode> accepted_codes;  // in source order; a code once a file
  std::vector<Let> lets;
  std::vector<Declaration> declarations;  // facts, sets, lets and targets, in source order

  const Block& main() const { return blocks.back(); }
};

}  // namespace switchyard
