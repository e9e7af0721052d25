#include "compiler/driver/finding_rules.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "compiler/diagnostic/did_you_mean.h"
#include "compiler/diagnostic/registry.h"

namespace switchyard::driver {
namespace {

std::string lower(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c != '-' && c != '_') result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return result;
}

Expected<const DiagnosticInfo*> find(std::string_view asked) {
  std::vector<std::string> candidates;
  for (const DiagnosticInfo* info : diag::all()) {
    if (lower(asked) == lower(info->code) || lower(asked) == lower(info->name)) return info;
    candidates.emplace_back(info->code);
    candidates.emplace_back(info->name);
  }
  const std::string meant = did_you_mean_text(asked, candidates);
  return fail(fmt::format("no finding has the code or name `{}`{}{}", asked,
                          meant.empty() ? "" : "; ", meant));
}

Expected<void> read(const std::vector<std::string>& texts, bool allowing,
                    std::set<std::string_view>& codes) {
  for (const std::string& text : texts) {
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t end = std::min(text.find(',', begin), text.size());
      const std::string_view asked = std::string_view(text).substr(begin, end - begin);
      begin = end + 1;
      if (asked.empty()) continue;
      const auto info = find(asked);
      if (!info) return fail(info.error().message);
      if (allowing && (*info)->severity == Severity::kError) {
        return fail(fmt::format("{} ({}) is an error and cannot be allowed; only warnings can",
                                (*info)->code, (*info)->name));
      }
      codes.insert((*info)->code);
    }
  }
  return {};
}

}  // namespace

Expected<FindingRules> finding_rules(const std::vector<std::string>& allow,
                                     const std::vector<std::string>& deny,
                                     std::size_t max_warnings) {
  FindingRules rules;
  rules.max_warnings = max_warnings;
  if (const auto done = read(allow, true, rules.allowed); !done) return fail(done.error().message);
  if (const auto done = read(deny, false, rules.denied); !done) return fail(done.error().message);
  return rules;
}

}  // namespace switchyard::driver
