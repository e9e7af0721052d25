#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/export.h"
#include "runtime/table/decision.h"

namespace switchyard {

// Decisions of one end, counted since the log was opened.
struct DecisionCount {
  std::string policy;
  Decision::Kind kind = Decision::Kind::kTarget;
  std::string target;  // kTarget
  std::string rule;    // kTarget, kRefused: the rule's "file:line"; kExcluded: the assumption's;
                       // kBadFact: the fact's name
  std::uint64_t count = 0;

  friend auto operator<=>(const DecisionCount&, const DecisionCount&) = default;
};

// The newest table of a policy that decisions were recorded with.
struct TableInUse {
  std::string policy;
  std::string hash;
  std::uint64_t generation = 0;
};

// What came of reloads; whoever reloads counts them.
struct ReloadCount {
  std::string policy;
  std::uint64_t accepted = 0, refused = 0;
};

struct Metrics {
  std::vector<DecisionCount> decisions;  // sorted
  std::vector<TableInUse> tables;        // by policy
  std::vector<ReloadCount> reloads;      // given by the caller; may stay empty
  std::uint64_t lines = 0;               // written
  std::uint64_t lost_ring = 0;           // lines lost since a thread's ring was full
  std::uint64_t lost_file = 0;           // lines lost since the file could not be written
  std::uint64_t rotations = 0;
  std::uint64_t slow_paths = 0;  // boxes told of (LogConfig::on_slow_path)
  bool writing = true;           // false while the file cannot be written
};

// In Prometheus' text exposition format, version 0.0.4 (Content-Type: text/plain; version=0.0.4).
SWITCHYARD_EXPORT std::string to_prometheus(const Metrics& metrics);

}  // namespace switchyard
