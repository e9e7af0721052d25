#include "bench/compile_text.h"

#include <ctime>

#include "compiler/diagram/build.h"
#include "compiler/parse/parse.h"
#include "compiler/region/partition.h"
#include "compiler/sema/resolve.h"
#include "compiler/verify/verify.h"
#include "runtime/base/check.h"

namespace switchyard::bench {

namespace {

template <typename Stage>
auto timed(double& seconds, Stage stage) {
  const double begin = processor_seconds();
  auto result = stage();
  seconds = processor_seconds() - begin;
  return result;
}

}  // namespace

double processor_seconds() {
  struct timespec now {};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::vector<std::byte> compile_text(const std::string& text, DeciderChoice decider,
                                    StageTimes* times) {
  StageTimes unused;
  StageTimes& t = times != nullptr ? *times : unused;
  SourceMap sources;
  DiagnosticSink sink;
  const FileId root = sources.add("bench.policy", text);
  const auto policy = timed(t.parse, [&] { return parse_policy(sources, root, sink); });
  const auto model = timed(t.resolve, [&] { return resolve(policy, sources, sink); });
  SWITCHYARD_CHECK(model.has_value());
  const auto classes = timed(t.partition, [&] { return partition(*model, sink); });
  SWITCHYARD_CHECK(classes.has_value());
  const auto diagrams = timed(t.build, [&] { return build(*model, *classes, DiagramBudget{}); });
  timed(t.verify, [&] {
    DiagnosticSink findings;  // dead rules are expected
    verify(*model, *classes, diagrams, sources, findings);
    return 0;
  });
  EmitOptions options;
  options.decider = decider;
  auto bytes = timed(t.emit, [&] { return emit(*model, *classes, diagrams, sources, options); });
  SWITCHYARD_CHECK(bytes.has_value());
  const auto proof = timed(t.prove, [&] { return prove(*bytes, *model, *classes, diagrams, sources); });
  SWITCHYARD_CHECK(proof.has_value());
  return std::move(*bytes);
}

Table open_text(const std::string& text, DeciderChoice decider) {
  auto table = Table::from_bytes(compile_text(text, decider));
  SWITCHYARD_CHECK(table.has_value());
  return std::move(*table);
}

}  // namespace switchyard::bench
