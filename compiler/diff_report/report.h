#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/diagnostic/fact_values.h"
#include "compiler/diff/diff.h"
#include "compiler/source/source_file.h"

// A difference as reports speak of it: texts and counts, without ids of any model.
namespace switchyard::diff {

struct ReportedParameter {
  std::string name;
  std::string value;  // in decimal, or the symbol
  bool is_integer = false;
  friend bool operator==(const ReportedParameter&, const ReportedParameter&) = default;
};

struct ReportedEnd {
  End::Kind kind = End::Kind::kUndecided;
  // "packed(block_m = 16)", "refused", "excluded", "undecided"; by attribute its value, or
  // "no family". With reasons, ends of one label may differ.
  std::string label;
  // What decides there, in source order; one unless compared by attribute.
  struct Decider {
    std::string target;    // empty unless a target
    std::vector<ReportedParameter> parameters;
    std::string location;  // "file:line"; empty for a value outside a domain
    std::string file;
    std::uint32_t line = 0;
    std::string text;      // of the rule, without its reason, or assumption: one line, cut short
    std::string because;   // empty without one
  };
  std::vector<Decider> deciders;
};

struct ReportedRegion {
  Count count = 0;
  bool exact = false;  // else a lower bound
  std::vector<BoxValues> boxes;
  bool complete = false;  // the boxes are all of it
  bool cut = false;       // not all were asked for, and there are more
};

struct ReportedChange {
  ReportedEnd from, to;
  ReportedRegion region;
  std::vector<std::string> failed;  // what --fail-on asked for that it matches
  // With an expectation: what of the region it does not cover; count 0 when it covers all.
  std::optional<ReportedRegion> unexpected;
};

struct Report {
  std::string old_name, new_name;  // as the user named them
  Options::Compare compare = Options::Compare::kOutcome;
  std::string attribute;           // by attribute: its name
  bool equal = true;
  std::optional<Count> total;
  Count changed = 0;
  bool exact = true, complete = true, all_rules = true;
  std::vector<std::string> facts;  // a sentence for each difference between their declarations
  std::vector<ReportedChange> changes;  // as in Difference
  std::vector<std::string> stale;  // expected changes that do not occur
  // By attribute: changes that --fail-on slower finds though the attribute stays, a sentence each.
  std::vector<std::string> slower;
  bool judged = false;             // an expectation was given

  // Nothing in `slower`, and: equal, or every change is expected and none is asked to fail.
  bool accepted() const;
};

// The sides of a comparison as their user knows them.
struct Sides {
  const SourceMap& old_sources;
  const SourceMap& new_sources;
  std::string old_name, new_name;
};

Report make_report(const Pair& pair, const Partition& partition, const Difference& difference,
                   const Options& options, const Sides& sides);

// The parts of it that others need.
ReportedRegion reported_region(const Pair& pair, const Partition& partition, const Change& change,
                               const Options& options);
std::string label_of(const Model& model, const End& end, const Options& options);
// Sentences for Pair::changes.
std::vector<std::string> describe_facts(const Pair& pair);

}  // namespace switchyard::diff
