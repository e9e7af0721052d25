#include <string_view>

#include "runtime/capi/barrier.h"
#include "runtime/capi/handles.h"
#include "runtime/capi/numbered.h"

using switchyard::Expected;
using switchyard::FactRow;
namespace capi = switchyard::capi;

namespace {

capi::Outcome told(const Expected<void>& set) {
  if (set) return capi::kDone;
  return capi::failure(SWITCHYARD_BAD_FACT, set.error());
}

// By name: `set` is given the row and the name.
template <typename Set>
switchyard_status set_named(switchyard_facts* facts, const char* name, switchyard_error** error,
                            Set&& set) noexcept {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"facts", "name"}, facts, name)) return null;
    return told(set(facts->row, std::string_view(name)));
  });
}

template <typename Set>
switchyard_status set_numbered(switchyard_facts* facts, uint32_t fact, switchyard_error** error,
                               Set&& set) noexcept {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"facts"}, facts)) return null;
    if (auto outside = capi::outside("fact", fact, facts->table.facts().size())) return outside;
    return told(set(facts->row, fact));
  });
}

}  // namespace

switchyard_status switchyard_facts_new(const switchyard_table* table, switchyard_facts** out,
                                       switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"table", "out"}, table, out)) return null;
    *out = new switchyard_facts(table->table);
    return capi::kDone;
  });
}

void switchyard_facts_free(switchyard_facts* facts) { delete facts; }

void switchyard_facts_clear(switchyard_facts* facts) {
  if (facts != nullptr) facts->row.clear();
}

switchyard_status switchyard_facts_set_text(switchyard_facts* facts, const char* name,
                                            const char* text, switchyard_error** error) {
  if (text == nullptr) return capi::report(capi::is_null("text"), error);
  return set_named(facts, name, error,
                   [&](FactRow& row, std::string_view fact) { return row.set_text(fact, text); });
}

switchyard_status switchyard_facts_set_int(switchyard_facts* facts, const char* name, int64_t value,
                                           switchyard_error** error) {
  return set_named(facts, name, error,
                   [&](FactRow& row, std::string_view fact) { return row.set_int(fact, value); });
}

switchyard_status switchyard_facts_set_bool(switchyard_facts* facts, const char* name, int value,
                                            switchyard_error** error) {
  return set_named(facts, name, error, [&](FactRow& row, std::string_view fact) {
    return row.set_bool(fact, value != 0);
  });
}

switchyard_status switchyard_facts_set_environment(switchyard_facts* facts, const char* name,
                                                   const char* text, switchyard_error** error) {
  if (text == nullptr) return capi::report(capi::is_null("text"), error);
  return set_named(facts, name, error, [&](FactRow& row, std::string_view fact) {
    return row.set_environment(fact, text);
  });
}

switchyard_status switchyard_facts_set_text_at(switchyard_facts* facts, uint32_t fact,
                                               const char* text, switchyard_error** error) {
  if (text == nullptr) return capi::report(capi::is_null("text"), error);
  return set_numbered(facts, fact, error,
                      [&](FactRow& row, uint32_t at) { return row.set_text(at, text); });
}

switchyard_status switchyard_facts_set_int_at(switchyard_facts* facts, uint32_t fact, int64_t value,
                                              switchyard_error** error) {
  return set_numbered(facts, fact, error,
                      [&](FactRow& row, uint32_t at) { return row.set_int(at, value); });
}

switchyard_status switchyard_facts_set_bool_at(switchyard_facts* facts, uint32_t fact, int value,
                                               switchyard_error** error) {
  return set_numbered(facts, fact, error,
                      [&](FactRow& row, uint32_t at) { return row.set_bool(at, value != 0); });
}

switchyard_status switchyard_facts_set_code_at(switchyard_facts* facts, uint32_t fact, int64_t code,
                                               switchyard_error** error) {
  return set_numbered(facts, fact, error,
                      [&](FactRow& row, uint32_t at) { return row.set_code(at, code); });
}

switchyard_status switchyard_facts_finish(switchyard_facts* facts, const void** out,
                                          switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"facts", "out"}, facts, out)) return null;
    const Expected<const void*> done = facts->row.finish();
    if (!done) return capi::failure(SWITCHYARD_MISSING_FACT, done.error());
    *out = *done;
    return capi::kDone;
  });
}
