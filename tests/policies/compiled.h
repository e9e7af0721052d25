#pragma once

#include <memory>
#include <optional>
#include <string>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/parse/ast.h"
#include "compiler/sema/model.h"
#include "compiler/source/source_file.h"
#include "runtime/table/table.h"

namespace switchyard::testing {

// A policy file that went through every stage, as policyc runs them. On the heap and never moved,
// since Evaluator keeps references into it.
struct Compiled {
  SourceMap sources;
  DiagnosticSink sink;
  ast::Policy policy;
  std::optional<Model> model;
  std::optional<Table> table;  // only if no stage reported an error
  std::string failure;         // why there is no table although the policy is right; else empty

  // What the stages reported, warnings too, one a line: "SY0103: message" with the facts that show
  // it; then the failure. Empty for a policy that compiles without a finding.
  std::string findings() const;
};

std::unique_ptr<const Compiled> compile(const std::string& path);

}  // namespace switchyard::testing
