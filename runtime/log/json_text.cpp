#include "runtime/log/json_text.h"

#include <fmt/format.h>

#include <ctime>
#include <iterator>

#include "runtime/decide/why.h"
#include "runtime/log/utf8.h"
#include "runtime/table/fact_code.h"

namespace switchyard {
namespace {

void append_symbol(std::string& out, const FactInfo& fact, std::int64_t code) {
  const auto index = static_cast<std::size_t>(code);
  append_json_string(out, index < fact.symbols.size() ? fact.symbols[index] : "other");
}

void append_value(std::string& out, const FactInfo& fact, std::int64_t code) {
  if (code < fact.low || code > fact.high) {
    fmt::format_to(std::back_inserter(out), "{}", code);
    return;
  }
  switch (fact.kind) {
    case FactInfo::Kind::kBool:
      out += code != 0 ? "true" : "false";
      return;
    case FactInfo::Kind::kEnum:
    case FactInfo::Kind::kName:
      append_symbol(out, fact, code);
      return;
    case FactInfo::Kind::kInt:
      fmt::format_to(std::back_inserter(out), "{}", code);
      return;
    case FactInfo::Kind::kVersion:
    case FactInfo::Kind::kSwitch:
      append_json_string(out, spell(fact, code));
      return;
    case FactInfo::Kind::kFlags: {
      out += '[';
      bool any = false;
      for (std::size_t i = 0; i < fact.symbols.size(); ++i) {
        if (((code >> i) & 1) == 0) continue;
        if (any) out += ", ";
        append_json_string(out, fact.symbols[i]);
        any = true;
      }
      out += ']';
      return;
    }
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for_each_character(text, [&](std::string_view character) {
    const auto c = static_cast<unsigned char>(character[0]);
    if (c == '\n') {
      out += "\\n";
    } else if (c < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out += character;
    }
  });
  out += '"';
}

void append_json_facts(std::string& out, const Table& table, const void* facts) {
  out += '{';
  for (const FactInfo& fact : table.facts()) {
    if (out.back() != '{') out += ", ";
    append_json_string(out, fact.name);
    out += ": ";
    append_value(out, fact, code_in(facts, fact));
  }
  out += '}';
}

std::string json_outcome(const Table& table, const Decision& decision, const void* facts) {
  std::string out;
  const auto member = [&](std::string_view name, std::string_view text) {
    fmt::format_to(std::back_inserter(out), "{}\"{}\": ", out.empty() ? "" : ", ", name);
    append_json_string(out, text);
  };
  switch (decision.kind) {
    case Decision::Kind::kTarget: {
      const OutcomeInfo& outcome = table.outcomes()[decision.index];
      const TargetInfo& target = table.targets()[outcome.target];
      member("outcome", "target");
      member("target", target.name);
      out += ", \"parameters\": {";
      for (std::size_t p = 0; p < target.parameters.size(); ++p) {
        if (p > 0) out += ", ";
        append_json_string(out, target.parameters[p].name);
        out += ": ";
        const std::string value = spell(target.parameters[p], outcome.parameters[p]);
        if (target.parameters[p].is_integer) {
          out += value;
        } else {
          append_json_string(out, value);
        }
      }
      out += '}';
      break;
    }
    case Decision::Kind::kRefused:
      member("outcome", "refused");
      break;
    case Decision::Kind::kExcluded:
      member("outcome", "excluded");
      member("rule", table.assumptions()[decision.index].location);
      break;
    case Decision::Kind::kUndecided:
      break;
    case Decision::Kind::kBadFact:
      member("bad_fact", describe(table, decision, facts).message);
      break;
  }
  if (decision.rule != Decision::kNone) member("rule", table.rules()[decision.rule].location);
  return out;
}

std::string rfc3339(std::int64_t nanoseconds) {
  const std::time_t seconds = static_cast<std::time_t>(nanoseconds / 1'000'000'000);
  std::tm utc = {};
  ::gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                     nanoseconds / 1'000'000 % 1'000);
}

}  // namespace switchyard
