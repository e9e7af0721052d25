#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "runtime/base/export.h"

namespace switchyard::facts {

enum class Source : std::uint8_t { device, environment, model, launch, engine };

// "device", "env", "model", as a policy writes it after `from`; "launch", "engine".
SWITCHYARD_EXPORT std::string_view name_of(Source source);

using Value = std::variant<bool, std::int64_t, std::string>;

// As the policy language writes it, without quotes: "true", "2880", "gfx950".
SWITCHYARD_EXPORT std::string to_text(const Value& value);

// One thing that is known, and where it comes from, for people: "environment variable X = 1",
// "$.hidden_size in m/config.json".
struct Provided {
  Source source = Source::device;
  std::string key;
  Value value;
  std::string origin;
};

// What a launch knows: how many tokens it has.
SWITCHYARD_EXPORT std::vector<Provided> launch_facts(std::int64_t tokens);

}  // namespace switchyard::facts
