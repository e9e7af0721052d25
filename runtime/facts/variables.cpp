#include "runtime/facts/variables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <string_view>

namespace switchyard::facts {
namespace {

using Words = std::vector<std::string>;

// Between underscores, in capitals; empty ones left out.
Words words_of(std::string_view name) {
  Words words;
  bool inside = false;
  for (const char c : name) {
    if (c == '_' || c == '-') {
      inside = false;
      continue;
    }
    if (!inside) words.emplace_back();
    inside = true;
    words.back() += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return words;
}

std::string joined(const Words& words) {
  std::string out;
  for (const std::string& word : words) out += word;
  return out;
}

std::string digits_of(const std::string& word) {
  std::string digits;
  std::copy_if(word.begin(), word.end(), std::back_inserter(digits),
               [](unsigned char c) { return std::isdigit(c) != 0; });
  return digits;
}

// At most one slip apart.
bool near(const std::string& a, const std::string& b) {
  if (a == b) return true;
  if (a.size() > b.size()) return near(b, a);
  if (a.size() < 3 || b.size() - a.size() > 1 || digits_of(a) != digits_of(b)) return false;
  const auto [differs_a, differs_b] = std::mismatch(a.begin(), a.end(), b.begin());
  const std::string rest_a(differs_a, a.end());
  const std::string rest_b(differs_b, b.end());
  if (a.size() < b.size()) return rest_a == rest_b.substr(1);
  if (rest_a.substr(1) == rest_b.substr(1)) return true;
  return rest_a.size() >= 2 && rest_a[0] == rest_b[1] && rest_a[1] == rest_b[0] &&
         rest_a.substr(2) == rest_b.substr(2);
}

bool misspells(const Words& set, const Words& read) {
  if (set.empty() || read.empty()) return false;
  if (joined(set) == joined(read)) return true;
  if (set.size() == read.size() &&
      std::equal(set.begin(), set.end(), read.begin(),
                 [](const std::string& a, const std::string& b) { return near(a, b); })) {
    return true;
  }
  // One word of two may be any word; of three, hardly.
  constexpr std::size_t kTelling = 3;
  if (read.size() >= kTelling &&
      std::is_permutation(set.begin(), set.end(), read.begin(), read.end())) {
    return true;
  }
  const auto without_first = [](const Words& longer, const Words& shorter) {
    return shorter.size() + 1 == longer.size() && shorter.size() >= kTelling &&
           std::equal(shorter.begin(), shorter.end(), longer.begin() + 1);
  };
  return without_first(read, set) || without_first(set, read);
}

}  // namespace

std::vector<UnreadVariable> unread_variables(const Table& table, std::span<const std::string> set,
                                             std::span<const std::string> others) {
  std::vector<const FactInfo*> variables;
  for (const FactInfo& fact : table.facts()) {
    if (fact.source == FactInfo::Source::kEnv) variables.push_back(&fact);
  }
  std::vector<UnreadVariable> found;
  using Kind = UnreadVariable::Kind;
  for (const std::string& name : set) {
    const bool read = std::any_of(variables.begin(), variables.end(),
                                  [&](const FactInfo* fact) { return fact->source_key == name; });
    if (read) continue;
    const auto renamed =
        std::find_if(variables.begin(), variables.end(),
                     [&](const FactInfo* fact) { return !name.empty() && fact->replaces == name; });
    if (renamed != variables.end()) {
      const FactInfo& fact = **renamed;
      found.push_back(
          {Kind::kRenamed, name, fact.source_key, fact.name,
           fmt::format("environment variable {} was renamed: set {} instead, and remove "
                       "{} (fact `{}`)",
                       name, fact.source_key, name, fact.name)});
      continue;
    }
    if (std::find(others.begin(), others.end(), name) != others.end()) continue;
    const Words words = words_of(name);
    for (const FactInfo* fact : variables) {
      if (!misspells(words, words_of(fact->source_key))) continue;
      found.push_back(
          {Kind::kMisspelt, name, fact->source_key, fact->name,
           fmt::format("environment variable {} is set, but policy {} does not read it; "
                       "did you mean {} (fact `{}`)?",
                       name, table.policy(), fact->source_key, fact->name)});
      break;
    }
  }
  return found;
}

}  // namespace switchyard::facts
