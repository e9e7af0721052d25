#pragma once

#include <pybind11/pybind11.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "runtime/decide/residual.h"
#include "runtime/table/table.h"

// From keyword arguments to the struct of facts that `decide` reads, at the speed of a scalar call:
// names and symbols are compared by address first, since Python interns those of a program's text,
// then by hash. The GIL is held by every caller; nothing else is shared.
namespace switchyard::python {

class FactReader {
 public:
  // `fixed`: facts that are folded in, which no call may give.
  explicit FactReader(const Table& table, const std::vector<StaticFact>& fixed = {});
  FactReader(const FactReader&) = delete;
  FactReader& operator=(const FactReader&) = delete;

  std::size_t facts_size() const { return defaults_.size(); }

  // Fills `facts`, facts_size() bytes aligned for int64, from `values` named by the tuple `names`
  // (null: none) and defaults. False with an exception set: an unknown name, a value that its fact
  // does not take, a fact that is missing.
  bool fill(unsigned char* facts, PyObject* const* values, PyObject* names);

  // What a dict gives, without the others. Throws py::error_already_set as above.
  std::vector<StaticFact> read_some(const pybind11::dict& given);

 private:
  static constexpr std::size_t kRecent = 4;

  struct Slot {
    const FactInfo* info = nullptr;
    std::uint32_t offset = 0, width = 4;
    bool required = false, fixed = false;
    pybind11::object name;  // interned
    pybind11::dict codes;   // text -> code, of symbols and of texts seen; at most kMaxTexts
    std::array<std::pair<PyObject*, std::int64_t>, kRecent> recent{};
    std::array<pybind11::object, kRecent> interned;  // keeps their addresses theirs
    std::size_t next = 0;
  };

  const Slot* find(PyObject* name);
  bool convert(Slot& slot, PyObject* value, std::int64_t& code);
  bool convert_text(Slot& slot, PyObject* text, std::int64_t& code);
  bool convert_other(Slot& slot, PyObject* value, std::int64_t& code);
  bool convert_flags(Slot& slot, PyObject* value, std::int64_t& code);
  bool convert_version(Slot& slot, PyObject* value, std::int64_t& code);
  bool take_integer(Slot& slot, PyObject* value, std::int64_t& code);
  void missing(PyObject* names);
  void remember(Slot& slot, PyObject* text, std::int64_t code);

  const Table table_;
  std::vector<unsigned char> defaults_;
  std::vector<Slot> slots_;
  std::size_t required_ = 0;
  std::vector<Slot*> by_address_;  // of the name, open addressing; a power of two
  pybind11::dict by_name_;         // name -> index
};

}  // namespace switchyard::python
