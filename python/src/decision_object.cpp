#include "python/src/decision_object.h"

#include <new>
#include <string>

#include "python/src/text.h"
#include "runtime/decide/why.h"

namespace py = pybind11;

namespace switchyard::python {
namespace {

enum Attribute : std::size_t {
  kKind,
  kTarget,
  kOutcome,
  kParameters,
  kAttributes,
  kRule,
  kRuleText,
  kReason,
  kCount
};

struct DecisionObject {
  PyObject_HEAD std::shared_ptr<const ServedTable> served;
  Decision decision;
  PyObject* made[kCount];  // attributes; null: nobody asked yet
};

DecisionObject& of(PyObject* self) { return *reinterpret_cast<DecisionObject*>(self); }

// Decisions are shared.
py::object read_only(const py::dict& dict) {
  return py::reinterpret_steal<py::object>(PyDictProxy_New(dict.ptr()));
}

py::object parameters(const DecisionObject& self) {
  py::dict out;
  if (self.decision.kind == Decision::Kind::kTarget) {
    const Table& table = self.served->table;
    const OutcomeInfo& outcome = table.outcomes()[self.decision.index];
    const TargetInfo& target = table.targets()[outcome.target];
    for (std::size_t i = 0; i < target.parameters.size(); ++i) {
      const ParameterInfo& about = target.parameters[i];
      const std::int64_t value = outcome.parameters[i];
      out[to_str(about.name)] = about.is_integer
                                    ? py::object(py::int_(value))
                                    : to_str(about.symbols[static_cast<std::size_t>(value)]);
    }
  }
  return read_only(out);
}

py::object attributes_of_target(const DecisionObject& self) {
  py::dict out;
  if (self.decision.kind == Decision::Kind::kTarget) {
    const Table& table = self.served->table;
    for (const AttributeInfo& about :
         table.targets()[table.outcomes()[self.decision.index].target].attributes) {
      out[to_str(about.name)] = about.is_integer
                                    ? py::reinterpret_steal<py::object>(
                                          PyLong_FromString(about.value.c_str(), nullptr, 10))
                                    : to_str(about.value);
    }
  }
  return read_only(out);
}

py::object make(const DecisionObject& self, std::size_t attribute) {
  const Table& table = self.served->table;
  const Decision& decision = self.decision;
  if (attribute == kKind) return py::str(std::string(name_of(decision.kind)));
  if (attribute == kParameters) return parameters(self);
  if (attribute == kAttributes) return attributes_of_target(self);
  if (attribute == kOutcome) {
    const bool outcome =
        decision.kind == Decision::Kind::kTarget || decision.kind == Decision::Kind::kRefused;
    return outcome ? to_str(spell_outcome(table, decision.index))
                   : py::str(std::string(name_of(decision.kind)));
  }
  if (attribute == kTarget) {
    if (decision.kind != Decision::Kind::kTarget) return py::none();
    return to_str(table.targets()[table.outcomes()[decision.index].target].name);
  }
  const Why told = describe(table, decision, nullptr);  // reads facts of bad ones only
  if (attribute == kRule) return told.rule.empty() ? py::object(py::none()) : to_str(told.rule);
  if (attribute == kRuleText) return to_str(told.rule_text);
  return to_str(decision.kind == Decision::Kind::kTarget ? told.because : told.message);
}

PyObject* get(PyObject* self, void* closure) noexcept {
  const auto attribute = reinterpret_cast<std::size_t>(closure);
  PyObject*& made = of(self).made[attribute];
  if (made == nullptr) {
    try {
      made = make(of(self), attribute).release().ptr();
    } catch (py::error_already_set& failed) {
      failed.restore();
    } catch (const std::bad_alloc&) {
      PyErr_NoMemory();
    }
    if (made == nullptr) return nullptr;
  }
  return Py_NewRef(made);
}

PyObject* generation(PyObject* self, void*) noexcept {
  return PyLong_FromUnsignedLongLong(of(self).served->generation);
}
PyObject* index(PyObject* self, void*) noexcept {
  return PyLong_FromUnsignedLong(of(self).decision.index);
}
PyObject* leaf(PyObject* self, void*) noexcept {
  return PyLong_FromUnsignedLong(of(self).decision.leaf);
}

PyObject* repr(PyObject* self) noexcept {
  const auto outcome =
      py::reinterpret_steal<py::object>(get(self, reinterpret_cast<void*>(kOutcome)));
  const auto rule = py::reinterpret_steal<py::object>(get(self, reinterpret_cast<void*>(kRule)));
  if (!outcome || !rule) return nullptr;
  return PyUnicode_FromFormat("<Decision %S by %S>", outcome.ptr(), rule.ptr());
}

void dealloc(PyObject* self) noexcept {
  DecisionObject& object = of(self);
  for (PyObject* made : object.made) Py_XDECREF(made);
  object.served.~shared_ptr();
  PyTypeObject* type = Py_TYPE(self);
  type->tp_free(self);
  Py_DECREF(type);
}

void* closure(Attribute attribute) {
  return reinterpret_cast<void*>(static_cast<std::size_t>(attribute));
}

PyGetSetDef* attributes() {
  static PyGetSetDef all[] = {
      {"kind", get, nullptr, "\"target\", \"refused\", \"excluded\" or \"undecided\".",
       closure(kKind)},
      {"target", get, nullptr, "The target's name; None unless kind is \"target\".",
       closure(kTarget)},
      {"outcome", get, nullptr, "As the policy writes it: \"packed(block_m = 16)\", \"refuse\".",
       closure(kOutcome)},
      {"parameters", get, nullptr, "Of the target, by name: int or str. Read only.",
       closure(kParameters)},
      {"attributes", get, nullptr,
       "What the policy says of the target, by name: int or str. Read only.", closure(kAttributes)},
      {"rule", get, nullptr,
       "\"file:line\" of the rule or assumption that decides; None without one.", closure(kRule)},
      {"rule_text", get, nullptr, "The rule as it was written.", closure(kRuleText)},
      {"reason", get, nullptr, "The rule's `because`, or why there is no target.",
       closure(kReason)},
      {"generation", generation, nullptr,
       "Of the store's table that decided; 0 for a table by itself.", nullptr},
      {"index", index, nullptr,
       "Of the outcome in Table.outcomes; of an exclusion, the assumption.", nullptr},
      {"leaf", leaf, nullptr, "The row that decides: equal leaves of a table, equal decisions.",
       nullptr},
      {nullptr, nullptr, nullptr, nullptr, nullptr}};
  return all;
}

PyTypeObject* make_type() {
  static const char kDoc[] =
      "What a table answers: a target with its parameters, a refusal, or an exclusion. Immutable; "
      "equal\n"
      "answers of one table are the same object.";
  static PyType_Slot slots[] = {{Py_tp_doc, const_cast<char*>(kDoc)},
                                {Py_tp_dealloc, reinterpret_cast<void*>(dealloc)},
                                {Py_tp_repr, reinterpret_cast<void*>(repr)},
                                {Py_tp_getset, attributes()},
                                {0, nullptr}};
  static PyType_Spec spec = {
      "switchyard.Decision", sizeof(DecisionObject), 0,
      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE, slots};
  PyObject* type = PyType_FromSpec(&spec);
  if (type == nullptr) throw py::error_already_set();
  return reinterpret_cast<PyTypeObject*>(type);
}

}  // namespace

PyTypeObject* decision_type() {
  static PyTypeObject* const type = make_type();
  return type;
}

PyObject* new_decision(const std::shared_ptr<const ServedTable>& served, const Decision& decision) {
  PyTypeObject* const type = decision_type();
  PyObject* self = type->tp_alloc(type, 0);
  if (self == nullptr) return nullptr;
  new (&of(self).served) std::shared_ptr<const ServedTable>(served);
  of(self).decision = decision;
  return self;
}

}  // namespace switchyard::python
