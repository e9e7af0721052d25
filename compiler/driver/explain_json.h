#pragma once

#include <optional>

#include <nlohmann/json.hpp>

#include "compiler/driver/given_facts.h"
#include "compiler/explain/text.h"

namespace switchyard::driver {

// The parts of what `explain --format json` prints; docs/cli.md describes the document.

// {"target": …, "parameters": {…}, "rule": "file:line", "text": …, "reason": …, "requires": [what it
// lacks]}; {"refused": reason, "rule", "text"}; {"excluded": the assumption, "rule": …, "false": …}; {"undecided": the block}.
nlohmann::ordered_json decision_json(const Told& told, const Explanation& explanation,
                                     const Truths& truths);

// Block by block: [{"decision": name or null, "chose": …, "rule": …, "tried": […], "faster": […]}].
nlohmann::ordered_json blocks_json(const Told& told, const Explanation& explanation,
                                   const Truths& truths);

// {"target", "chosen", "uses": [{"rule", "text", "state", "false", "requires"}]}.
nlohmann::ordered_json story_json(const Told& told, const TargetStory& story, const Truths& truths);

// {"one": [{"change": box, "to": …, "rules": […]}], "two": […] or null, "complete": bool}.
nlohmann::ordered_json nearest_json(const Told& told, const Partition& partition,
                                    const Nearest& nearest);

// {"open": […], "combinations": count or null, "complete": bool,
//  "rows": [{"to": …, "rule": …, "boxes": […], "combinations": count, "exact", "complete"}]}.
nlohmann::ordered_json residual_json(const Told& told, const Residual& residual,
                                     const GivenFacts& given);

// {"mx": false, "tokens": 17, "scheme": "w4"}.
nlohmann::ordered_json facts_json(const Model& model, const Known& known);

}  // namespace switchyard::driver
