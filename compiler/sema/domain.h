#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/sema/model.h"

namespace switchyard::sema {

// The values that one side of a comparison can take, as codes.
struct Domain {
  enum class Kind : std::uint8_t { kBool, kSymbols, kInt, kVersion };
  Kind kind = Kind::kBool;
  std::string owner;                 // for messages: "`scheme`", "attribute `family`"
  std::string type;                  // for messages: "an enum", "an int"
  std::optional<Span> declared;
  std::vector<std::string> symbols;  // kSymbols: code = index
  std::int64_t low = 0, high = 1;    // codes
  bool bounded = true;               // a literal outside is worth a warning
  bool textual = false;              // numbers stand for their text (attributes of mixed types)
};

// The code of a symbol, if it is one.
std::optional<std::int64_t> symbol_code(const Domain& domain, std::string_view symbol);

// The domain of a fact's comparisons; for flags, of its single symbols.
Domain domain_of(const Fact& fact);

// "bool", "enum", …: the word of the language.
std::string_view type_word(FactKind kind);

// The 48-bit code of a version.
std::int64_t version_code(std::uint16_t major, std::uint16_t minor, std::uint16_t patch);
std::string spell_version(std::int64_t code);

// "1 .. 64", "6.0 .. 9.99".
std::string spell_range(const Domain& domain);

}  // namespace switchyard::sema
