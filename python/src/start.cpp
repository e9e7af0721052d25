#include "python/src/start.h"

#include <pybind11/stl.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "python/src/raise.h"
#include "python/src/text.h"
#include "runtime/facts/probe.h"

namespace py = pybind11;

namespace switchyard::python {
namespace {

using facts::Source;
using facts::Value;

Source source_of(const std::string& name) {
  for (const Source source : {Source::device, Source::model, Source::engine}) {
    if (name == name_of(source)) return source;
  }
  raise(kFactError, "there is no source `" + name + "`; it is device, model or engine");
}

std::optional<Value> value_of(const py::object& given, const std::string& key) {
  if (given.is_none()) return std::nullopt;
  if (py::isinstance<py::bool_>(given)) return Value(given.cast<bool>());
  if (py::isinstance<py::int_>(given)) return Value(given.cast<std::int64_t>());
  if (py::isinstance<py::str>(given)) return Value(given.cast<std::string>());
  raise(kFactError, "`" + key + "` is a " + std::string(Py_TYPE(given.ptr())->tp_name) +
                        "; give a bool, an int or a str as the policy writes the value");
}

void read_environment(const py::dict& given, facts::Surroundings& around) {
  auto values = std::make_shared<std::map<std::string, std::string>>();
  around.variables.clear();
  for (const auto& [name, value] : given) {
    (*values)[py::cast<std::string>(name)] = py::cast<std::string>(value);
    around.variables.push_back(py::cast<std::string>(name));
  }
  around.environment = [values](const std::string& name) -> std::optional<std::string> {
    const auto found = values->find(name);
    return found == values->end() ? std::nullopt : std::optional(found->second);
  };
}

}  // namespace

py::tuple probe(const AskedTable& table, const py::list& providers, const py::object& environment,
                const py::dict& overrides) {
  facts::Surroundings around;
  for (const auto& [name, value] : overrides) {
    around.overrides.push_back({py::cast<std::string>(name), py::cast<std::string>(value)});
  }
  for (const py::handle& given : providers) {
    const auto [source, origin, ask] =
        given.cast<std::tuple<std::string, std::string, py::object>>();
    around.providers.push_back({source_of(source), origin, [ask = ask](const std::string& key) {
                                  return value_of(ask(to_str(key)), key);
                                }});
  }
  if (!environment.is_none()) read_environment(environment.cast<py::dict>(), around);
  const auto probed = probe_facts(table.table(), around);
  if (!probed) raise(kFactError, probed.error().message);
  py::list found, warnings;
  for (const facts::ProbedFact& fact : probed->facts) {
    py::object value = py::none();
    if (fact.value) value = to_str(*fact.value);
    found.append(py::make_tuple(to_str(fact.name), value, fact.fixed, to_str(fact.origin)));
  }
  for (const std::string& warning : probed->warnings) warnings.append(to_str(warning));
  return py::make_tuple(found, warnings, to_str(to_text(*probed)));
}

}  // namespace switchyard::python
