#pragma once

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/parse/ast.h"
#include "compiler/parse/lex.h"

namespace switchyard {

// What `parse_file` does after `lex`. The caller holds grammar_mutex().
ast::File parse_tokens(const SourceMap& sources, FileId file, const TokenList& list,
                       DiagnosticSink& sink);

}  // namespace switchyard
