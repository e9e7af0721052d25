#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What a table says about its policy, by name. All of it is owned by the Table and immutable; views
// are of the table's bytes and live as long as it, or a copy of it, does.
namespace switchyard {

struct FactInfo {
  // Codes: bool 0 false, 1 true; enum index of the symbol; name likewise, `other` last; int itself;
  // version major<<32 | minor<<16 | patch; flags a bit mask, bit i = symbol i; switch 0 unset,
  // 1 off, 2 on.
  enum class Kind : std::uint8_t { kBool, kEnum, kName, kInt, kVersion, kFlags, kSwitch };
  enum class Source : std::uint8_t { kEngine, kEnv, kDevice, kModel };

  std::string name;
  Kind kind = Kind::kBool;
  std::int64_t low = 0, high = 1;      // inclusive range of the code
  std::vector<std::string> symbols;    // enum, name (without `other`), flags
  std::optional<std::int64_t> default_code;
  Source source = Source::kEngine;     // where the engine reads it
  std::string source_key;              // the environment variable, device or model property
  std::string replaces;                // the old name of the environment variable, or empty
  std::string doc;
  std::uint32_t width = 4;             // bytes in the struct of facts: 4 (int32) or 8 (int64)
  std::uint32_t offset = 0;            // bytes from the start of the struct
};

struct ParameterInfo {
  std::string name;
  bool is_integer = true;
  std::int64_t low = 0, high = 0;      // integer: inclusive range; else 0 .. symbols - 1
  std::vector<std::string> symbols;    // not integer: values are indices into this
  std::int64_t default_value = 0;
};

struct AttributeInfo {
  std::string name;
  std::string value;                   // integers in decimal
  bool is_integer = false;
};

struct TargetInfo {
  std::string name;
  std::uint32_t block = 0;             // index into Table::blocks
  std::vector<ParameterInfo> parameters;
  std::vector<AttributeInfo> attributes;
  std::string doc;
};

// What a decision does. Equal outcomes have equal indices; a refusal is one outcome.
struct OutcomeInfo {
  bool refused = false;
  std::uint32_t target = 0;              // index into Table::targets
  std::vector<std::int64_t> parameters;  // a value for each of the target's parameters
};

struct RuleInfo {
  enum class Kind : std::uint8_t { kTarget, kFirstOf, kOnly, kRefuse } kind = Kind::kTarget;
  std::uint32_t block = 0;
  bool otherwise = false;
  std::string_view because;            // may be empty
  std::string_view text;               // as it was written
  std::string_view location;           // "file:line"
};

struct AssumptionInfo {
  std::string_view text;               // the condition as it was written
  std::string_view location;
};

// How a block decides.
enum class Engine : std::uint8_t { kDense, kWalk, kBits, kProgram };

// A `decision`, or (last, with an empty name) the policy's own rules.
struct BlockInfo {
  std::string name;
  std::vector<std::uint32_t> targets;  // code of the decision -> index into Table::targets
  std::uint32_t first_row = 0, row_count = 0;
  Engine engine = Engine::kDense;
  bool complete = true;                // reads declared facts only, so no earlier block need run
};

}  // namespace switchyard
