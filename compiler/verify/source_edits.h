#pragma once

#include <optional>
#include <string_view>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/source/source_file.h"

// Fixes that take something out of a policy's text. None where the text is not at hand.
namespace switchyard {

// Removes a whole item, with its line break where it has its lines for itself.
std::optional<Fix> remove_item(const SourceMap& sources, Span item, std::string text);

// Removes one operand of an `and` or `or` (`joint`) with the operator beside it and parentheses
// around it; `outer` is the item that contains it. Puts `neutral` in its place where that is clearer.
std::optional<Fix> remove_operand(const SourceMap& sources, Span outer, Span operand,
                                  std::string_view joint, std::string_view neutral);

// `otherwise` instead of `when` and the condition.
std::optional<Fix> replace_when(const SourceMap& sources, Span rule, Span condition);

// Removes one entry of a list with a comma beside it.
std::optional<Fix> remove_entry(const SourceMap& sources, Span rule, Span entry);

}  // namespace switchyard
