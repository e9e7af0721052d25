#include "runtime/facts/bind.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <optional>

namespace switchyard::facts {
namespace {

std::optional<Source> source_of(const FactInfo& fact) {
  switch (fact.source) {
    case FactInfo::Source::kEngine: return std::nullopt;
    case FactInfo::Source::kEnv: return Source::environment;
    case FactInfo::Source::kDevice: return Source::device;
    case FactInfo::Source::kModel: return Source::model;
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

class Binder {
 public:
  Binder(const Table& table, std::span<const Provided> provided, const Environment& environment)
      : table_(table), provided_(provided), environment_(environment), result_{FactRow(table), {}},
        origins_(table.facts().size()) {}

  void override_fact(const Override& given) {
    const Expected<std::uint32_t> fact = result_.row.index_of(given.name);
    if (!fact) return note(fact.error().message);
    if (!origins_[*fact].empty()) {
      return note(fmt::format("fact `{}` is given twice by --fact", given.name));
    }
    origins_[*fact] = "--fact";
    check(result_.row.set_text(*fact, given.value), "--fact");
  }

  void bind_fact(std::uint32_t fact) {
    if (!origins_[fact].empty()) return;
    const FactInfo& info = table_.facts()[fact];
    if (info.source == FactInfo::Source::kEnv) return bind_variable(fact, info);
    const std::optional<Source> source = source_of(info);
    const std::string& key = source ? info.source_key : info.name;
    for (const Provided& entry : provided_) {
      if (entry.key != key || (source && entry.source != *source)) continue;
      origins_[fact] = entry.origin;
      return check(set_value(result_.row, fact, entry.value), entry.origin);
    }
    if (!source) return use_default(fact, info);
    const std::string keys = keys_of(*source, provided_);
    note(fmt::format("fact `{}` is read `from {} {}`, but {}; give it with --fact {}=VALUE",
                     info.name, name_of(*source), key,
                     keys.empty() ? fmt::format("no {} is given", name_of(*source))
                                  : fmt::format("{} has {}", name_of(*source), keys),
                     info.name));
  }

  Expected<BoundFacts> finish() {
    if (!problems_.empty()) return fail(problems_);
    const Expected<const void*> finished = result_.row.finish();
    if (!finished) return tl::unexpected(finished.error());
    for (std::uint32_t f = 0; f < table_.facts().size(); ++f) {
      const FactInfo& info = table_.facts()[f];
      result_.facts.push_back({info.name, spell(info, code(*finished, info)), origins_[f]});
    }
    return std::move(result_);
  }

 private:
  void bind_variable(std::uint32_t fact, const FactInfo& info) {
    if (!info.replaces.empty() && environment_(info.replaces)) {
      return note(fmt::format("environment variable {} was renamed: set {} instead, and remove {} "
                              "(fact `{}`)",
                              info.replaces, info.source_key, info.replaces, info.name));
    }
    const std::optional<std::string> text = environment_(info.source_key);
    if (text) {
      origins_[fact] = fmt::format("environment variable {}={}", info.source_key, *text);
      return check(result_.row.set_environment(fact, *text), origins_[fact]);
    }
    const std::string unset = fmt::format("environment variable {} is not set", info.source_key);
    if (info.kind == FactInfo::Kind::kSwitch) {
      origins_[fact] = unset;
      return check(result_.row.set_text(fact, "unset"), unset);
    }
    if (info.default_code) {
      origins_[fact] = unset + ": default of the policy";
      return;
    }
    note(fmt::format("{}, and fact `{}` has no default; set it, or give --fact {}=VALUE", unset,
                     info.name, info.name));
  }

  void use_default(std::uint32_t fact, const FactInfo& info) {
    if (info.default_code) {
      origins_[fact] = "default of the policy";
      return;
    }
    note(fmt::format("nothing here provides fact `{}`, and it has no default; give it with --fact "
                     "{}=VALUE",
                     info.name, info.name));
  }

  // The struct holds an int32 or int64 a fact.
  static std::int64_t code(const void* facts, const FactInfo& info) {
    const auto* at = static_cast<const unsigned char*>(facts) + info.offset;
    if (info.width == 8) {
      std::int64_t wide = 0;
      std::memcpy(&wide, at, sizeof wide);
      return wide;
    }
    std::int32_t narrow = 0;
    std::memcpy(&narrow, at, sizeof narrow);
    return narrow;
  }

  void check(const Expected<void>& set, const std::string& origin) {
    if (!set) note(fmt::format("{} (from {})", set.error().message, origin));
  }

  void note(const std::string& problem) {
    problems_ += (problems_.empty() ? "" : "\n") + problem;
  }

  const Table& table_;
  std::span<const Provided> provided_;
  const Environment& environment_;
  BoundFacts result_;
  std::vector<std::string> origins_;  // empty: not bound yet
  std::string problems_;
};

}  // namespace

Expected<Override> parse_override(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    return fail(fmt::format("`{}` is not of the form NAME=VALUE", text));
  }
  return Override{text.substr(0, equals), text.substr(equals + 1)};
}

Expected<BoundFacts> bind_facts(const Table& table, std::span<const Provided> provided,
                                const Environment& environment,
                                std::span<const Override> overrides) {
  Binder binder(table, provided, environment);
  for (const Override& given : overrides) binder.override_fact(given);
  for (std::uint32_t f = 0; f < table.facts().size(); ++f) binder.bind_fact(f);
  return binder.finish();
}

}  // namespace switchyard::facts
