#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "compiler/diagnostic/fact_values.h"
#include "compiler/source/source_file.h"
#include "compiler/verify/overlaps.h"

namespace switchyard::driver {

// `verify --list overlaps` of one file: compiler/verify/overlaps.h as people and programs read it.
struct OverlapList {
  struct Rule {
    std::string place;  // "file:line"
    std::string text;   // its first line
  };
  struct Pair {
    Rule first, second;
    BoxValues box;
    Count size = 0;
    bool exact = false;
  };
  std::vector<Pair> pairs;
  bool complete = true;
};

OverlapList list_of(const Overlaps& found, const Model& model, const Partition& partition,
                    const SourceMap& sources);

// A line for the file, then three lines a pair: the rule that decides, the rule behind it, where.
std::string overlaps_human(const std::string& file, const OverlapList& list);

// {"complete": bool, "pairs": [{"first": RULE, "second": RULE, "box": BOX, "count": N, "exact": bool}]};
// RULE: {"rule": "file:line", "text"}; BOX, N: compiler/diagnostic/box_json.h. N is how many combinations
// the pair has, or (not exact) how many are in the box.
nlohmann::ordered_json overlaps_json(const OverlapList& list);

}  // namespace switchyard::driver
