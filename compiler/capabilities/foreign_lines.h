#pragma once

#include <optional>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/parse/ast.h"
#include "compiler/sema/model.h"
#include "compiler/source/source_file.h"

namespace switchyard {

// Resolves a policy of which the first `count` files are a kernel library's `requires` lines; all else is
// known to be right. The lines may speak of more than the policy does, which is a warning at its place:
// - a line with a name that the policy lacks is left out (ForeignName);
// - a value that the policy's enum lacks never occurs there, and the rest of the line counts; where the
//   fact is a name or flags, or is compared with another one, the line is left out (ForeignValue).
// Whatever else is wrong with a line is an error in `sink`, and the result none. What else could be said
// of lines that are right is not: a library states what its kernels need, whatever a policy makes of it.
// Enums of the result may have values after the policy's own.
std::optional<Model> resolve_with_lines(ast::Policy& policy, std::size_t count,
                                        const SourceMap& sources, DiagnosticSink& sink);

}  // namespace switchyard
