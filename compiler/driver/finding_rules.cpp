#include "compiler/driver/finding_rules.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include <fmt/format.h>
#include <fnmatch.h>

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

// The codes and names of a list with commas.
std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    if (end > begin) parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

// A path as it is seen from `folder`, both made absolute and free of links where they exist.
std::string seen_from(const std::string& folder, const std::string& path) {
  std::error_code ignored;  // names that no file can have stay as they are
  const auto root = std::filesystem::weakly_canonical(folder, ignored);
  const auto whole = std::filesystem::weakly_canonical(path, ignored);
  return whole.lexically_relative(root).generic_string();
}

}  // namespace

const Acceptance* FindingRules::accepting(std::string_view code, const std::string& path) const {
  for (const Acceptance& one : allowed) {
    if (one.code != code) continue;
    if (one.files.empty()) return &one;
    if (fnmatch(one.files.c_str(), seen_from(one.folder, path).c_str(), 0) == 0) return &one;
  }
  return nullptr;
}

Expected<const DiagnosticInfo*> finding_named(std::string_view asked) {
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

Expected<const DiagnosticInfo*> acceptable_finding(std::string_view asked) {
  const auto info = finding_named(asked);
  if (info && (*info)->severity == Severity::kError) {
    return fail(fmt::format("{} ({}) is an error and cannot be allowed; only warnings can",
                            (*info)->code, (*info)->name));
  }
  return info;
}

Expected<void> add_arguments(const std::vector<std::string>& allow,
                             const std::vector<std::string>& deny, FindingRules& rules) {
  for (const std::string& text : allow) {
    for (const std::string_view asked : split(text)) {
      const auto info = acceptable_finding(asked);
      if (!info) return fail(info.error().message);
      rules.denied.erase((*info)->code);
      rules.allowed.push_back({(*info)->code, fmt::format("--allow {}", asked), "", ""});
    }
  }
  for (const std::string& text : deny) {
    for (const std::string_view asked : split(text)) {
      const auto info = finding_named(asked);
      if (!info) return fail(info.error().message);
      rules.denied.insert((*info)->code);
    }
  }
  return {};
}

}  // namespace switchyard::driver
