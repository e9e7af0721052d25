#include "compiler/sema/resolve.h"

#include "compiler/sema/resolution.h"

namespace switchyard {

std::optional<Model> resolve(const ast::Policy& policy, const SourceMap& sources,
                             DiagnosticSink& sink) {
  const std::size_t errors = sink.error_count();
  sema::Resolution resolution{policy, sources, &sink};
  sema::declare_names(resolution);
  sema::resolve_targets(resolution);
  sema::resolve_definitions(resolution);
  sema::resolve_rules(resolution);
  sema::resolve_promises(resolution);
  if (sink.error_count() != errors) return std::nullopt;
  return std::move(resolution.model);
}

}  // namespace switchyard
