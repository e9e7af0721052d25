#include "python/src/store_object.h"

#include <utility>

#include "python/src/raise.h"
#include "python/src/shared_object.h"
#include "python/src/text.h"

namespace py = pybind11;

namespace switchyard::python {
namespace {

// Set while a callback of any store runs in this thread, under that store's lock.
thread_local bool in_log = false;

Error error_of(const py::error_already_set& failed) { return {failed.what()}; }

std::shared_ptr<const void> asked(const Table& table, const py::dict& bind) {
  auto served = std::make_shared<const ServedTable>(ServedTable{table, 0});
  std::vector<StaticFact> fixed = FactReader(table).read_some(bind);
  return with_gil(
      std::make_unique<AskedTable>(std::move(served), std::move(fixed), py::len(bind) > 0));
}

std::string_view name_of(StoreEvent::Kind kind) {
  switch (kind) {
    case StoreEvent::Kind::kAccepted:
      return "accepted";
    case StoreEvent::Kind::kHeld:
      return "held";
    case StoreEvent::Kind::kRejected:
      return "rejected";
    case StoreEvent::Kind::kPolling:
      break;
  }
  return "polling";
}

void add_callbacks(const py::object& check, const py::object& log, const py::dict& bind,
                   PolicyStoreOptions& options) {
  if (!check.is_none()) {
    options.check = [check = shared(check)](const Table& table) -> Expected<void> {
      const py::gil_scoped_acquire locked;
      try {
        (*check)(table_for_python(table));
      } catch (const py::error_already_set& failed) {
        return tl::unexpected(error_of(failed));
      }
      return {};
    };
  }
  options.attach = [bind =
                        shared(bind)](const Table& table) -> Expected<std::shared_ptr<const void>> {
    const py::gil_scoped_acquire locked;
    try {
      return asked(table, py::reinterpret_borrow<py::dict>(*bind));
    } catch (const py::error_already_set& failed) {
      return tl::unexpected(error_of(failed));
    }
  };
  if (log.is_none()) return;
  options.log = [log = shared(log)](const StoreEvent& event) {
    const py::gil_scoped_acquire locked;
    in_log = true;
    try {
      (*log)(to_str(name_of(event.kind)), event.generation, to_str(event.text));
    } catch (py::error_already_set& failed) {
      failed.discard_as_unraisable("the log callback of a PolicyStore");
    }
    in_log = false;
  };
}

}  // namespace

StoreObject::StoreObject(const std::string& path, const py::object& check, const py::object& log,
                         const py::dict& bind, PolicyStoreOptions options) {
  add_callbacks(check, log, bind, options);
  auto opened = [&] {
    const py::gil_scoped_release unlocked;
    return PolicyStore::open(path, std::move(options));
  }();
  if (!opened) raise(kStoreError, opened.error().message);
  store_ = std::move(*opened);
  reader_.emplace(store_->reader());
  current();
}

StoreObject::~StoreObject() { close(); }

void StoreObject::close() {
  std::unique_ptr<PolicyStore> store = std::move(store_);
  if (store == nullptr) return;
  const py::gil_scoped_release unlocked;
  store.reset();
}

std::shared_ptr<AskedTable> StoreObject::current() {
  const PolicyVersion& version = reader_->read();
  if (version.generation() != generation_) [[unlikely]] {
    // Of one object, since only this one hands it out, under the GIL.
    current_ = std::static_pointer_cast<AskedTable>(
        std::const_pointer_cast<void>(version.shared_attachment()));
    current_->set_generation(version.generation());
    current_->record_to(log_);
    generation_ = version.generation();
  }
  return current_;
}

void StoreObject::record_to(std::shared_ptr<LogObject> log) {
  log_ = std::move(log);
  current()->record_to(log_);
}

ReloadCount StoreObject::reloads() const {
  PolicyStore& store = open_store();
  const StoreStatus status = [&] {
    const py::gil_scoped_release unlocked;
    return store.status();
  }();
  return {status.policy, status.accepted, status.rejected};
}

std::string StoreObject::metrics() const {
  Metrics metrics = log_ == nullptr ? Metrics{} : log_->metrics();
  metrics.reloads.push_back(reloads());
  return to_prometheus(metrics);
}

PyObject* StoreObject::decide(PyObject* const* values, Py_ssize_t positional,
                              PyObject* names) noexcept {
  // Kept through the call: reading a value may run Python code, which may decide again after a
  // swap.
  const std::shared_ptr<AskedTable> now = current();
  return now->decide(values, positional, names);
}

PolicyStore& StoreObject::open_store() const {
  if (store_ == nullptr) raise(kStoreError, "the store is closed");
  if (in_log)
    raise(kStoreError, "a log callback must not call a store: it is called under the store's lock");
  return *store_;
}

std::uint64_t StoreObject::reload() {
  PolicyStore& store = open_store();
  const auto done = [&] {
    const py::gil_scoped_release unlocked;
    return store.reload();
  }();
  if (!done) raise(kStoreError, done.error().message);
  return *done;
}

void StoreObject::pin(std::optional<std::uint64_t> generation) {
  PolicyStore& store = open_store();
  const auto done = [&] {
    const py::gil_scoped_release unlocked;
    return generation ? store.pin(*generation) : store.pin();
  }();
  if (!done) raise(kStoreError, done.error().message);
}

void StoreObject::unpin() {
  PolicyStore& store = open_store();
  const py::gil_scoped_release unlocked;
  store.unpin();
}

std::uint64_t StoreObject::rollback() {
  PolicyStore& store = open_store();
  const auto done = [&] {
    const py::gil_scoped_release unlocked;
    return store.rollback();
  }();
  if (!done) raise(kStoreError, done.error().message);
  return *done;
}

py::dict StoreObject::status() const {
  PolicyStore& store = open_store();
  const StoreStatus status = [&] {
    const py::gil_scoped_release unlocked;
    return store.status();
  }();
  py::dict out;
  out["path"] = to_str(status.path);
  out["policy"] = to_str(status.policy);
  out["generation"] = status.generation;
  out["hash"] = status.hash;
  out["pinned"] = status.pinned;
  out["waiting"] = status.waiting;
  out["polling"] = to_str(status.polling);
  out["accepted"] = status.accepted;
  out["rejected"] = status.rejected;
  out["loads"] = status.loads;
  out["old_tables"] = status.old_tables;
  py::list kept;
  for (const StoreStatus::Kept& table : status.kept)
    kept.append(py::make_tuple(table.generation, table.hash));
  out["kept"] = py::tuple(kept);
  out["last_rejection"] = py::none();
  if (status.last_rejection) {
    const StoreStatus::Rejection& last = *status.last_rejection;
    py::dict rejection;
    rejection["reason"] = to_str(last.reason);
    rejection["diagnostics"] = to_str(last.diagnostics);
    rejection["when"] = std::chrono::duration<double>(last.when.time_since_epoch()).count();
    rejection["count"] = last.count;
    rejection["standing"] = last.standing;
    out["last_rejection"] = rejection;
  }
  return out;
}

}  // namespace switchyard::python
