// What each kind of fact takes of Python's values.
#include <cstring>
#include <string>

#include <fmt/format.h>

#include "python/src/fact_reader.h"
#include "python/src/raise.h"
#include "runtime/decide/fact_value.h"

namespace py = pybind11;

namespace switchyard::python {
namespace {

using Kind = FactInfo::Kind;

constexpr Py_ssize_t kMaxTexts = 4'096;

bool is_numpy_bool(PyObject* value) {
  const char* type = Py_TYPE(value)->tp_name;
  return std::strcmp(type, "numpy.bool_") == 0 || std::strcmp(type, "numpy.bool") == 0;
}

const char* what_it_takes(Kind kind) {
  switch (kind) {
    case Kind::kBool:
      return "True or False";
    case Kind::kEnum:
    case Kind::kName:
      return "one of its symbols, as str";
    case Kind::kInt:
      return "an int";
    case Kind::kVersion:
      return "a str such as \"9.2\", or a tuple of two or three ints";
    case Kind::kFlags:
      return "symbols, as a list, tuple or set of str";
    case Kind::kSwitch:
      return "True, False or None (unset)";
  }
  return "something else";
}

bool refuse(const FactInfo& info, PyObject* value) {
  set_error(kFactError, fmt::format("fact `{}` takes {}, not a value of type `{}`", info.name,
                                    what_it_takes(info.kind), Py_TYPE(value)->tp_name));
  return false;
}

}  // namespace

bool FactReader::convert(Slot& slot, PyObject* value, std::int64_t& code) {
  switch (slot.info->kind) {
    case Kind::kBool:
      if (value == Py_True || value == Py_False) [[likely]] {
        code = value == Py_True;
        return true;
      }
      break;
    case Kind::kInt:
      if (PyLong_CheckExact(value)) [[likely]]
        return take_integer(slot, value, code);
      break;
    default:
      break;
  }
  if (PyUnicode_Check(value)) {
    for (const auto& [text, known] : slot.recent) {
      if (text == value) {
        code = known;
        return true;
      }
    }
    return convert_text(slot, value, code);
  }
  return convert_other(slot, value, code);
}

bool FactReader::take_integer(Slot& slot, PyObject* value, std::int64_t& code) {
  int overflow = 0;
  code = PyLong_AsLongLongAndOverflow(value, &overflow);
  if (code == -1 && PyErr_Occurred() != nullptr) return false;
  if (overflow == 0 && code >= slot.info->low && code <= slot.info->high) [[likely]]
    return true;
  const auto bad = code_of_text(*slot.info, py::str(py::handle(value)).cast<std::string>());
  set_error(kFactError,
            bad ? fmt::format("fact `{}` is out of range", slot.info->name) : bad.error().message);
  return false;
}

void FactReader::remember(Slot& slot, PyObject* text, std::int64_t code) {
  if (!PyUnicode_CheckExact(text)) return;
  if (PyDict_Size(slot.codes.ptr()) >= kMaxTexts) return;
  slot.codes[py::handle(text)] = code;
}

bool FactReader::convert_text(Slot& slot, PyObject* text, std::int64_t& code) {
  // The dict's own key is kept alive by it, so its address may be remembered; an equal text
  // elsewhere is found by its hash, which Python keeps too.
  PyObject* known = PyDict_GetItemWithError(slot.codes.ptr(), text);
  if (known == nullptr) {
    if (PyErr_Occurred() != nullptr) return false;
    Py_ssize_t size = 0;
    const char* bytes = PyUnicode_AsUTF8AndSize(text, &size);
    if (bytes == nullptr) return false;
    const auto read = code_of_text(*slot.info, {bytes, static_cast<std::size_t>(size)});
    if (!read) {
      set_error(kFactError, read.error().message);
      return false;
    }
    code = *read;
    remember(slot, text, code);
    return true;
  }
  code = PyLong_AsLongLong(known);
  // Interned texts live as long as the program's code does; others only while somebody holds them.
  if (PyUnicode_CHECK_INTERNED(text) != 0) {
    auto& recent = slot.recent[slot.next++ % kRecent];
    slot.interned[(slot.next - 1) % kRecent] = py::reinterpret_borrow<py::object>(text);
    recent = {text, code};
  }
  return true;
}

bool FactReader::convert_other(Slot& slot, PyObject* value, std::int64_t& code) {
  switch (slot.info->kind) {
    case Kind::kBool:
    case Kind::kSwitch: {
      const bool is_switch = slot.info->kind == Kind::kSwitch;
      int truth = -1;
      if (PyBool_Check(value) || is_numpy_bool(value)) truth = PyObject_IsTrue(value);
      if (truth < 0 && PyErr_Occurred() != nullptr) return false;
      if (truth < 0 && !is_switch && PyLong_Check(value)) {
        const long number = PyLong_AsLong(value);
        if (number == -1) PyErr_Clear();
        if (number == 0 || number == 1) truth = static_cast<int>(number);
      }
      if (truth < 0 && is_switch && value == Py_None) {
        code = 0;
        return true;
      }
      if (truth < 0) return refuse(*slot.info, value);
      code = is_switch ? 1 + truth : truth;
      return true;
    }
    case Kind::kInt: {
      if (PyBool_Check(value) || is_numpy_bool(value) || !PyIndex_Check(value))
        return refuse(*slot.info, value);
      const auto index = py::reinterpret_steal<py::object>(PyNumber_Index(value));
      return index && take_integer(slot, index.ptr(), code);
    }
    case Kind::kVersion:
      return convert_version(slot, value, code);
    case Kind::kFlags:
      return convert_flags(slot, value, code);
    case Kind::kEnum:
    case Kind::kName:
      break;
  }
  return refuse(*slot.info, value);
}

bool FactReader::convert_version(Slot& slot, PyObject* value, std::int64_t& code) {
  if (!PyTuple_Check(value)) return refuse(*slot.info, value);
  std::string text;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(value); ++i) {
    PyObject* part = PyTuple_GET_ITEM(value, i);
    if (!PyLong_Check(part) || PyBool_Check(part)) return refuse(*slot.info, value);
    const auto digits = py::reinterpret_steal<py::str>(PyObject_Str(part));
    if (!digits) return false;
    if (!text.empty()) text += '.';
    text += digits.cast<std::string>();
  }
  const auto read = code_of_text(*slot.info, text);
  if (!read) {
    set_error(kFactError, read.error().message);
    return false;
  }
  code = *read;
  return true;
}

bool FactReader::convert_flags(Slot& slot, PyObject* value, std::int64_t& code) {
  if (!PyList_Check(value) && !PyTuple_Check(value) && !PyAnySet_Check(value))
    return refuse(*slot.info, value);
  const auto items = py::reinterpret_steal<py::object>(PyObject_GetIter(value));
  if (!items) return false;
  code = 0;
  const std::vector<std::string>& symbols = slot.info->symbols;
  while (const auto item = py::reinterpret_steal<py::object>(PyIter_Next(items.ptr()))) {
    if (!PyUnicode_Check(item.ptr())) return refuse(*slot.info, item.ptr());
    const auto symbol = item.cast<std::string>();
    std::size_t i = 0;
    while (i < symbols.size() && symbols[i] != symbol) ++i;
    if (i == symbols.size()) {
      set_error(kFactError, fmt::format("fact `{}` has no symbol `{}`{}", slot.info->name, symbol,
                                        nearest(symbol, symbols)));
      return false;
    }
    code |= std::int64_t{1} << i;
  }
  return PyErr_Occurred() == nullptr;
}

}  // namespace switchyard::python
