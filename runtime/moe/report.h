#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "runtime/decide/why.h"
#include "runtime/facts/bind.h"

namespace switchyard::moe {

using Json = nlohmann::ordered_json;

// "packed(block_m = 16)", "refused", "excluded".
std::string outcome_text(const Why& why);

// One line: the rule's reason, or its text where it has none, or the message of a refusal.
std::string reason_text(const Why& why);

// Lines of entries that were passed over and of what they lack, each after `indent`.
std::string skipped_text(const Why& why, std::string_view indent);

// {"target", "parameters", "attributes", "rule", "reason"}, or "refused", "excluded" or "error"
// with its text instead of the first three: the same members as `policyc eval --jsonl`.
Json to_json(const Why& why);

// {"NAME": {"value": "…", "from": "…"}, …}
Json to_json(const std::vector<facts::BoundFact>& facts);

// "  NAME = VALUE   (origin)" lines.
std::string to_text(const std::vector<facts::BoundFact>& facts);

// kOk for a target, kRefused for a refusal or an exclusion, else kBadInput.
int status_of(const Decision& decision);

void print(const Json& json);

}  // namespace switchyard::moe
