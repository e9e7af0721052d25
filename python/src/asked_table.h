#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "python/src/decision_object.h"
#include "python/src/fact_reader.h"
#include "python/src/log_object.h"
#include "runtime/decide/residual.h"

// A table as Python asks it: keyword arguments in, Decisions out.
namespace switchyard::python {

class AskedTable {
 public:
  // `fixed`: facts to fold in; where there are some, a residual table decides. Throws (raise.h).
  AskedTable(std::shared_ptr<const ServedTable> served, std::vector<StaticFact> fixed, bool bound);

  // Fast calls of the C API; null with an exception set.
  PyObject* decide(PyObject* const* values, Py_ssize_t positional, PyObject* names) noexcept;
  PyObject* why(PyObject* const* values, Py_ssize_t positional, PyObject* names) noexcept;

  // Of the Decisions made from now on.
  void set_generation(std::uint64_t generation);

  // Decisions by `decide` are recorded there; null: nowhere.
  void record_to(std::shared_ptr<LogObject> log) { log_ = std::move(log); }

  // What an engine says of a layer at start. Throws (raise.h).
  std::string layer_line(const std::string& layer, const pybind11::dict& facts);

  // Decides the structs of `facts`, a contiguous buffer, into `out`, as many Decisions. Without the
  // GIL.
  void decide_rows(const pybind11::buffer& facts, const pybind11::buffer& out) const;

  const std::shared_ptr<const ServedTable>& served() const { return served_; }
  const Table& table() const { return served_->table; }
  FactReader& reader() { return reader_; }
  const std::vector<StaticFact>& fixed() const { return fixed_; }

 private:
  template <typename Ask>
  PyObject* ask(PyObject* const* values, Py_ssize_t positional, PyObject* names,
                Ask&& ask) noexcept;
  PyObject* object_of(const Decision& decision, const void* facts);

  std::shared_ptr<const ServedTable> served_;
  std::vector<StaticFact> fixed_;
  std::optional<ResidualTable> residual_;
  FactReader reader_;
  std::shared_ptr<LogObject> log_;
  std::vector<pybind11::object> by_leaf_;  // Decisions made so far
};

}  // namespace switchyard::python
