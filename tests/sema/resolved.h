#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/parse/ast.h"
#include "compiler/sema/evaluate.h"
#include "compiler/sema/model.h"

namespace switchyard::testing {

// A text parsed and resolved. Not movable once made: evaluators keep references into it.
struct Resolved {
  SourceMap sources;
  DiagnosticSink sink;
  ast::Policy policy;
  std::optional<Model> model;

  // "SY0201 unknown fact `x`" a line, notes and fixes indented below.
  std::string findings() const;
  // The codes reported, in order: "SY0201 SY0213".
  std::string codes() const;
  bool has(std::string_view code) const;
  // The fixes of the first diagnostic applied to the text of its file.
  std::string fixed() const;
};

std::unique_ptr<const Resolved> resolve_text(const std::string& text);

// A fact and a target around `lines`, so that a test shows only what it is about:
// bools a b c; enum e { x, y, z }, g { z, y, x }, h { x, w }; name n { p, q } and m { p };
// int i 1 .. 64, j 1 .. 64; version v 6.0 .. 9.99; flags s { ck, triton, hip }; switch w;
// targets fast, slow; and `slow otherwise`.
std::unique_ptr<const Resolved> resolve_lines(const std::string& lines);

// CHECKs that `found` gives the second of each pair for the first: a table compiles far faster than
// a macro a line.
void check_all(const std::function<std::string(const std::string&)>& found,
               const std::vector<std::pair<std::string, std::string>>& expected);

// Whether a formula holds, by walking its nodes in order; `codes` for every fact of the model.
bool holds(const Model& model, FormulaId formula, std::span<const std::int64_t> codes);

// What the rows of the model decide: as the evaluator's result, by the model's own formulas.
struct RowDecision {
  Evaluation::Kind kind;
  RowId row = 0;               // kTarget, kRefused
  std::size_t assumption = 0;  // kExcluded
};
// One for each block; after one that is not a target the rest repeat it. `codes` has one for each
// declared fact; those of the decisions are added to it.
std::vector<RowDecision> decide_by_rows(const Model& model, std::vector<std::int64_t>& codes);

// Empty, or what differs between the rows and the oracle for these codes.
std::string difference(const Resolved& resolved, const Evaluator& oracle,
                       const std::vector<std::int64_t>& codes);

}  // namespace switchyard::testing
