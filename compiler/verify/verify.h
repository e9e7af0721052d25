#pragma once

#include <cstdint>
#include <optional>
#include <set>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/diagram/build.h"
#include "compiler/region/partition.h"
#include "compiler/sema/model.h"
#include "compiler/source/source_file.h"

namespace switchyard {

struct VerifyOptions {
  // kAutomatic: diagrams where they exist and their budget suffices, else the solver. The same
  // findings, with the same codes and places, come from both; witnesses and covers may differ.
  enum class Engine : std::uint8_t { kAutomatic, kDiagrams, kSolver } engine = Engine::kAutomatic;
  // Of the questions asked on diagrams, beside the policy's own diagrams.
  DiagramBudget budget = {500'000, 8'000'000, 256'000'000};
  // Report the warnings too: what is slower than it need be, changes nothing or is never used.
  bool warnings = false;
  // Unless empty: files of what a kernel library states of its kernels. The model's `requires` of these
  // targets come from there, not from those by which its `first of` and `only` rules decide: such rules
  // are judged too. What is idle in such a line is not reported: it is said for every policy.
  std::set<FileId> foreign_files = {};
  // Of a kind, enough to read. The checks that go through all rules end with this finding, which says
  // so: each is a walk over the whole policy. Of a kind, since warnings are accepted by kind: what is
  // accepted hides nothing else.
  std::size_t findings = 100;
  // Of the region that a finding shows, at least 1: the rest is left out. Past six also what would
  // cost much, unless this is SIZE_MAX.
  std::size_t boxes = 6;
};

// Reports every error of LANGUAGE.md, "What `--verify` reports": contradictory assumptions, undecided
// combinations, rules and entries that nothing reaches, targets chosen where their `requires` is
// false, false guarantees, `never` and examples, and claims about what a fact changes. Nothing is
// sampled: what is not reported is proved, up to the limit of findings. With contradictory
// assumptions, nothing else is reported.
// `sources`: where fixes read how a condition was written; spans of other files get no fix.
void verify(const Model& model, const Partition& partition,
            const std::optional<PolicyDiagram>& diagrams, const SourceMap& sources,
            DiagnosticSink& sink, const VerifyOptions& options = {});

}  // namespace switchyard
