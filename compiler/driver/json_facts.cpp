#include "compiler/driver/json_facts.h"

#include <fmt/format.h>

namespace switchyard::driver {

using simdjson::dom::element_type;

namespace {

// What a fact of this kind is in JSON.
std::string_view expected(FactInfo::Kind kind) {
  switch (kind) {
    case FactInfo::Kind::kBool: return "true or false";
    case FactInfo::Kind::kEnum:
    case FactInfo::Kind::kName: return "a string";
    case FactInfo::Kind::kInt: return "a 64-bit integer";
    case FactInfo::Kind::kVersion: return "a string such as \"6.4\"";
    case FactInfo::Kind::kFlags: return "an array of strings";
    case FactInfo::Kind::kSwitch: return "\"unset\", \"off\" or \"on\"";
  }
  return "another value";
}

}  // namespace

JsonFacts::JsonFacts(const Table& table) : table_(table), row_(table) {
  const auto& facts = table.facts();
  for (std::uint32_t f = 0; f < facts.size(); ++f) index_.emplace(facts[f].name, f);
}

Expected<const void*> JsonFacts::read(std::string_view line) {
  simdjson::dom::element document;
  // false: the padding behind the line is there already, so nothing is copied.
  if (const auto code = parser_.parse(line.data(), line.size(), false).get(document)) {
    return fail(fmt::format("not a JSON document: {}", simdjson::error_message(code)));
  }
  simdjson::dom::object object;
  if (document.get(object) != simdjson::SUCCESS) {
    return fail("expected an object of facts, such as {\"tokens\": 8}");
  }
  return read(object);
}

Expected<const void*> JsonFacts::read(const simdjson::dom::object& object) {
  row_.clear();
  for (const auto& member : object) {
    const auto found = index_.find(member.key);
    if (found == index_.end()) {
      if (!ignore_unknown_) return fail(row_.index_of(member.key).error().message);
      note_unknown(member.key);
      continue;
    }
    if (row_.is_set(found->second)) {
      return fail(fmt::format("fact `{}` is given twice", member.key));
    }
    if (const auto done = set(found->second, member.value); !done) return fail(done.error().message);
  }
  for (const Filling& filling : fillings_) {
    if (row_.is_set(filling.fact)) continue;
    if (const auto done = row_.set_text(filling.fact, filling.text); !done) {
      return fail(done.error().message);
    }
  }
  return row_.finish();
}

Expected<void> JsonFacts::add_filling(std::string_view argument) {
  const std::size_t equals = argument.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return fail(fmt::format("`{}` is not of the form fact=value", argument));
  }
  const Expected<std::uint32_t> fact = row_.index_of(argument.substr(0, equals));
  if (!fact) return fail(fact.error().message);
  for (const Filling& before : fillings_) {
    if (before.fact == *fact) {
      return fail(fmt::format("fact `{}` is given twice", table_.facts()[*fact].name));
    }
  }
  Filling filling{*fact, std::string(argument.substr(equals + 1))};
  row_.clear();
  if (const auto done = row_.set_text(filling.fact, filling.text); !done) {
    return fail(done.error().message);
  }
  fillings_.push_back(std::move(filling));
  return {};
}

void JsonFacts::note_unknown(std::string_view name) {
  const auto found = unknown_.find(name);
  if (found != unknown_.end()) ++found->second;
  else if (unknown_.size() < kMaxUnknown) unknown_.emplace(name, 1);
}

Expected<void> JsonFacts::set(std::uint32_t fact, const simdjson::dom::element& value) {
  switch (value.type()) {
    case element_type::STRING: return row_.set_text(fact, value.get_string().value_unsafe());
    case element_type::INT64: return row_.set_int(fact, value.get_int64().value_unsafe());
    case element_type::BOOL: return row_.set_bool(fact, value.get_bool().value_unsafe());
    case element_type::ARRAY: return set_array(fact, value.get_array().value_unsafe());
    case element_type::UINT64:
    case element_type::DOUBLE:
    case element_type::OBJECT:
    case element_type::NULL_VALUE: break;
  }
  // No fact takes these; as text, an open `name` would.
  return fail(fmt::format("fact `{}` cannot be {}; give {}, or leave the fact out if it has a default",
                          table_.facts()[fact].name, simdjson::minify(value),
                          expected(table_.facts()[fact].kind)));
}

Expected<void> JsonFacts::set_array(std::uint32_t fact, const simdjson::dom::array& values) {
  const FactInfo& info = table_.facts()[fact];
  if (info.kind != FactInfo::Kind::kFlags) {
    return fail(fmt::format("fact `{}` cannot be {}; give {}", info.name, simdjson::minify(values),
                            expected(info.kind)));
  }
  symbols_.clear();
  for (const auto& value : values) {
    std::string_view symbol;
    if (value.get(symbol) != simdjson::SUCCESS) {
      return fail(fmt::format("fact `{}`: expected an array of symbols, found {}",
                              info.name, simdjson::minify(values)));
    }
    symbols_.push_back(symbol);
  }
  return row_.set_flags(fact, symbols_);
}

}  // namespace switchyard::driver
