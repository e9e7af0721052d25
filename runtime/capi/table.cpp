#include <span>

#include "runtime/capi/barrier.h"
#include "runtime/capi/handles.h"
#include "runtime/capi/numbered.h"
#include "runtime/decide/fact_value.h"
#include "runtime/table/inspect.h"

using switchyard::Expected;
using switchyard::FactInfo;
using switchyard::Table;
namespace capi = switchyard::capi;

namespace {

static_assert(static_cast<int>(FactInfo::Kind::kBool) == SWITCHYARD_FACT_BOOL);
static_assert(static_cast<int>(FactInfo::Kind::kEnum) == SWITCHYARD_FACT_ENUM);
static_assert(static_cast<int>(FactInfo::Kind::kName) == SWITCHYARD_FACT_NAME);
static_assert(static_cast<int>(FactInfo::Kind::kInt) == SWITCHYARD_FACT_INT);
static_assert(static_cast<int>(FactInfo::Kind::kVersion) == SWITCHYARD_FACT_VERSION);
static_assert(static_cast<int>(FactInfo::Kind::kFlags) == SWITCHYARD_FACT_FLAGS);
static_assert(static_cast<int>(FactInfo::Kind::kSwitch) == SWITCHYARD_FACT_SWITCH);
static_assert(static_cast<int>(FactInfo::Source::kEngine) == SWITCHYARD_FROM_ENGINE);
static_assert(static_cast<int>(FactInfo::Source::kEnv) == SWITCHYARD_FROM_ENV);
static_assert(static_cast<int>(FactInfo::Source::kDevice) == SWITCHYARD_FROM_DEVICE);
static_assert(static_cast<int>(FactInfo::Source::kModel) == SWITCHYARD_FROM_MODEL);

capi::Outcome take(Expected<Table> opened, switchyard_table** out) {
  if (!opened) return capi::failure(SWITCHYARD_BAD_TABLE, opened.error());
  *out = new switchyard_table{std::move(*opened)};
  return capi::kDone;
}

}  // namespace

switchyard_status switchyard_table_open(const char* path, switchyard_table** out,
                                        switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"path", "out"}, path, out)) return null;
    return take(Table::open(path), out);
  });
}

switchyard_status switchyard_table_from_bytes(const void* bytes, size_t size, const char* name,
                                              switchyard_table** out, switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"bytes", "name", "out"}, bytes, name, out)) return null;
    return take(Table::from_bytes({static_cast<const std::byte*>(bytes), size}, name), out);
  });
}

switchyard_status switchyard_table_share(const switchyard_table* table, switchyard_table** out,
                                         switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"table", "out"}, table, out)) return null;
    *out = new switchyard_table{table->table};
    return capi::kDone;
  });
}

void switchyard_table_free(switchyard_table* table) { delete table; }

switchyard_str switchyard_table_policy(const switchyard_table* table) {
  return capi::view_of(table->table.policy());
}
switchyard_str switchyard_table_hash(const switchyard_table* table) {
  return capi::view_of(table->table.hash());
}
switchyard_str switchyard_table_compiler(const switchyard_table* table) {
  return capi::view_of(table->table.compiler());
}
size_t switchyard_table_facts_size(const switchyard_table* table) {
  return table->table.facts_size();
}
size_t switchyard_table_facts_alignment(const switchyard_table* table) {
  return table->table.facts_alignment();
}
uint32_t switchyard_table_fact_count(const switchyard_table* table) {
  return static_cast<uint32_t>(table->table.facts().size());
}

switchyard_status switchyard_table_fact(const switchyard_table* table, uint32_t fact,
                                        switchyard_fact* out, switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"table", "out"}, table, out)) return null;
    if (auto outside = capi::outside("fact", fact, table->table.facts().size())) return outside;
    const FactInfo& info = table->table.facts()[fact];
    *out = switchyard_fact{
        .name = capi::view_of(info.name),
        .doc = capi::view_of(info.doc),
        .source_key = capi::view_of(info.source_key),
        .low = info.low,
        .high = info.high,
        .default_code = info.default_code.value_or(0),
        .has_default = info.default_code.has_value(),
        .kind = static_cast<uint32_t>(info.kind),
        .source = static_cast<uint32_t>(info.source),
        .symbol_count = static_cast<uint32_t>(info.symbols.size()),
        .offset = info.offset,
        .width = info.width,
    };
    return capi::kDone;
  });
}

switchyard_status switchyard_table_fact_index(const switchyard_table* table, const char* name,
                                              uint32_t* out, switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"table", "name", "out"}, table, name, out)) return null;
    const Expected<uint32_t> index = switchyard::FactRow(table->table).index_of(name);
    if (!index) return capi::failure(SWITCHYARD_BAD_FACT, index.error());
    *out = *index;
    return capi::kDone;
  });
}

switchyard_status switchyard_table_fact_symbol(const switchyard_table* table, uint32_t fact,
                                               uint32_t symbol, switchyard_str* out,
                                               switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"table", "out"}, table, out)) return null;
    if (auto outside = capi::outside("fact", fact, table->table.facts().size())) return outside;
    const auto& symbols = table->table.facts()[fact].symbols;
    if (auto outside = capi::outside("symbol", symbol, symbols.size())) return outside;
    *out = capi::view_of(symbols[symbol]);
    return capi::kDone;
  });
}

switchyard_status switchyard_table_fact_code(const switchyard_table* table, uint32_t fact,
                                             const char* text, int64_t* out,
                                             switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"table", "text", "out"}, table, text, out)) return null;
    if (auto outside = capi::outside("fact", fact, table->table.facts().size())) return outside;
    const Expected<int64_t> code = switchyard::code_of_text(table->table.facts()[fact], text);
    if (!code) return capi::failure(SWITCHYARD_BAD_FACT, code.error());
    *out = *code;
    return capi::kDone;
  });
}

switchyard_status switchyard_table_fact_text(const switchyard_table* table, uint32_t fact,
                                             int64_t code, char** out, switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"table", "out"}, table, out)) return null;
    if (auto outside = capi::outside("fact", fact, table->table.facts().size())) return outside;
    *out = capi::new_string(switchyard::spell(table->table.facts()[fact], code));
    return capi::kDone;
  });
}

switchyard_status switchyard_table_inspect(const switchyard_table* table, char** out,
                                           switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"table", "out"}, table, out)) return null;
    *out = capi::new_string(switchyard::inspect(table->table));
    return capi::kDone;
  });
}
