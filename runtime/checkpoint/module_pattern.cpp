#include "runtime/checkpoint/module_pattern.h"

#include <fmt/format.h>

namespace switchyard::checkpoint {
namespace {

constexpr std::size_t kMaximalExpression = 1000;

#ifdef __GLIBCXX__
// Without back-tracking: a hostile expression costs polynomial time, not exponential.
constexpr auto kSyntax = std::regex::ECMAScript | std::regex_constants::__polynomial;
#else
constexpr auto kSyntax = std::regex::ECMAScript;
#endif

// Matches one character of `text` against the pattern element at `position`; `next` becomes the
// position behind it. A `[` that is never closed stands for itself.
bool matches_one(std::string_view pattern, std::size_t position, char c, std::size_t& next) {
  next = position + 1;
  if (pattern[position] == '?') return true;
  if (pattern[position] != '[') return pattern[position] == c;
  std::size_t first = position + 1;
  const bool negated = first < pattern.size() && pattern[first] == '!';
  if (negated) ++first;
  // A `]` that comes first is a member.
  const std::size_t close = first < pattern.size() ? pattern.find(']', first + 1)
                                                   : std::string_view::npos;
  if (close == std::string_view::npos) return c == '[';
  next = close + 1;
  bool member = false;
  for (std::size_t i = first; i < close; ++i) {
    if (i + 2 < close && pattern[i + 1] == '-') {
      member = member || (pattern[i] <= c && c <= pattern[i + 2]);
      i += 2;
    } else {
      member = member || pattern[i] == c;
    }
  }
  return member != negated;
}

bool matches_glob(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;  // the last `*`, to which a mismatch returns
  std::size_t resume = 0;
  while (t < text.size()) {
    std::size_t next = 0;
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && matches_one(pattern, p, text[t], next)) {
      p = next;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace

Expected<ModulePattern> ModulePattern::parse(std::string_view text) {
  ModulePattern pattern;
  if (!text.starts_with("re:")) {
    pattern.text_ = text;
    pattern.glob_ = text.find_first_of("*?[") != std::string_view::npos;
    return pattern;
  }
  const std::string expression(text.substr(3));
  if (expression.size() > kMaximalExpression) {
    return fail(fmt::format("a regular expression of {} characters; at most {} are read",
                            expression.size(), kMaximalExpression));
  }
  // std::regex reports by exception only; it ends here.
  try {
    pattern.expression_ = std::make_shared<const std::regex>(expression, kSyntax);
    pattern.text_ = expression;
  } catch (const std::regex_error& error) {
    return fail(fmt::format("not a regular expression: {}", error.what()));
  }
  return pattern;
}

bool ModulePattern::matches(std::string_view module) const {
  if (expression_ != nullptr) {
    try {
      return std::regex_search(module.begin(), module.end(), *expression_,
                               std::regex_constants::match_continuous);
    } catch (const std::regex_error&) {
      return false;  // out of the library's memory limits: it cannot be shown to match
    }
  }
  if (glob_) return matches_glob(text_, module);
  return module == text_ || (!text_.empty() && module.size() > text_.size() &&
                             module.starts_with(text_) && module[text_.size()] == '.');
}

}  // namespace switchyard::checkpoint
