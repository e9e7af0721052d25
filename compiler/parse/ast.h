#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/source/source_file.h"

// The policy as it was written: names are unresolved, nothing is folded, every part knows its span.
// Order is source order throughout. The tree owns everything; it is immutable once built.
namespace switchyard::ast {

// An identifier, or a quoted value standing where an identifier may (`"gfx90a:sramecc+"`). `text`
// is without quotes and escapes; `span` covers the quotes.
struct Name {
  std::string text;
  bool quoted = false;
  Span span;
};

// "text" used as documentation or reason, unescaped.
struct Text {
  std::string value;
  Span span;
};

struct Integer {
  std::int64_t value = 0;  // sign and suffix applied
  Span span;
};

// Components 0 .. 65535; those not written are 0.
struct Version {
  std::uint16_t major = 0, minor = 0, patch = 0;
  Span span;
};

struct Boolean {
  bool value = false;
  Span span;
};

// A literal, or a bare identifier whose meaning (symbol, fact, let, decision) is sema's.
using Value = std::variant<Name, Integer, Version, Boolean>;
Span span_of(const Value& value);

// ---- Sets: `<a, 1 .. 4>`, `set_name`, `a | b & c - d` -------------------------------------------

struct Range {  // inclusive
  Value low, high;
  Span span;
};
using SetElement = std::variant<Value, Range>;

struct Set;
using SetPtr = std::unique_ptr<Set>;
struct Set {
  struct Literal { std::vector<SetElement> elements; };
  struct Reference { Name name; };
  struct Binary {
    enum class Op : std::uint8_t { kUnion, kIntersection, kDifference } op;
    SetPtr left, right;
    Span op_span;
  };
  std::variant<Literal, Reference, Binary> node;
  Span span;
  bool parenthesized = false;
};

// ---- Conditions ---------------------------------------------------------------------------------

// The left side of a comparison, or a bare bool: `x`, `method.family`.
struct Operand {
  Name name;
  std::optional<Name> member;
  Span span;
};

enum class CompareOp : std::uint8_t { kEq, kNe, kLt, kLe, kGt, kGe };

struct Condition;
using ConditionPtr = std::unique_ptr<Condition>;
struct Condition {
  struct Constant { bool value; };
  struct Bare { Operand operand; };  // a bool fact, a let
  struct Compare {
    Operand left;
    CompareOp op;
    Span op_span;
    // A Name here may carry a set literal instead for flags: `backends == <ck, triton>`.
    std::variant<Value, SetPtr> right;
  };
  struct In {  // `x in SET`, `x not in SET`; `x in 1 .. 64` is a Range
    Operand left;
    bool negated = false;
    std::variant<SetPtr, Range> right;
  };
  struct Modulo {  // `x % m OP r`
    Operand left;
    Integer modulus;
    CompareOp op;
    Integer right;
  };
  struct Has {  // `flags has a`, `has any <a, b>`, `has all <a, b>`
    enum class Mode : std::uint8_t { kOne, kAny, kAll } mode;
    Operand left;
    std::variant<Name, SetPtr> right;  // Name for kOne
  };
  struct Can { Name target; };
  struct Not { ConditionPtr operand; };
  // Flat: `a and b and c` has three operands. At least two.
  struct And { std::vector<ConditionPtr> operands; };
  struct Or { std::vector<ConditionPtr> operands; };
  struct Implies { ConditionPtr left, right; };  // right-associative

  std::variant<Constant, Bare, Compare, In, Modulo, Has, Can, Not, And, Or, Implies> node;
  Span span;  // without enclosing parentheses
  bool parenthesized = false;
};

// ---- Declarations -------------------------------------------------------------------------------

struct Type {
  struct Bool {};
  struct Enum { std::vector<Name> symbols; };
  struct OpenName { std::vector<Name> symbols; };  // `name { a, b }`
  struct Int { Integer low, high; };
  struct VersionRange { Version low, high; };
  struct Flags { std::vector<Name> symbols; };
  struct Switch {};
  std::variant<Bool, Enum, OpenName, Int, VersionRange, Flags, Switch> node;
  Span span;
};

struct FactSource {  // `from env "X"`, `from device arch`, `from model scheme`
  enum class Kind : std::uint8_t { kEnv, kDevice, kModel } kind;
  Name key;  // quoted for env
  Span span;
};

struct Fact {
  Name name;
  Type type;
  // A set literal for flags (`= <ck>`), else a value.
  std::optional<std::variant<Value, SetPtr>> default_value;
  std::optional<FactSource> from;
  std::optional<Text> replaces;  // the renamed environment variable
  std::optional<Text> doc;
};

struct Assume { ConditionPtr condition; };
struct Let { Name name; ConditionPtr condition; };
struct SetDeclaration { Name name; SetPtr set; };
struct Import { Text path; };
struct PolicyName { Name name; };

struct Parameter {
  Name name;
  std::variant<Type::Int, Type::Enum> type;  // `int lo .. hi` or `enum { a, b }`
  std::optional<Value> default_value;        // sema requires one
  Span span;
};

struct Attribute { Name name; Value value; };

struct Target {
  Name name;
  std::vector<Parameter> parameters;
  std::vector<Attribute> attributes;
  std::optional<Text> doc;
};

struct Requires { Name target; ConditionPtr condition; std::optional<Text> because; };

// `faster native over packed over emulated`: fastest first, at least two.
struct Faster { std::vector<Name> targets; };

// ---- Rules --------------------------------------------------------------------------------------

struct Argument { Name parameter; Value value; Span span; };

// A use of a target, with the parameter values written there.
struct Entry {
  Name target;
  std::vector<Argument> arguments;
  Span span;
};

struct Rule {
  enum class Kind : std::uint8_t { kTarget, kFirstOf, kOnly, kRefuse } kind;
  std::vector<Entry> entries;  // one for kTarget, none for kRefuse
  ConditionPtr when;           // null for `otherwise`
  std::optional<Text> because;  // required for kRefuse by the grammar
};

struct Item;
struct Decision { Name name; std::vector<Item> items; };  // targets, requires and rules only

// ---- Promises -----------------------------------------------------------------------------------

// One alternative of an OUTCOME.
struct Outcome {
  struct Is { Name target; };  // `refuse` has its own
  struct Refuse {};
  struct In { SetPtr targets; };
  // base: `target`, or a decision.
  struct Attribute { Name base; Name attribute; bool equal; Value value; };
  struct Parameter { Name base; Name parameter; CompareOp op; Integer value; };
  std::variant<Is, Refuse, In, Attribute, Parameter> node;
  // `NAME == TARGET`, `NAME in <…>`, `NAME.x`: the decision that this speaks of; none: the policy's
  // own.
  std::optional<Name> decision;
  bool negated = false;  // `not …`
  Span span;
};

struct Guarantee {
  Name name;
  std::optional<Text> text;
  // One alternative or more, by `or`.
  struct Implies { ConditionPtr condition; std::vector<Outcome> alternatives; };
  // `irrelevant`: matters = false. `when` may be null.
  struct Matters { Name fact; bool matters; ConditionPtr when; };
  std::variant<Implies, Matters> promise;
};

struct Never { Name target; ConditionPtr when; };

struct ExampleFact {
  Name fact;
  bool negated = false;  // `not aiter`
  // none: `aiter`, meaning true
  std::optional<std::variant<Value, SetPtr>> value;
  Span span;
};

struct Example { std::vector<ExampleFact> facts; Outcome expected; };

struct Allow {
  enum class What : std::uint8_t { kSlower, kUnsupported } what;
  ConditionPtr when;
  Text because;
};

// `allow SY0322 because "…"`: warnings of this code in this file are known.
struct Acceptance { Text code; Text because; };

struct Item {
  std::variant<PolicyName, Import, Fact, Assume, Let, SetDeclaration, Target, Requires, Faster,
               Rule, Decision, Guarantee, Never, Example, Allow, Acceptance>
      node;
  Span span;
};

// One file. Imported files are files of their own; sema sees all of them, imports first.
struct File {
  FileId file = 0;
  std::vector<Item> items;
};

// The files of one policy: the imported ones before those that import them, each once; the file
// named by the user last.
struct Policy {
  std::vector<File> files;
};

}  // namespace switchyard::ast
