#pragma once

#include <pybind11/pybind11.h>

#include <string_view>

namespace switchyard::python {

// A policy's texts may be any bytes: those that are not UTF-8 become U+FFFD. A new reference, or
// null with an exception set.
inline PyObject* new_text(std::string_view text) {
  return PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace");
}

inline pybind11::str to_str(std::string_view text) {
  PyObject* made = new_text(text);
  if (made == nullptr) throw pybind11::error_already_set();
  return pybind11::reinterpret_steal<pybind11::str>(made);
}

}  // namespace switchyard::python
