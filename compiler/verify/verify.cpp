#include "compiler/verify/verify.h"

#include "compiler/verify/check.h"
#include "compiler/verify/diagram_judge.h"
#include "compiler/verify/solver_judge.h"
#include "runtime/base/check.h"

namespace switchyard {

namespace {

DiagnosticSink run_checks(const Model& model, Formulas& formulas, const Partition& partition,
                          Judge& judge, const SourceMap& sources, const VerifyOptions& options) {
  DiagnosticSink found;
  Check check{model, formulas, partition, judge, sources, found, options.foreign_files,
              options.findings, options.boxes};
  if (!check_assumptions(check)) return found;
  check_undecided(check);
  check_reach(check);
  check_requires(check);
  check_promises(check);
  check_influences(check);
  if (!options.warnings) return found;
  if (found.error_count() >= options.findings) {
    found.last(*found.diagnostics().back().info)
        .with_help("with so many errors, warnings were not looked for");
    return found;
  }
  check_effect(check);
  check_slower(check);
  check_redundant(check);
  check_idle(check);
  check_unused(check);
  return found;
}

}  // namespace

void verify(const Model& model, const Partition& partition,
            const std::optional<PolicyDiagram>& diagrams, const SourceMap& sources,
            DiagnosticSink& sink, const VerifyOptions& options) {
  Formulas formulas = model.formulas;
  if (diagrams && options.engine != VerifyOptions::Engine::kSolver) {
    DiagramJudge judge(model, formulas, partition, *diagrams, options.budget);
    DiagnosticSink found = run_checks(model, formulas, partition, judge, sources, options);
    if (judge.sound()) {
      sink.append(std::move(found));
      return;
    }
    SWITCHYARD_CHECK(options.engine != VerifyOptions::Engine::kDiagrams);
  }
  SWITCHYARD_CHECK(options.engine != VerifyOptions::Engine::kDiagrams);
  SolverJudge judge(model, formulas, partition);
  sink.append(run_checks(model, formulas, partition, judge, sources, options));
}

}  // namespace switchyard
