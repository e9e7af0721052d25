// switchyard._runtime: tables, deciding and stores. Links libswitchyard, never the compiler.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <chrono>
#include <cmath>
#include <span>

#include "python/src/asked_table.h"
#include "python/src/log_object.h"
#include "python/src/raise.h"
#include "python/src/start.h"
#include "python/src/store_object.h"
#include "python/src/text.h"
#include "runtime/table/inspect.h"

namespace py = pybind11;

namespace switchyard::python {
namespace {

// What an instance of a class of this module holds. Its Python subclasses are simple: one C++ base.
template <typename T>
T* held_by(PyObject* self) {
  auto* const object = reinterpret_cast<py::detail::instance*>(self);
  return object->simple_layout ? static_cast<T*>(object->simple_value_holder[0]) : nullptr;
}

template <typename T, auto kMethod>
PyObject* call(PyObject* self, PyObject* const* values, Py_ssize_t count,
               PyObject* names) noexcept {
  T* const held = held_by<T>(self);
  if (held == nullptr) [[unlikely]] {
    PyErr_SetString(PyExc_TypeError,
                    "this object was not made by open(): its __init__ did not run");
    return nullptr;
  }
  return (held->*kMethod)(values, PyVectorcall_NARGS(static_cast<std::size_t>(count)), names);
}

// A method that takes keyword arguments without a dict or tuple of them being made.
template <typename T, auto kMethod>
void add_fast(py::handle type, const char* name, const char* doc) {
  static PyMethodDef method = {
      name, reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(&call<T, kMethod>)),
      METH_FASTCALL | METH_KEYWORDS, doc};
  PyObject* made = PyDescr_NewMethod(reinterpret_cast<PyTypeObject*>(type.ptr()), &method);
  if (made == nullptr) throw py::error_already_set();
  py::setattr(type, name, py::reinterpret_steal<py::object>(made));
}

std::unique_ptr<AskedTable> by_itself(Expected<Table> opened) {
  if (!opened) raise(kTableError, opened.error().message);
  auto served = std::make_shared<const ServedTable>(ServedTable{std::move(*opened), 0});
  return std::make_unique<AskedTable>(std::move(served), std::vector<StaticFact>{}, false);
}

std::unique_ptr<AskedTable> open_table(const std::string& path) {
  return by_itself(Table::open(path));
}

std::unique_ptr<AskedTable> from_bytes(const py::bytes& bytes, const std::string& name) {
  const std::string_view view = bytes;
  return by_itself(Table::from_bytes(std::as_bytes(std::span(view)), name));
}

std::unique_ptr<AskedTable> bind_facts(AskedTable& table, const py::dict& facts) {
  std::vector<StaticFact> fixed = table.fixed();
  for (const StaticFact& more : table.reader().read_some(facts)) fixed.push_back(more);
  return std::make_unique<AskedTable>(table.served(), std::move(fixed), true);
}

py::list facts_of(const AskedTable& table) {
  constexpr const char* kKinds[] = {"bool", "enum", "name", "int", "version", "flags", "switch"};
  constexpr const char* kSources[] = {"engine", "env", "device", "model"};
  py::list out;
  for (const FactInfo& fact : table.table().facts()) {
    py::list symbols;
    for (const std::string& symbol : fact.symbols) symbols.append(to_str(symbol));
    py::object preset = py::none();
    if (fact.default_code) preset = to_str(spell(fact, *fact.default_code));
    out.append(py::make_tuple(to_str(fact.name), kKinds[static_cast<std::size_t>(fact.kind)],
                              fact.low, fact.high, py::tuple(symbols), preset, fact.default_code,
                              kSources[static_cast<std::size_t>(fact.source)],
                              to_str(fact.source_key), to_str(fact.doc), fact.offset, fact.width));
  }
  return out;
}

py::tuple outcomes_of(const AskedTable& table) {
  py::list out;
  for (std::uint32_t i = 0; i < table.table().outcomes().size(); ++i) {
    out.append(to_str(spell_outcome(table.table(), i)));
  }
  return py::tuple(out);
}

py::tuple targets_of(const AskedTable& table) {
  const Table& of = table.table();
  py::list out;
  for (const OutcomeInfo& outcome : of.outcomes()) {
    out.append(outcome.refused ? py::object(py::none())
                               : to_str(of.targets()[outcome.target].name));
  }
  return py::tuple(out);
}

py::dict spelled(AskedTable& table, const py::dict& facts) {
  py::dict out;
  for (const StaticFact& given : table.reader().read_some(facts)) {
    const FactInfo& fact = table.table().facts()[given.fact];
    out[to_str(fact.name)] = to_str(spell(fact, given.code));
  }
  return out;
}

std::int64_t code_of(AskedTable& table, const std::string& fact, const py::object& value) {
  py::dict one;
  one[to_str(fact)] = value;
  return table.reader().read_some(one).front().code;
}

std::unique_ptr<AskedTable> table_of(StoreObject& store) {
  return std::make_unique<AskedTable>(store.current()->served(), std::vector<StaticFact>{}, false);
}

std::shared_ptr<LogObject> open_log(const std::string& path, std::uint64_t sample_every,
                                    const std::string& first, std::uint64_t max_file_bytes,
                                    std::uint32_t keep_files, std::size_t ring_bytes, double poll,
                                    const py::object& slow_path, const py::object& problem) {
  LogConfig config;
  config.path = path;
  config.sample_every = sample_every;
  if (first == "rule") {
    config.first = LogConfig::First::kRule;
  } else if (first == "none") {
    config.first = LogConfig::First::kNone;
  } else if (first != "box") {
    raise(kLogError, "first is `" + first + "`; give \"box\", \"rule\" or \"none\"");
  }
  config.max_file_bytes = max_file_bytes;
  config.keep_files = keep_files;
  config.ring_bytes = ring_bytes;
  config.poll = std::chrono::milliseconds(std::llround(poll * 1'000));
  return std::make_shared<LogObject>(std::move(config), slow_path, problem);
}

std::string metrics_of(const LogObject& log, const std::vector<const StoreObject*>& stores) {
  Metrics metrics = log.metrics();
  for (const StoreObject* store : stores) metrics.reloads.push_back(store->reloads());
  return to_prometheus(metrics);
}

std::unique_ptr<StoreObject> open_store(const std::string& path, const py::object& check,
                                        const py::object& log, const py::dict& bind,
                                        const std::string& compiler, double compile_timeout,
                                        double quiet, double poll, std::size_t keep,
                                        std::uint64_t max_bytes, bool watch, bool inotify) {
  const auto milliseconds = [](double seconds) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::duration<double>(seconds));
  };
  PolicyStoreOptions options;
  options.compiler = compiler;
  options.compile_timeout = milliseconds(compile_timeout);
  options.quiet = milliseconds(quiet);
  options.poll = milliseconds(poll);
  options.keep = keep;
  options.max_bytes = max_bytes;
  options.watch = watch;
  options.inotify = inotify;
  return std::make_unique<StoreObject>(path, check, log, bind, std::move(options));
}

}  // namespace

py::object table_for_python(const Table& table) {
  const std::span<const std::byte> bytes = table.bytes();
  return py::module_::import("switchyard.table")
      .attr("Table")
      .attr("from_bytes")(py::bytes(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

}  // namespace switchyard::python

PYBIND11_MODULE(_runtime, module) {
  using namespace switchyard::python;
  module.doc() = "Tables, deciding and stores; python/switchyard has the classes to use.";

  py::class_<AskedTable> table(module, "TableBase");
  table.def(py::init(&open_table), py::arg("path"))
      .def(py::init(&from_bytes), py::arg("bytes"), py::arg("name"))
      .def(py::init(&bind_facts), py::arg("table"), py::arg("facts"))
      .def(py::init(&table_of), py::arg("store"))
      .def_property_readonly(
          "policy", [](const AskedTable& self) { return to_str(self.table().policy()); },
          "The policy's name.")
      .def_property_readonly(
          "hash", [](const AskedTable& self) { return self.table().hash(); },
          "Of the contents: equal for equal tables.")
      .def_property_readonly(
          "compiler", [](const AskedTable& self) { return to_str(self.table().compiler()); },
          "What wrote it.")
      .def_property_readonly(
          "generation", [](const AskedTable& self) { return self.served()->generation; },
          "Of a store's table; 0 for one by itself.")
      .def_property_readonly(
          "facts_size", [](const AskedTable& self) { return self.table().facts_size(); },
          "Bytes of a row of facts.")
      .def_property_readonly("outcomes", &outcomes_of,
                             "Every outcome as the policy writes it, by Decision.index.")
      .def_property_readonly("targets", &targets_of,
                             "The target of each outcome; None for a refusal.")
      .def("_facts", &facts_of)
      .def("_bound",
           [](const AskedTable& self) {
             py::list out;
             for (const auto& known : self.fixed()) {
               const switchyard::FactInfo& fact = self.table().facts()[known.fact];
               out.append(
                   py::make_tuple(to_str(fact.name), to_str(spell(fact, known.code)), known.code));
             }
             return out;
           })
      .def("_spelled", &spelled)
      .def("_code", &code_of)
      .def("_decide_rows", &AskedTable::decide_rows)
      .def(
          "inspect",
          [](const AskedTable& self) { return to_str(switchyard::inspect(self.table())); },
          "What the table holds, in words, as `policyc inspect` prints it.")
      .def("__bytes__", [](const AskedTable& self) {
        const auto bytes = self.table().bytes();
        return py::bytes(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      });
  add_fast<AskedTable, &AskedTable::decide>(
      table, "decide", "decide($self, /, **facts)\n--\n\nThe Decision for these facts.");
  add_fast<AskedTable, &AskedTable::why>(
      table, "why",
      "why($self, /, **facts)\n--\n\nThe decision and what was passed over, in words.");

  table.def("_layer_line", &AskedTable::layer_line)
      .def("_record_to", &AskedTable::record_to)
      .def("_probe", &probe);

  py::class_<LogObject, std::shared_ptr<LogObject>>(module, "LogBase")
      .def(py::init(&open_log), py::arg("path"), py::kw_only(), py::arg("sample_every"),
           py::arg("first"), py::arg("max_file_bytes"), py::arg("keep_files"),
           py::arg("ring_bytes"), py::arg("poll"), py::arg("on_slow_path"), py::arg("on_problem"))
      .def("flush", &LogObject::flush,
           "Waits until all that this thread recorded before is in the file, or lost and counted.")
      .def("_status", &LogObject::status)
      .def("_metrics", &metrics_of)
      .def("_close", &LogObject::close);

  py::class_<StoreObject> store(module, "StoreBase");
  store
      .def(py::init(&open_store), py::arg("path"), py::kw_only(), py::arg("check"), py::arg("log"),
           py::arg("bind"), py::arg("compiler"), py::arg("compile_timeout"), py::arg("quiet"),
           py::arg("poll"), py::arg("keep"), py::arg("max_bytes"), py::arg("watch"),
           py::arg("inotify"))
      .def("reload", &StoreObject::reload,
           "Looks at the file now and waits for the result: the generation. StoreError says why "
           "the file is refused.")
      .def("pin", &StoreObject::pin, py::arg("generation") = std::nullopt,
           "Holds the current table, or makes the kept one of that generation current and holds "
           "it.")
      .def("unpin", &StoreObject::unpin,
           "The newest good table of the file becomes current, unless it was rolled back.")
      .def("rollback", &StoreObject::rollback,
           "Makes the table before the current one current, and refuses the one left until the "
           "file holds another good one.")
      .def("_status", &StoreObject::status)
      .def("_record_to", &StoreObject::record_to)
      .def("metrics", &StoreObject::metrics,
           "Prometheus' text: the counters of the log that this store records to, if any, and its "
           "reloads.")
      .def_property_readonly(
          "generation", [](StoreObject& self) { return self.current()->served()->generation; },
          "Of the current table; it counts the tables that became current.")
      .def("_close", &StoreObject::close);
  add_fast<StoreObject, &StoreObject::decide>(
      store, "decide",
      "decide($self, /, **facts)\n--\n\nThe Decision of the current table for these facts.");

  module.attr("Decision") = py::reinterpret_borrow<py::object>(
      reinterpret_cast<PyObject*>(switchyard::python::decision_type()));
}
