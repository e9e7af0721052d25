#include "runtime/decide/fact_row.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "runtime/decide/fact_value.h"

namespace switchyard {

FactRow::FactRow(const Table& table)
    : table_(&table), bytes_((table.facts_size() + 7) / 8), set_(table.facts().size()) {
  clear();
}

void FactRow::clear() {
  std::fill(set_.begin(), set_.end(), std::uint8_t{0});
  std::fill(bytes_.begin(), bytes_.end(), 0);
  for (std::uint32_t f = 0; f < set_.size(); ++f) store(f, table_->facts()[f].low);
}

void FactRow::store(std::uint32_t fact, std::int64_t code) {
  const FactInfo& info = table_->facts()[fact];
  auto* at = reinterpret_cast<unsigned char*>(bytes_.data()) + info.offset;
  if (info.width == 8) {
    std::memcpy(at, &code, sizeof code);
  } else {
    const auto narrow = static_cast<std::int32_t>(code);
    std::memcpy(at, &narrow, sizeof narrow);
  }
}

Expected<void> FactRow::keep(std::uint32_t fact, const Expected<std::int64_t>& code) {
  if (!code) return fail(code.error().message);
  store(fact, *code);
  set_[fact] = 1;
  return {};
}

Expected<std::uint32_t> FactRow::index_of(std::string_view fact) const {
  if (const auto found = table_->fact_index(fact)) return *found;
  std::vector<std::string> names;
  for (const FactInfo& info : table_->facts()) names.push_back(info.name);
  std::string hint = nearest(fact, names);
  if (hint.empty()) hint = "; `policyc inspect` lists its facts";
  return fail(fmt::format("the policy `{}` has no fact `{}`{}", table_->policy(), fact, hint));
}

Expected<void> FactRow::set_text(std::uint32_t fact, std::string_view text) {
  return keep(fact, code_of_text(table_->facts()[fact], text));
}
Expected<void> FactRow::set_int(std::uint32_t fact, std::int64_t value) {
  return keep(fact, code_of_int(table_->facts()[fact], value));
}
Expected<void> FactRow::set_bool(std::uint32_t fact, bool value) {
  return keep(fact, code_of_bool(table_->facts()[fact], value));
}
Expected<void> FactRow::set_flags(std::uint32_t fact,
                                  const std::vector<std::string_view>& symbols) {
  return keep(fact, code_of_flags(table_->facts()[fact], symbols));
}
Expected<void> FactRow::set_environment(std::uint32_t fact, std::string_view text) {
  return keep(fact, code_of_environment(table_->facts()[fact], text));
}
Expected<void> FactRow::set_code(std::uint32_t fact, std::int64_t code) {
  const FactInfo& info = table_->facts()[fact];
  if (code < info.low || code > info.high) return fail(outside_domain(info, code));
  return keep(fact, code);
}

Expected<void> FactRow::set_text(std::string_view fact, std::string_view text) {
  return index_of(fact).and_then([&](std::uint32_t f) { return set_text(f, text); });
}
Expected<void> FactRow::set_int(std::string_view fact, std::int64_t value) {
  return index_of(fact).and_then([&](std::uint32_t f) { return set_int(f, value); });
}
Expected<void> FactRow::set_bool(std::string_view fact, bool value) {
  return index_of(fact).and_then([&](std::uint32_t f) { return set_bool(f, value); });
}
Expected<void> FactRow::set_flags(std::string_view fact,
                                  const std::vector<std::string_view>& symbols) {
  return index_of(fact).and_then([&](std::uint32_t f) { return set_flags(f, symbols); });
}
Expected<void> FactRow::set_environment(std::string_view fact, std::string_view text) {
  return index_of(fact).and_then([&](std::uint32_t f) { return set_environment(f, text); });
}

Expected<const void*> FactRow::finish() {
  std::string missing;
  std::size_t count = 0;
  for (std::uint32_t f = 0; f < set_.size(); ++f) {
    if (set_[f] != 0) continue;
    const FactInfo& info = table_->facts()[f];
    if (info.default_code) {
      store(f, *info.default_code);
      continue;
    }
    missing += (count++ == 0 ? "`" : ", `") + info.name + "`";
  }
  if (count == 0) return data();
  return fail(fmt::format("fact{} {} {} missing and {} no default; send a value", count == 1 ? "" : "s",
                          missing, count == 1 ? "is" : "are", count == 1 ? "has" : "have"));
}

}  // namespace switchyard
