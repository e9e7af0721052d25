#include <sys/resource.h>

#include <cstdio>
#include <string>

#include "bench/compile_text.h"
#include "bench/random_rules.h"
#include "compiler/parse/parse.h"
#include "runtime/base/check.h"

// Times of the compiler: 20,000 rules of one line parsed, and the random policy compiled, stage by
// stage, with the most memory that the process ever held. Seconds are of the processor: everything
// here runs in one thread.
namespace switchyard::bench {
namespace {


double peak_mib() {
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void parse_rules() {
  const std::string text = policy_text(random_rules(20'000, kRandomSeed, 2, 4));
  SourceMap sources;
  DiagnosticSink sink;
  const FileId root = sources.add("bench.policy", text);
  const double begin = processor_seconds();
  const ast::Policy policy = parse_policy(sources, root, sink);
  const double seconds = processor_seconds() - begin;
  SWITCHYARD_CHECK(!sink.has_errors() && policy.files.size() == 1);
  std::printf("parse 20,000 rules (%.1f MB)   %6.3f s\n", static_cast<double>(text.size()) / 1e6, seconds);
}

void compile_rules() {
  const std::string text = policy_text(random_rules(kRandomRules, kRandomSeed));
  StageTimes t;
  const auto bytes = compile_text(text, DeciderChoice::kAuto, &t);
  std::printf("compile %zu rules x %d facts    %6.3f s, peak %.0f MiB, table of %zu bytes\n",
              kRandomRules, kFacts, t.total(), peak_mib(), bytes.size());
  std::printf("  parse %.3f  resolve %.3f  partition %.3f  build %.3f  verify %.3f  emit %.3f  prove %.3f\n",
              t.parse, t.resolve, t.partition, t.build, t.verify, t.emit, t.prove);
}

}  // namespace
}  // namespace switchyard::bench

int main() {
  switchyard::bench::compile_rules();
  switchyard::bench::parse_rules();
  return 0;
}
