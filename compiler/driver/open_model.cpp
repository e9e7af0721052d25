#include "compiler/driver/open_model.h"

#include <utility>

#include "compiler/driver/command.h"
#include "compiler/driver/load.h"
#include "compiler/driver/pipeline.h"
#include "compiler/restore/restore.h"
#include "runtime/base/check.h"

namespace switchyard::driver {
namespace {

std::optional<OpenedModel> open_table(const std::string& path, const ReportOptions& options) {
  Expected<Table> table = Table::open(path);
  if (!table) {
    report_error(table.error(), options);
    return std::nullopt;
  }
  Expected<Restored> restored = restore(*table, path);
  if (!restored) {
    report_error(restored.error(), options);
    return std::nullopt;
  }
  DiagnosticSink sink;
  auto classes = partition(restored->model, sink);
  if (!classes) {
    report(sink, restored->sources, options);
    return std::nullopt;
  }
  auto diagrams = build(restored->model, *classes, DiagramBudget{});
  return OpenedModel{std::move(*table),    std::move(restored->sources), true,
                     std::move(restored->model), std::move(*classes),    std::move(diagrams)};
}

}  // namespace

std::optional<OpenedModel> open_model(const std::string& path, const ReportOptions& options) {
  if (path != "-" && looks_like_table(path)) return open_table(path, options);
  Compilation done;
  if (const auto result = compile(path, Stage::kTable, {}, done); !result) {
    report_error(result.error(), options);
    return std::nullopt;
  }
  if (!done.sink.diagnostics().empty()) report(done.sink, done.sources, options);
  if (done.sink.has_errors()) return std::nullopt;
  Expected<Table> table = Table::from_bytes(done.table, path);
  SWITCHYARD_CHECK(table.has_value());  // it was just proved
  return OpenedModel{std::move(*table),      std::move(done.sources),    false,
                     std::move(*done.model), std::move(*done.partition), std::move(done.diagrams)};
}

}  // namespace switchyard::driver
