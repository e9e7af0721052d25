#include "python/src/fact_reader.h"

#include <bit>
#include <cstring>
#include <string>

#include <fmt/format.h>

#include "python/src/raise.h"
#include "python/src/text.h"
#include "runtime/decide/fact_row.h"

namespace py = pybind11;

namespace switchyard::python {
namespace {

using Kind = FactInfo::Kind;

void store(unsigned char* facts, std::uint32_t offset, std::uint32_t width, std::int64_t code) {
  if (width == 8) {
    std::memcpy(facts + offset, &code, sizeof code);
  } else {
    const auto narrow = static_cast<std::int32_t>(code);
    std::memcpy(facts + offset, &narrow, sizeof narrow);
  }
}

std::size_t address_hash(const PyObject* object) {
  return (reinterpret_cast<std::uintptr_t>(object) >> 4) * 0x9E3779B97F4A7C15ull >> 32;
}

}  // namespace

FactReader::FactReader(const Table& table, const std::vector<StaticFact>& fixed)
    : table_(table), defaults_(table.facts_size()), slots_(table.facts().size()) {
  by_address_.resize(std::bit_ceil(2 * slots_.size() + 1), nullptr);
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const FactInfo& info = table_.facts()[i];
    Slot& slot = slots_[i];
    slot.info = &info;
    slot.offset = info.offset;
    slot.width = info.width;
    slot.required = !info.default_code;
    slot.name = py::reinterpret_steal<py::object>(PyUnicode_InternFromString(info.name.c_str()));
    if (!slot.name) throw py::error_already_set();
    by_name_[slot.name] = i;
    std::size_t at = address_hash(slot.name.ptr()) & (by_address_.size() - 1);
    while (by_address_[at] != nullptr) at = (at + 1) & (by_address_.size() - 1);
    by_address_[at] = &slot;
    for (std::size_t s = 0; s < info.symbols.size(); ++s) {
      const auto code =
          info.kind == Kind::kFlags ? std::int64_t{1} << s : static_cast<std::int64_t>(s);
      slot.codes[to_str(info.symbols[s])] = code;
    }
    store(defaults_.data(), slot.offset, slot.width, info.default_code.value_or(info.low));
  }
  for (const StaticFact& known : fixed) {
    slots_[known.fact].fixed = true;
    slots_[known.fact].required = false;
    store(defaults_.data(), slots_[known.fact].offset, slots_[known.fact].width, known.code);
  }
  for (const Slot& slot : slots_) required_ += slot.required;
}

const FactReader::Slot* FactReader::find(PyObject* name) {
  const std::size_t mask = by_address_.size() - 1;
  for (std::size_t at = address_hash(name) & mask; by_address_[at] != nullptr;
       at = (at + 1) & mask) {
    if (by_address_[at]->name.ptr() == name) [[likely]]
      return by_address_[at];
  }
  PyObject* index = PyDict_GetItemWithError(by_name_.ptr(), name);
  if (index != nullptr) return &slots_[PyLong_AsSize_t(index)];
  if (PyErr_Occurred() != nullptr) return nullptr;
  Py_ssize_t size = 0;
  const char* text = PyUnicode_AsUTF8AndSize(name, &size);
  if (text == nullptr) return nullptr;
  const auto unknown = FactRow(table_).index_of({text, static_cast<std::size_t>(size)});
  set_error(kFactError, unknown ? "no such fact" : unknown.error().message);
  return nullptr;
}

bool FactReader::fill(unsigned char* facts, PyObject* const* values, PyObject* names) {
  std::memcpy(facts, defaults_.data(), defaults_.size());
  std::size_t given = 0;
  const Py_ssize_t count = names == nullptr ? 0 : PyTuple_GET_SIZE(names);
  for (Py_ssize_t i = 0; i < count; ++i) {
    auto* slot = const_cast<Slot*>(find(PyTuple_GET_ITEM(names, i)));
    if (slot == nullptr) return false;
    if (slot->fixed) [[unlikely]] {
      set_error(kFactError, fmt::format("fact `{}` is bound; ask the table that it was bound from",
                                        slot->info->name));
      return false;
    }
    std::int64_t code = 0;
    if (!convert(*slot, values[i], code)) return false;
    store(facts, slot->offset, slot->width, code);
    given += slot->required;
  }
  if (given == required_) [[likely]]
    return true;
  missing(names);
  return false;
}

std::vector<StaticFact> FactReader::read_some(const py::dict& given) {
  std::vector<StaticFact> out;
  for (const auto& [name, value] : given) {
    if (!PyUnicode_Check(name.ptr())) raise(kFactError, "facts are named by texts");
    auto* slot = const_cast<Slot*>(find(name.ptr()));
    if (slot == nullptr) throw py::error_already_set();
    if (slot->fixed) raise(kFactError, fmt::format("fact `{}` is bound already", slot->info->name));
    std::int64_t code = 0;
    if (!convert(*slot, value.ptr(), code)) throw py::error_already_set();
    out.push_back({static_cast<std::uint32_t>(slot - slots_.data()), code});
  }
  return out;
}

void FactReader::missing(PyObject* names) {
  FactRow row(table_);
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Slot& slot = slots_[i];
    const int has = names == nullptr ? 0 : PySequence_Contains(names, slot.name.ptr());
    if (has < 0) return;
    const bool known = has == 1 || slot.fixed;
    if (known && !row.set_code(static_cast<std::uint32_t>(i), slot.info->low)) break;
  }
  const auto incomplete = row.finish();
  set_error(kFactError, incomplete ? "a fact is given twice" : incomplete.error().message);
}

}  // namespace switchyard::python
