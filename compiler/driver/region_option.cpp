#include "compiler/driver/region_option.h"

#include "compiler/parse/parse.h"
#include "compiler/sema/condition.h"

namespace switchyard::driver {

std::optional<FormulaId> read_region(const std::string& text, const std::string& name,
                                     diff::Pair& pair, const ReportOptions& options) {
  SourceMap sources;
  DiagnosticSink sink;
  const ast::ConditionPtr condition = parse_condition(sources, name, text, sink);
  std::optional<FormulaId> formula;
  if (condition != nullptr) {
    formula = resolve_condition(*condition, sources, pair.old_model, sink);
    pair.new_model.formulas = pair.old_model.formulas;
  }
  if (!sink.diagnostics().empty()) report(sink, sources, options);
  return formula;
}

}  // namespace switchyard::driver
