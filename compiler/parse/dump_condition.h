#pragma once

#include <string>
#include <string_view>

#include "compiler/parse/ast.h"

namespace switchyard {

// Parts of the tree on one line, for dump.cpp: operators first, each with its operands in one pair of
// parentheses, so that the grouping shows: `(and (== a b) (not c))`.
std::string dump_condition(const ast::Condition& condition);
std::string dump_set(const ast::Set& set);
std::string dump_type(const ast::Type& type);
std::string dump_outcome(const ast::Outcome& outcome);
std::string dump_value(const ast::Value& value);
std::string dump_name(const ast::Name& name);
std::string dump_text(std::string_view text);  // quoted and escaped as the language writes it

}  // namespace switchyard
