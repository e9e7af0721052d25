// What an engine says and asks once, at its start.
#include <array>
#include <string>

#include "include/switchyard_log.h"
#include "runtime/capi/barrier.h"
#include "runtime/capi/handles.h"
#include "runtime/facts/probe.h"
#include "runtime/log/layer_line.h"
#include "runtime/table/fact_code.h"

namespace capi = switchyard::capi;
namespace facts = switchyard::facts;

namespace {

constexpr std::size_t kValueSize = 4'096;

capi::Outcome add(const switchyard_provider& given, facts::Surroundings& around) {
  if (given.value == nullptr) return capi::is_null("value");
  facts::Provider provider;
  switch (given.source) {
    case SWITCHYARD_FROM_DEVICE:
      provider.source = facts::Source::device;
      break;
    case SWITCHYARD_FROM_MODEL:
      provider.source = facts::Source::model;
      break;
    case SWITCHYARD_FROM_ENGINE:
      provider.source = facts::Source::engine;
      break;
    default:
      return capi::invalid(
          "`source` of a provider is SWITCHYARD_FROM_ENGINE, _DEVICE or _MODEL; environment "
          "variables are read without one");
  }
  provider.origin = given.origin != nullptr ? given.origin : name_of(provider.source);
  provider.value = [&given](const std::string& key) -> std::optional<facts::Value> {
    std::array<char, kValueSize> text{};
    if (given.value(given.user, key.c_str(), text.data(), text.size()) != 0) return std::nullopt;
    text.back() = '\0';
    return std::string(text.data());
  };
  around.providers.push_back(std::move(provider));
  return capi::kDone;
}

}  // namespace

switchyard_status switchyard_facts_probe(switchyard_facts* facts_row,
                                         const switchyard_provider* providers,
                                         size_t provider_count, char** listing,
                                         switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"facts"}, facts_row)) return null;
    if (providers == nullptr && provider_count != 0) return capi::is_null("providers");
    facts::Surroundings around;
    for (size_t i = 0; i < provider_count; ++i) {
      if (auto wrong = add(providers[i], around)) return wrong;
    }
    const auto& declared = facts_row->table.facts();
    for (std::uint32_t f = 0; f < declared.size(); ++f) {
      if (!facts_row->row.is_set(f)) continue;
      around.overrides.push_back(
          {declared[f].name, spell(declared[f], code_in(facts_row->row.data(), declared[f]))});
    }
    auto probed = probe_facts(facts_row->table, around);
    if (!probed) return capi::failure(SWITCHYARD_BAD_FACT, probed.error());
    if (listing != nullptr) *listing = capi::new_string(to_text(*probed));
    for (std::uint32_t f = 0; f < declared.size(); ++f) {
      if (!probed->row.is_set(f) || facts_row->row.is_set(f)) continue;
      const auto set = facts_row->row.set_code(f, code_in(probed->row.data(), declared[f]));
      if (!set) return capi::failure(SWITCHYARD_INTERNAL, set.error());
    }
    return capi::kDone;
  });
}

switchyard_status switchyard_layer_text(const char* name, const switchyard_table* table,
                                        const void* facts_struct, char** out,
                                        switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null =
            capi::null_among({"name", "table", "facts", "out"}, name, table, facts_struct, out)) {
      return null;
    }
    *out = capi::new_string(switchyard::layer_line(name, table->table, facts_struct));
    return capi::kDone;
  });
}
