#include <array>
#include <chrono>
#include <memory>

#include "include/switchyard_store.h"
#include "runtime/capi/barrier.h"
#include "runtime/capi/decision.h"
#include "runtime/capi/served_table.h"
#include "runtime/decide/decide.h"

using switchyard::Expected;
using switchyard::PolicyStore;
using switchyard::PolicyStoreOptions;
using switchyard::PolicyVersion;
using switchyard::StoreEvent;
using switchyard::Table;
using switchyard::capi::ServedTable;
namespace capi = switchyard::capi;

namespace {

static_assert(static_cast<int>(StoreEvent::Kind::kAccepted) == SWITCHYARD_STORE_ACCEPTED);
static_assert(static_cast<int>(StoreEvent::Kind::kHeld) == SWITCHYARD_STORE_HELD);
static_assert(static_cast<int>(StoreEvent::Kind::kRejected) == SWITCHYARD_STORE_REJECTED);
static_assert(static_cast<int>(StoreEvent::Kind::kPolling) == SWITCHYARD_STORE_POLLING);

constexpr std::size_t kReasonSize = 4'096;

// What the engine says of a table: its callback is given room for a reason.
template <typename Ask>
Expected<void> ask_engine(Ask&& ask) {
  std::array<char, kReasonSize> reason{};
  if (ask(reason.data(), reason.size()) == 0) return {};
  reason.back() = '\0';
  return switchyard::fail(
      reason.front() == '\0' ? "the engine refuses the table and gives no reason" : reason.data());
}

Expected<std::shared_ptr<const void>> serve(const switchyard_store_options& given,
                                            const Table& table) {
  auto served = std::make_shared<ServedTable>(ServedTable{{table}, std::nullopt});
  if (given.bind != nullptr) {
    switchyard_facts row(table);
    const auto bound = ask_engine(
        [&](char* reason, size_t size) { return given.bind(given.user, &row, reason, size); });
    if (!bound) return tl::unexpected(bound.error());
    auto residual = switchyard::ResidualTable::bind(row.table, row.row);
    if (!residual) return tl::unexpected(residual.error());
    served->residual = std::move(*residual);
  }
  return served;
}

template <typename Duration>
void set_if(Duration& member, uint32_t milliseconds) {
  if (milliseconds != 0) member = std::chrono::milliseconds(milliseconds);
}

PolicyStoreOptions options_of(const switchyard_store_options& given) {
  PolicyStoreOptions out;
  if (given.check != nullptr) {
    out.check = [given](const Table& table) {
      const switchyard_table handle{table};
      return ask_engine([&](char* reason, size_t size) {
        return given.check(given.user, &handle, reason, size);
      });
    };
  }
  if (given.log != nullptr) {
    out.log = [given](const StoreEvent& event) {
      given.log(given.user, static_cast<uint32_t>(event.kind), event.generation,
                event.text.c_str());
    };
  }
  out.attach = [given](const Table& table) { return serve(given, table); };
  if (given.compiler != nullptr) out.compiler = given.compiler;
  if (given.max_bytes != 0) out.max_bytes = given.max_bytes;
  set_if(out.compile_timeout, given.compile_timeout_ms);
  set_if(out.quiet, given.quiet_ms);
  set_if(out.poll, given.poll_ms);
  if (given.keep != 0) out.keep = given.keep;
  out.watch = given.no_watch == 0;
  out.inotify = given.no_inotify == 0;
  return out;
}

const PolicyVersion& read(switchyard_reader* reader, uint64_t* generation) noexcept {
  const PolicyVersion& version = reader->reader.read();
  if (generation != nullptr) *generation = version.generation();
  return version;
}

capi::Outcome told(const Expected<uint64_t>& done, uint64_t* generation) {
  if (!done) return capi::failure(SWITCHYARD_REFUSED, done.error());
  if (generation != nullptr) *generation = *done;
  return capi::kDone;
}

}  // namespace

switchyard_status switchyard_store_open(const char* path, const switchyard_store_options* options,
                                        switchyard_store** out, switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"path", "out"}, path, out)) return null;
    const switchyard_store_options none{};
    auto store = PolicyStore::open(path, options_of(options == nullptr ? none : *options));
    if (!store) return capi::failure(SWITCHYARD_REFUSED, store.error());
    *out = new switchyard_store{std::move(*store)};
    return capi::kDone;
  });
}

void switchyard_store_free(switchyard_store* store) { delete store; }

switchyard_status switchyard_reader_new(const switchyard_store* store, switchyard_reader** out,
                                        switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"store", "out"}, store, out)) return null;
    *out = new switchyard_reader{store->store->reader()};
    return capi::kDone;
  });
}

void switchyard_reader_free(switchyard_reader* reader) { delete reader; }

const switchyard_table* switchyard_reader_read(switchyard_reader* reader, uint64_t* generation) {
  return &read(reader, generation).attachment<ServedTable>()->table;
}

switchyard_decision switchyard_reader_decide(switchyard_reader* reader, const void* facts,
                                             uint64_t* generation) {
  const ServedTable& served = *read(reader, generation).attachment<ServedTable>();
  return capi::to_c(served.residual ? served.residual->decide(facts)
                                    : switchyard::decide(served.table.table, facts));
}

const switchyard_table* switchyard_reader_last(const switchyard_reader* reader,
                                               uint64_t* generation) {
  const PolicyVersion* version = reader->reader.last();
  if (version == nullptr) return nullptr;
  if (generation != nullptr) *generation = version->generation();
  return &version->attachment<ServedTable>()->table;
}

void switchyard_reader_rest(switchyard_reader* reader) {
  if (reader != nullptr) reader->reader.rest();
}

switchyard_status switchyard_store_table(const switchyard_store* store, switchyard_table** out,
                                         uint64_t* generation, switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"store", "out"}, store, out)) return null;
    const switchyard::PolicySnapshot snapshot = store->store->read();
    *out = new switchyard_table{snapshot.table()};
    if (generation != nullptr) *generation = snapshot.generation();
    return capi::kDone;
  });
}

switchyard_status switchyard_store_reload(switchyard_store* store, uint64_t* generation,
                                          switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"store"}, store)) return null;
    return told(store->store->reload(), generation);
  });
}

switchyard_status switchyard_store_pin(switchyard_store* store, uint64_t generation,
                                       switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"store"}, store)) return null;
    const Expected<void> done =
        generation == 0 ? store->store->pin() : store->store->pin(generation);
    if (!done) return capi::failure(SWITCHYARD_REFUSED, done.error());
    return capi::kDone;
  });
}

switchyard_status switchyard_store_unpin(switchyard_store* store, switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"store"}, store)) return null;
    store->store->unpin();
    return capi::kDone;
  });
}

switchyard_status switchyard_store_roll_back(switchyard_store* store, uint64_t* generation,
                                             switchyard_error** error) {
  return capi::guarded(error, [&]() -> capi::Outcome {
    if (auto null = capi::null_among({"store"}, store)) return null;
    return told(store->store->rollback(), generation);
  });
}
