#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "python/src/asked_table.h"
#include "python/src/log_object.h"
#include "runtime/store/policy_store.h"

// A PolicyStore as Python holds it. The GIL is held by callers, and let go of around whatever may
// wait; callbacks take it in the store's thread.
namespace switchyard::python {

class StoreObject {
 public:
  // `check` (None or a callable of a Table: returns None, or raises what the table lacks), `log`
  // (None or a callable of kind, generation, text), `bind` (facts that never change). Throws
  // (raise.h).
  StoreObject(const std::string& path, const pybind11::object& check, const pybind11::object& log,
              const pybind11::dict& bind, PolicyStoreOptions options);
  ~StoreObject();
  StoreObject(const StoreObject&) = delete;
  StoreObject& operator=(const StoreObject&) = delete;

  PyObject* decide(PyObject* const* values, Py_ssize_t positional, PyObject* names) noexcept;
  // The current version; it stays while the result does.
  std::shared_ptr<AskedTable> current();

  // The current table's and every later one's decisions go there; null: nowhere.
  void record_to(std::shared_ptr<LogObject> log);
  ReloadCount reloads() const;
  std::string metrics() const;  // the log's, and these

  std::uint64_t reload();
  void pin(std::optional<std::uint64_t> generation);
  void unpin();
  std::uint64_t rollback();
  pybind11::dict status() const;
  void close();

 private:
  PolicyStore& open_store() const;

  std::unique_ptr<PolicyStore> store_;  // none once closed
  std::optional<PolicyReader> reader_;
  std::shared_ptr<AskedTable> current_;
  std::shared_ptr<LogObject> log_;
  std::uint64_t generation_ = 0;
};

// Returns a Table of Python's own class for one of C++; set by the package.
pybind11::object table_for_python(const Table& table);

}  // namespace switchyard::python
