#pragma once

#include <optional>
#include <string>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/parse/ast.h"
#include "compiler/sema/model.h"

namespace switchyard {

// Resolves names, checks types and lowers every condition. Reports everything it finds; returns a
// model only when nothing of severity error was reported (by this call).
std::optional<Model> resolve(const ast::Policy& policy, const SourceMap& sources,
                             DiagnosticSink& sink);

// For `--dump=model`. Stable: golden tests depend on it.
std::string dump(const Model& model, const SourceMap& sources);

// A code as the language writes it ("gfx950", "9.2", "17", "<ck, triton>", "on"), quoted where the
// language needs quotes.
std::string spell(const Fact& fact, std::int64_t code);

}  // namespace switchyard
