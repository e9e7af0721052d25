#pragma once

#include <pybind11/pybind11.h>

#include <string>

// Errors as the classes of python/switchyard/errors.py. The GIL is held.
namespace switchyard::python {

inline constexpr const char* kError = "Error";
inline constexpr const char* kFactError = "FactError";
inline constexpr const char* kLogError = "LogError";
inline constexpr const char* kStoreError = "StoreError";
inline constexpr const char* kTableError = "TableError";

// Sets the exception that a function of the C API reports by what it returns.
inline void set_error(const char* type, const std::string& message) {
  try {
    namespace py = pybind11;
    const py::object error = py::module_::import("switchyard.errors").attr(type);
    const py::str text = py::reinterpret_steal<py::str>(
        PyUnicode_DecodeUTF8(message.data(), static_cast<Py_ssize_t>(message.size()), "replace"));
    PyErr_SetObject(error.ptr(), text.ptr());
  } catch (pybind11::error_already_set& failed) {
    failed.restore();
  }
}

[[noreturn]] inline void raise(const char* type, const std::string& message) {
  set_error(type, message);
  throw pybind11::error_already_set();
}

}  // namespace switchyard::python
