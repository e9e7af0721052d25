#pragma once

#include <vector>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/parse/failure.h"
#include "compiler/parse/lex.h"

namespace switchyard {

// An item that did not parse, and what stood before it.
struct BrokenItem {
  const Failure& failure;
  const std::vector<Token>& tokens;
  const SourceFile& source;
  FileId file;
  std::size_t start;          // index of the item's first token
  std::size_t previous_start; // index of the first token of the item before, `start` without one
  bool in_decision;

  // The item whose indentation the following ones are expected to keep.
  std::size_t layout() const { return tokens[start].first_on_line ? start : previous_start; }
};

// Says what is wrong with the item in the language's own terms: one diagnostic.
void report_syntax_error(const BrokenItem& item, DiagnosticSink& sink);

// Index of the token where parsing goes on: the next one that begins an item (or, inside a
// decision, closes it). Always past `start`.
std::size_t next_item(const BrokenItem& item);

}  // namespace switchyard
