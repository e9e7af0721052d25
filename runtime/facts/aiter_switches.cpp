#include "runtime/facts/aiter_switches.h"

#include <fmt/format.h>

#include <algorithm>

namespace switchyard::facts {
namespace {

struct Switch {
  bool on = false;
  std::string origin;
};

Expected<Switch> read_switch(const Environment& environment, const std::string& name,
                             bool otherwise) {
  const std::optional<std::string> text = environment(name);
  if (!text) {
    return Switch{otherwise, fmt::format("{} is not set, vLLM takes it as {}", name,
                                         otherwise ? "on" : "off")};
  }
  // As FactRow::set_environment reads a variable: spaces around the word mean nothing.
  constexpr const char* kSpaces = " \t\n\v\f\r";
  const std::size_t first = std::min(text->find_first_not_of(kSpaces), text->size());
  std::string lower = text->substr(first, text->find_last_not_of(kSpaces) + 1 - first);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const std::string origin = fmt::format("environment variable {}={}", name, *text);
  for (const char* word : {"1", "true", "on", "yes"}) {
    if (lower == word) return Switch{true, origin};
  }
  for (const char* word : {"0", "false", "off", "no"}) {
    if (lower == word) return Switch{false, origin};
  }
  return fail(
      fmt::format("environment variable {} is `{}`; set it to 1, true, on or yes, or to 0, "
                  "false, off or no",
                  name, *text));
}

}  // namespace

Expected<std::vector<Provided>> environment_facts(const Environment& environment) {
  const Expected<Switch> aiter = read_switch(environment, "VLLM_ROCM_USE_AITER", false);
  if (!aiter) return tl::unexpected(aiter.error());
  const Expected<Switch> moe = read_switch(environment, "VLLM_ROCM_USE_AITER_MOE", true);
  if (!moe) return tl::unexpected(moe.error());
  return std::vector<Provided>{{Source::environment, "use_aiter", aiter->on, aiter->origin},
                               {Source::environment, "use_aiter_moe", moe->on, moe->origin},
                               {Source::environment, "aiter", aiter->on && moe->on,
                                aiter->on ? moe->origin : aiter->origin}};
}

}  // namespace switchyard::facts
