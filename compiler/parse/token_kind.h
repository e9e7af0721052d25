#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <antlr4-runtime.h>

#include "compiler/parse/lex.h"
#include "compiler/source/source_file.h"

// What kinds of tokens there are, as errors, recovery and the formatter ask.
namespace switchyard {

// A word that may be a name: an identifier, or a keyword that is not reserved.
bool is_name(std::uint16_t type);
bool is_reserved(std::uint16_t type);
// `==`, `!=`, `<`, `<=`, `>`, `>=`
bool is_comparison(std::uint16_t type);
// An integer, a version or a quoted text.
bool is_literal(std::uint16_t type);
// Whether a condition may begin, or end, with the token.
bool begins_condition(std::uint16_t type);
bool ends_condition(std::uint16_t type);
// After such a token the expression goes on, whatever the next line looks like.
bool wants_more(std::uint16_t type);

// The token as a message names it: "`when`", "the text `\"…\"`", "the end of the file";
// "the end of the condition" for the token that stands there without text (parse_condition).
std::string describe(const Token& token, const SourceFile& source);
// "`,` or `>`", "a name", …: what could have stood at a place; empty when nothing is known.
std::string describe(const antlr4::misc::IntervalSet& expected,
                     const antlr4::dfa::Vocabulary& vocabulary);

// Whether an item begins at `index`, judged by a few tokens and the layout: items begin on a line
// of their own. `like`: the first token of an item before it, whose indentation the next one keeps.
bool begins_item(const std::vector<Token>& tokens, std::size_t index, const SourceFile& source,
                 std::size_t like);

// The same without a look at what stands before: the line of `index` by itself.
bool looks_like_item(const std::vector<Token>& tokens, std::size_t index,
                     const SourceFile& source, std::size_t like);

// Bytes between the start of its line and the token.
std::uint32_t indentation(const Token& token, const SourceFile& source);

}  // namespace switchyard
