#include <cstdio>
#include <string>

#include "bench/compile_text.h"
#include "bench/median.h"
#include "bench/random_rules.h"
#include "compiler/parse/parse.h"
#include "runtime/base/check.h"

// Times of the compiler: 20,000 rules of one line parsed, and the random policy compiled, stage by
// stage, with the most memory that the process ever held. Seconds are of the processor: everything
// here runs in one thread.
namespace switchyard::bench {
namespace {

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

void compile_rules(const char* what, const std::string& text) {
  StageTimes t;
  const auto bytes = compile_text(text, DeciderChoice::kAuto, &t);
  std::printf("compile %-20s    %6.3f s, peak %.0f MiB, table of %zu bytes\n", what, t.total(),
              peak_mib(), bytes.size());
  std::printf("  parse %.3f  resolve %.3f  partition %.3f  build %.3f  verify %.3f  emit %.3f  prove %.3f\n",
              t.parse, t.resolve, t.partition, t.build, t.verify, t.emit, t.prove);
}

// A tuning table: a row for each of 20,000 batch sizes, with an enum of eight in every other row.
std::string tuning_text() {
  std::string text =
      "policy tuning\nfact tokens : int 0 .. 1_000_000\n"
      "fact scheme : enum { a, b, c, d, e, f, g, h }\n"
      "target native\ntarget packed(block_m : int 1 .. 256 = 64)\n";
  for (int row = 0; row < 20'000; ++row) {
    text += "packed(block_m = " + std::to_string(16 << (row % 4)) + ") when tokens == " +
            std::to_string(3 * row + 17);
    if (row % 2 == 1) text += std::string(" and scheme == ") + "abcdefgh"[row / 2 % 8];
    text += '\n';
  }
  return text + "native otherwise\n";
}

}  // namespace
}  // namespace switchyard::bench

int main() {
  using namespace switchyard::bench;
  compile_rules("1,000 rules x 40 facts", policy_text(random_rules(kRandomRules, kRandomSeed)));
  compile_rules("20,000 tuning rows", tuning_text());
  parse_rules();
  return 0;
}
