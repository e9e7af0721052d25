#include "runtime/facts/binder.h"

#include <fmt/format.h>

#include <optional>

namespace switchyard::facts {
namespace {

std::optional<Source> source_of(const FactInfo& fact) {
  switch (fact.source) {
    case FactInfo::Source::kEngine:
      return std::nullopt;
    case FactInfo::Source::kEnv:
      return Source::environment;
    case FactInfo::Source::kDevice:
      return Source::device;
    case FactInfo::Source::kModel:
      return Source::model;
  }
  return std::nullopt;
}

Expected<void> set_value(FactRow& row, std::uint32_t fact, const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return row.set_bool(fact, *flag);
  if (const auto* number = std::get_if<std::int64_t>(&value)) return row.set_int(fact, *number);
  return row.set_text(fact, std::get<std::string>(value));
}

std::string keys_of(Source source, std::span<const Provided> provided) {
  std::string keys;
  for (const Provided& entry : provided) {
    if (entry.source == source) keys += (keys.empty() ? "" : ", ") + entry.key;
  }
  return keys;
}

}  // namespace

Binder::Binder(const Table& table, std::span<const Provided> provided,
               const Environment& environment, Caller caller)
    : table_(table),
      provided_(provided),
      environment_(environment),
      caller_(caller),
      row_(table),
      origins_(table.facts().size()) {}

void Binder::override_fact(const Override& given) {
  const std::string by = caller_ == Caller::kCommandLine ? "--fact" : "override";
  const Expected<std::uint32_t> fact = row_.index_of(given.name);
  if (!fact) return note(fact.error().message);
  if (!origins_[*fact].empty()) {
    return note(fmt::format("fact `{}` is given twice by {}", given.name, by));
  }
  origins_[*fact] = by;
  check(row_.set_text(*fact, given.value), by);
}

Binder::Bound Binder::bind_fact(std::uint32_t fact) {
  if (!origins_[fact].empty()) return Bound::kValue;
  const FactInfo& info = table_.facts()[fact];
  if (info.source == FactInfo::Source::kEnv) return bind_variable(fact, info);
  const std::optional<Source> source = source_of(info);
  const std::string& key = source ? info.source_key : info.name;
  for (const Provided& entry : provided_) {
    if (entry.key != key || (source && entry.source != *source)) continue;
    origins_[fact] = entry.origin;
    check(set_value(row_, fact, entry.value), entry.origin);
    return Bound::kValue;
  }
  if (!source) return Bound::kNobody;
  const std::string keys = keys_of(*source, provided_);
  if (keys.empty() && caller_ == Caller::kEngine) return Bound::kNobody;
  note(fmt::format("fact `{}` is read `from {} {}`, but {}; {}", info.name, name_of(*source), key,
                   keys.empty() ? fmt::format("no {} is given", name_of(*source))
                                : fmt::format("{} has {}", name_of(*source), keys),
                   by_hand(info)));
  return Bound::kValue;
}

void Binder::no_such_key(std::uint32_t fact, const std::string& origin) {
  const FactInfo& info = table_.facts()[fact];
  const Source source = info.source == FactInfo::Source::kModel ? Source::model : Source::device;
  note(fmt::format("fact `{}` is read `from {} {}`, but {} has no such key; {}", info.name,
                   name_of(source), info.source_key, origin, by_hand(info)));
}

Binder::Bound Binder::bind_variable(std::uint32_t fact, const FactInfo& info) {
  if (!info.replaces.empty() && environment_(info.replaces)) {
    note_renamed(info);
    return Bound::kValue;
  }
  const std::optional<std::string> text = environment_(info.source_key);
  if (text) {
    origins_[fact] = fmt::format("environment variable {}={}", info.source_key, *text);
    check(row_.set_environment(fact, *text), origins_[fact]);
    return Bound::kValue;
  }
  const std::string unset = fmt::format("environment variable {} is not set", info.source_key);
  if (info.kind == FactInfo::Kind::kSwitch) {
    origins_[fact] = unset;
    check(row_.set_text(fact, "unset"), unset);
    return Bound::kValue;
  }
  if (info.default_code) {
    origins_[fact] = unset + ": default of the policy";
    return Bound::kDefault;
  }
  note(fmt::format("{}, and fact `{}` has no default; set it, or {}", unset, info.name,
                   by_hand(info)));
  return Bound::kValue;
}

void Binder::note_renamed(const FactInfo& info) {
  if (environment_(info.source_key)) {
    return note(
        fmt::format("environment variable {} was renamed to {}, which is set too: remove {} "
                    "(fact `{}`)",
                    info.replaces, info.source_key, info.replaces, info.name));
  }
  note(fmt::format("environment variable {} was renamed: set {} instead, and remove {} (fact `{}`)",
                   info.replaces, info.source_key, info.replaces, info.name));
}

void Binder::use_default(std::uint32_t fact) {
  const FactInfo& info = table_.facts()[fact];
  if (info.default_code) {
    origins_[fact] = "default of the policy";
    return;
  }
  note(fmt::format("nothing here provides fact `{}`, and it has no default; {}", info.name,
                   by_hand(info)));
}

std::string Binder::by_hand(const FactInfo& info) const {
  if (caller_ == Caller::kCommandLine) {
    return fmt::format("give it with --fact {}=VALUE", info.name);
  }
  return fmt::format("give it as an override of `{}`", info.name);
}

void Binder::check(const Expected<void>& set, const std::string& origin) {
  if (!set) note(fmt::format("{} (from {})", set.error().message, origin));
}

void Binder::note(const std::string& problem) {
  problems_ += (problems_.empty() ? "" : "\n") + problem;
}

}  // namespace switchyard::facts
