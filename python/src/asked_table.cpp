#include "python/src/asked_table.h"

#include <cstdint>
#include <string>
#include <utility>

#include "python/src/raise.h"
#include "python/src/text.h"
#include "runtime/decide/decide.h"
#include "runtime/decide/why.h"
#include "runtime/log/layer_line.h"

namespace py = pybind11;

namespace switchyard::python {
namespace {

constexpr std::size_t kInline = 1'024;  // bytes of facts on the stack

std::size_t leaves_of(const Table& table) {
  std::size_t rows = 0;
  for (const BlockInfo& block : table.blocks()) rows += block.row_count;
  return rows + table.assumptions().size() + 1;
}

}  // namespace

AskedTable::AskedTable(std::shared_ptr<const ServedTable> served, std::vector<StaticFact> fixed,
                       bool bound)
    : served_(std::move(served)),
      fixed_(std::move(fixed)),
      reader_(served_->table, fixed_),
      by_leaf_(leaves_of(served_->table)) {
  if (!bound) return;
  auto residual = ResidualTable::bind(served_->table, fixed_);
  if (!residual) raise(kFactError, residual.error().message);
  residual_ = std::move(*residual);
}

void AskedTable::set_generation(std::uint64_t generation) {
  if (served_->generation == generation) return;
  served_ = std::make_shared<const ServedTable>(ServedTable{served_->table, generation});
  for (py::object& made : by_leaf_) made = py::object();
}

template <typename Ask>
PyObject* AskedTable::ask(PyObject* const* values, Py_ssize_t positional, PyObject* names,
                          Ask&& ask) noexcept {
  if (positional != 0) {
    PyErr_SetString(PyExc_TypeError,
                    "facts are given by name: decide(tokens=8, …), or decide(**facts)");
    return nullptr;
  }
  try {
    alignas(std::int64_t) unsigned char on_stack[kInline];
    std::vector<std::int64_t> on_heap;
    unsigned char* facts = on_stack;
    if (reader_.facts_size() > kInline) [[unlikely]] {
      on_heap.resize(reader_.facts_size() / sizeof(std::int64_t) + 1);
      facts = reinterpret_cast<unsigned char*>(on_heap.data());
    }
    return reader_.fill(facts, values, names) ? ask(facts) : nullptr;
  } catch (py::error_already_set& failed) {
    failed.restore();
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  }
  return nullptr;
}

PyObject* AskedTable::object_of(const Decision& decision, const void* facts) {
  if (decision.leaf >= by_leaf_.size()) [[unlikely]] {
    set_error(kFactError, describe(table(), decision, facts).message);
    return nullptr;
  }
  py::object& known = by_leaf_[decision.leaf];
  if (!known) [[unlikely]] {
    known = py::reinterpret_steal<py::object>(new_decision(served_, decision));
    if (!known) return nullptr;
  }
  return Py_NewRef(known.ptr());
}

PyObject* AskedTable::decide(PyObject* const* values, Py_ssize_t positional,
                             PyObject* names) noexcept {
  return ask(values, positional, names, [this](const void* facts) {
    const Decision decision =
        residual_ ? residual_->decide(facts) : switchyard::decide(table(), facts);
    if (log_ != nullptr) log_->record(table(), served_->generation, facts, decision);
    return object_of(decision, facts);
  });
}

PyObject* AskedTable::why(PyObject* const* values, Py_ssize_t positional,
                          PyObject* names) noexcept {
  return ask(values, positional, names, [this](const void* facts) {
    return new_text(to_text(switchyard::why(table(), facts)));
  });
}

std::string AskedTable::layer_line(const std::string& layer, const py::dict& facts) {
  std::vector<PyObject*> values;
  py::tuple names(py::len(facts));
  for (const auto& [name, value] : facts) {
    names[values.size()] = name;
    values.push_back(value.ptr());
  }
  std::vector<std::int64_t> row(reader_.facts_size() / sizeof(std::int64_t) + 1);
  auto* bytes = reinterpret_cast<unsigned char*>(row.data());
  if (!reader_.fill(bytes, values.data(), names.ptr())) throw py::error_already_set();
  return switchyard::layer_line(layer, table(), bytes);
}

void AskedTable::decide_rows(const py::buffer& facts, const py::buffer& out) const {
  const py::buffer_info rows = facts.request(), decisions = out.request(true);
  const std::size_t size = table().facts_size();
  const auto bytes = static_cast<std::size_t>(rows.size * rows.itemsize);
  const std::size_t count = size == 0 ? static_cast<std::size_t>(decisions.size) : bytes / size;
  if (static_cast<std::size_t>(decisions.size * decisions.itemsize) != count * sizeof(Decision) ||
      count * size != bytes || PyBuffer_IsContiguous(rows.view(), 'C') == 0 ||
      PyBuffer_IsContiguous(decisions.view(), 'C') == 0 ||
      reinterpret_cast<std::uintptr_t>(rows.ptr) % table().facts_alignment() != 0 ||
      reinterpret_cast<std::uintptr_t>(decisions.ptr) % alignof(Decision) != 0) {
    throw py::value_error(
        "the buffers are no contiguous, aligned rows of facts and as many decisions");
  }
  const py::gil_scoped_release unlocked;
  auto* to = static_cast<Decision*>(decisions.ptr);
  const auto* from = static_cast<const unsigned char*>(rows.ptr);
  if (!residual_) {
    decide_batch(table(), from, size, count, to);
    return;
  }
  for (std::size_t i = 0; i < count; ++i) to[i] = residual_->decide(from + i * size);
}

}  // namespace switchyard::python
