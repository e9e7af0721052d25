#include "runtime/store/same_schema.h"

#include <algorithm>

#include <fmt/format.h>

namespace switchyard {
namespace {

const char* name_of(FactInfo::Kind kind) {
  switch (kind) {
    case FactInfo::Kind::kBool: return "bool";
    case FactInfo::Kind::kEnum: return "enum";
    case FactInfo::Kind::kName: return "name";
    case FactInfo::Kind::kInt: return "int";
    case FactInfo::Kind::kVersion: return "version";
    case FactInfo::Kind::kFlags: return "flags";
    case FactInfo::Kind::kSwitch: return "switch";
  }
  return "unknown";
}

std::string list_of(const std::vector<std::string>& symbols) {
  return fmt::format("{{ {} }}", fmt::join(symbols, ", "));
}

std::string source_of(const FactInfo& fact) {
  switch (fact.source) {
    case FactInfo::Source::kEngine: return "from the engine";
    case FactInfo::Source::kEnv: return fmt::format("from env \"{}\"", fact.source_key);
    case FactInfo::Source::kDevice: return "from device " + fact.source_key;
    case FactInfo::Source::kModel: return "from model " + fact.source_key;
  }
  return "";
}

std::string default_of(const FactInfo& fact) {
  return fact.default_code ? "the default " + spell(fact, *fact.default_code) : "no default";
}

// What no longer means the same; empty if nothing.
std::string difference(const FactInfo& was, const FactInfo& is) {
  if (was.kind != is.kind) return fmt::format("was {}, is {}", name_of(was.kind), name_of(is.kind));
  const bool may_grow = was.kind == FactInfo::Kind::kEnum || was.kind == FactInfo::Kind::kFlags;
  const bool same_symbols =
      may_grow ? was.symbols.size() <= is.symbols.size() &&
                     std::equal(was.symbols.begin(), was.symbols.end(), is.symbols.begin())
               : was.symbols == is.symbols;
  if (!same_symbols) return fmt::format("was {}, is {}", list_of(was.symbols), list_of(is.symbols));
  if (is.low > was.low || is.high < was.high) {
    return fmt::format("was {} .. {}, is {} .. {}", spell(was, was.low), spell(was, was.high),
                       spell(is, is.low), spell(is, is.high));
  }
  if (was.width != is.width || was.offset != is.offset) {
    return fmt::format("was {} bytes at {} of the struct, is {} at {}", was.width, was.offset,
                       is.width, is.offset);
  }
  if (was.source != is.source || was.source_key != is.source_key) {
    return fmt::format("was {}, is {}", source_of(was), source_of(is));
  }
  if (was.default_code != is.default_code) {
    return fmt::format("had {}, has {}", default_of(was), default_of(is));
  }
  return {};
}

}  // namespace

Expected<void> same_schema(const Table& built_for, const Table& table) {
  const std::vector<FactInfo>& was = built_for.facts();
  const std::vector<FactInfo>& is = table.facts();
  constexpr const char* kRemedy =
      "the facts of a running engine are those of its first table: restart it to change them";
  for (std::size_t f = 0; f < std::min(was.size(), is.size()); ++f) {
    if (was[f].name != is[f].name) {
      return fail(fmt::format("another schema: fact {} was `{}`, is `{}`; {}", f + 1, was[f].name,
                              is[f].name, kRemedy));
    }
    if (const std::string what = difference(was[f], is[f]); !what.empty()) {
      return fail(fmt::format("another schema: fact `{}` {}; {}", was[f].name, what, kRemedy));
    }
  }
  if (was.size() > is.size()) {
    return fail(fmt::format("another schema: fact `{}` is gone; {}", was[is.size()].name, kRemedy));
  }
  if (was.size() < is.size()) {
    return fail(fmt::format("another schema: fact `{}` is new; {}", is[was.size()].name, kRemedy));
  }
  return {};
}

}  // namespace switchyard
