#include "runtime/facts/provided.h"

namespace switchyard::facts {

std::string_view name_of(Source source) {
  switch (source) {
    case Source::device: return "device";
    case Source::environment: return "env";
    case Source::model: return "model";
    case Source::launch: return "launch";
    case Source::engine: return "engine";
  }
  return "";
}

std::string to_text(const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  return std::get<std::string>(value);
}

std::vector<Provided> launch_facts(std::int64_t tokens) {
  return {{Source::launch, "tokens", tokens, "the batch"}};
}

}  // namespace switchyard::facts
