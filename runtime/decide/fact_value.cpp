#include "runtime/decide/fact_value.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "runtime/decide/quoted_text.h"
#include "runtime/table/table.h"

namespace switchyard {
namespace {

using Kind = FactInfo::Kind;

std::string list_of(const std::vector<std::string>& symbols) {
  constexpr std::size_t kShown = 12;
  std::string out;
  for (std::size_t i = 0; i < symbols.size() && i < kShown; ++i) {
    out += (i == 0 ? "`" : ", `") + symbols[i] + "`";
  }
  return symbols.size() > kShown ? out + fmt::format(" and {} more", symbols.size() - kShown) : out;
}

// What the fact takes, for the end of an error.
std::string takes(const FactInfo& fact) {
  switch (fact.kind) {
    case Kind::kBool: return "true or false";
    case Kind::kEnum: return "one of " + list_of(fact.symbols);
    case Kind::kName: return "a name";
    case Kind::kInt: return fmt::format("an integer {} .. {}", fact.low, fact.high);
    case Kind::kVersion:
      return fmt::format("a version {} .. {}", spell(fact, fact.low), spell(fact, fact.high));
    case Kind::kFlags: return "a set of " + list_of(fact.symbols) + ", written <a, b>";
    case Kind::kSwitch: return "unset, off or on";
  }
  return {};
}

tl::unexpected<Error> refuse(const FactInfo& fact, std::string_view text) {
  return fail(fmt::format("fact `{}` cannot be `{}`; it takes {}", fact.name, text, takes(fact)));
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) {
    text.remove_prefix(1);
  }
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) {
    text.remove_suffix(1);
  }
  return text;
}

tl::unexpected<Error> badly_quoted(const FactInfo& fact, std::string_view text) {
  return fail(fmt::format("fact `{}` cannot be `{}`: what begins with a quote must be one quoted text; "
                          "inside it write \\\" for a quote and \\\\ for a backslash",
                          fact.name, text));
}

std::optional<std::size_t> find_symbol(const FactInfo& fact, std::string_view text) {
  const auto found = std::find(fact.symbols.begin(), fact.symbols.end(), text);
  if (found == fact.symbols.end()) return std::nullopt;
  return static_cast<std::size_t>(found - fact.symbols.begin());
}

tl::unexpected<Error> no_symbol(const FactInfo& fact, std::string_view text) {
  std::string hint = nearest(text, fact.symbols);
  if (hint.empty()) hint = "; it takes " + takes(fact);
  return fail(fmt::format("fact `{}` has no value `{}`{}", fact.name, text, hint));
}

// -1_048_576, 4K: as the language writes integers.
std::optional<std::int64_t> parse_integer(std::string_view text) {
  int shift = 0;
  if (!text.empty()) {
    shift = text.back() == 'K' ? 10 : text.back() == 'M' ? 20 : text.back() == 'G' ? 30 : 0;
    if (shift != 0) text.remove_suffix(1);
  }
  char digits[32];
  std::size_t count = 0;
  for (const char c : text) {
    if (c == '_' && count > 0) continue;
    if (count == sizeof digits) return std::nullopt;
    digits[count++] = c;
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits, digits + count, value);
  if (error != std::errc() || end != digits + count || count == 0) return std::nullopt;
  std::int64_t result;
  if (__builtin_mul_overflow(value, std::int64_t{1} << shift, &result)) return std::nullopt;
  return result;
}

std::optional<std::int64_t> parse_version(std::string_view text) {
  std::int64_t parts[3] = {0, 0, 0};
  for (int i = 0;; ++i) {
    if (i == 3) return std::nullopt;
    const std::size_t dot = std::min(text.find('.'), text.size());
    const std::string_view part = text.substr(0, dot);
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), parts[i]);
    if (error != std::errc() || end != part.data() + part.size() || part.empty() ||
        parts[i] < 0 || parts[i] > 65'535 || part.front() == '-') {
      return std::nullopt;
    }
    if (dot == text.size()) return parts[0] << 32 | parts[1] << 16 | parts[2];
    text.remove_prefix(dot + 1);
  }
}

Expected<std::int64_t> in_domain(const FactInfo& fact, std::int64_t code) {
  if (code < fact.low || code > fact.high) return fail(outside_domain(fact, code));
  return code;
}

Expected<std::int64_t> parse_flags(const FactInfo& fact, std::string_view text) {
  std::vector<std::string> symbols;
  std::string_view rest = trim(text);
  const bool bracketed = rest.size() >= 2 && rest.front() == '<' && rest.back() == '>';
  if (bracketed) rest = trim(rest.substr(1, rest.size() - 2));
  if (rest.empty() && !bracketed) return refuse(fact, text);
  while (!rest.empty()) {
    std::size_t end = 0;  // of the symbol; a comma inside a quoted one does not end it
    if (rest.front() == '"') {
      const auto quoted = quoted_length(rest);
      if (!quoted) return badly_quoted(fact, text);
      end = *quoted;
    }
    const std::size_t comma = std::min(rest.find(',', end), rest.size());
    std::string storage;
    if (end == 0) {
      symbols.emplace_back(trim(rest.substr(0, comma)));
    } else {
      if (!trim(rest.substr(end, comma - end)).empty()) return badly_quoted(fact, text);
      symbols.emplace_back(unquote(rest.substr(0, end), storage));
    }
    rest = trim(rest.substr(std::min(comma + 1, rest.size())));
  }
  return code_of_flags(fact, {symbols.begin(), symbols.end()});
}

// -1: neither.
int parse_switch(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const char* on : {"1", "true", "on", "yes"}) {
    if (lower == on) return 1;
  }
  for (const char* off : {"0", "false", "off", "no"}) {
    if (lower == off) return 0;
  }
  return -1;
}

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string nearest(std::string_view text, const std::vector<std::string>& names) {
  std::size_t best = text.size() / 3 + 2;  // farther is no likeness
  const std::string* found = nullptr;
  for (const std::string& name : names) {
    if (name.size() > text.size() + best || text.size() > name.size() + best) continue;
    const std::size_t d = distance(text, name);
    if (d < best) {
      best = d;
      found = &name;
    }
  }
  return found == nullptr ? "" : fmt::format("; did you mean `{}`?", *found);
}

std::string outside_domain(const FactInfo& fact, std::int64_t code) {
  if (fact.kind == Kind::kInt || fact.kind == Kind::kVersion) {
    const auto text = [&](std::int64_t value) {
      if (fact.kind == Kind::kInt || value < 0) return std::to_string(value);
      FactInfo any = fact;
      any.low = any.high = value;
      return spell(any, value);
    };
    return fmt::format("fact `{}` is {}, outside {} .. {}", fact.name, text(code), text(fact.low),
                       text(fact.high));
  }
  return fmt::format("fact `{}` has the code {}, outside {} .. {}; it takes {}", fact.name, code,
                     fact.low, fact.high, takes(fact));
}

Expected<std::int64_t> code_of_text(const FactInfo& fact, std::string_view text) {
  if (fact.kind == Kind::kFlags) return parse_flags(fact, text);
  std::string storage;
  std::string_view value = trim(text);
  if (!value.empty() && value.front() == '"') {
    if (quoted_length(value) != value.size()) return badly_quoted(fact, text);
    value = unquote(value, storage);
  }
  switch (fact.kind) {
    case Kind::kBool:
      if (value == "true" || value == "1") return 1;
      if (value == "false" || value == "0") return 0;
      return refuse(fact, text);
    case Kind::kEnum: {
      const auto symbol = find_symbol(fact, value);
      if (!symbol) return no_symbol(fact, value);
      return static_cast<std::int64_t>(*symbol);
    }
    case Kind::kName:
      // An unlisted name is `other`, the code behind the listed ones.
      if (value.empty()) return refuse(fact, text);
      return static_cast<std::int64_t>(find_symbol(fact, value).value_or(fact.symbols.size()));
    case Kind::kInt: {
      const auto number = parse_integer(value);
      if (!number) return refuse(fact, text);
      return in_domain(fact, *number);
    }
    case Kind::kVersion: {
      const auto version = parse_version(value);
      if (!version) return refuse(fact, text);
      return in_domain(fact, *version);
    }
    case Kind::kFlags: break;
    case Kind::kSwitch:
      if (value == "unset") return 0;
      if (value == "off") return 1;
      if (value == "on") return 2;
      return refuse(fact, text);
  }
  return refuse(fact, text);
}

Expected<std::int64_t> code_of_int(const FactInfo& fact, std::int64_t value) {
  if (fact.kind == Kind::kInt) return in_domain(fact, value);
  if (fact.kind == Kind::kBool && (value == 0 || value == 1)) return value;
  if (fact.kind == Kind::kVersion && value >= 0 && value <= 65'535) {
    return in_domain(fact, value << 32);
  }
  return refuse(fact, std::to_string(value));
}

Expected<std::int64_t> code_of_bool(const FactInfo& fact, bool value) {
  if (fact.kind == Kind::kBool) return value ? 1 : 0;
  if (fact.kind == Kind::kSwitch) return value ? 2 : 1;
  return refuse(fact, value ? "true" : "false");
}

Expected<std::int64_t> code_of_flags(const FactInfo& fact,
                                     const std::vector<std::string_view>& symbols) {
  if (fact.kind != Kind::kFlags) return refuse(fact, "a set");
  std::int64_t code = 0;
  for (const std::string_view text : symbols) {
    const auto symbol = find_symbol(fact, text);
    if (!symbol) return no_symbol(fact, text);
    code |= std::int64_t{1} << *symbol;
  }
  return code;
}

Expected<std::int64_t> code_of_environment(const FactInfo& fact, std::string_view text) {
  if (fact.kind != Kind::kBool && fact.kind != Kind::kSwitch) return code_of_text(fact, text);
  const int on = parse_switch(trim(text));
  if (on < 0) {
    return fail(fmt::format("the environment variable {} (fact `{}`) is `{}`; it takes 1, true, on, "
                            "yes or 0, false, off, no",
                            fact.source_key.empty() ? fact.name : fact.source_key, fact.name, text));
  }
  return code_of_bool(fact, on == 1);
}

}  // namespace switchyard
