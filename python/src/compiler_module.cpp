// switchyard._compiler: compiling, proving, explaining and comparing. Imported when the first of
// these is asked for. Documents go to Python as JSON, as policyc prints them.
#include <fmt/format.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "compiler/capabilities/capabilities.h"
#include "compiler/diagnostic/did_you_mean.h"
#include "compiler/diagnostic/render.h"
#include "compiler/diff/diff.h"
#include "compiler/diff/restrict.h"
#include "compiler/diff_report/render.h"
#include "compiler/diff_report/report.h"
#include "compiler/driver/given_facts.h"
#include "compiler/driver/pipeline.h"
#include "compiler/driver/question.h"
#include "compiler/driver/read.h"
#include "compiler/driver/region_option.h"
#include "compiler/parse/parse.h"
#include "compiler/restore/restore.h"
#include "compiler/sema/resolve.h"
#include "compiler/verify/accept.h"
#include "compiler/verify/verify.h"
#include "python/src/raise.h"
#include "python/src/text.h"
#include "runtime/table/table.h"  // before verify: `kUndecided`

namespace py = pybind11;

namespace switchyard::python {
namespace {

template <typename T>
T value_or_raise(Expected<T> result, const char* type = kError) {
  if (!result) raise(type, result.error().message);
  return std::move(*result);
}

// The text under that name, or the file of that name.
FileId add_source(SourceMap& sources, const std::optional<std::string>& text,
                  const std::string& name) {
  if (!text) return value_or_raise(driver::read_source(sources, name));
  if (text->size() > SourceFile::kMaxBytes)
    raise(kError, "the text of the policy has more than 16 MiB");
  return sources.add(name, *text);
}

std::string document(const DiagnosticSink& sink, const SourceMap& sources) {
  return render_json(sink.diagnostics(), sources);
}
py::str shown(const DiagnosticSink& sink, const SourceMap& sources) {
  return to_str(render_human(sink.diagnostics(), sources));
}

py::tuple compile(const std::optional<std::string>& text, const std::string& name) {
  driver::Compilation done;
  const FileId root = add_source(done.sources, text, name);
  const Expected<void> compiled = [&] {
    const py::gil_scoped_release unlocked;
    return driver::compile(root, driver::Stage::kTable, {}, done);
  }();
  if (!compiled) raise(kError, compiled.error().message);
  py::object table = py::none();
  if (!done.sink.has_errors()) {
    table = py::bytes(reinterpret_cast<const char*>(done.table.data()), done.table.size());
  }
  return py::make_tuple(table, document(done.sink, done.sources), shown(done.sink, done.sources));
}

// Every stage up to the analyses, warnings included. The error: a file of capabilities cannot be
// read.
Expected<void> look_at(FileId root, const std::vector<std::string>& capabilities,
                       SourceMap& sources, DiagnosticSink& sink) {
  const ast::Policy policy = parse_policy(sources, root, sink);
  if (sink.has_errors()) return {};
  std::optional<Model> model = resolve(policy, sources, sink);
  if (!model) return {};
  VerifyOptions options;
  options.warnings = true;
  if (!capabilities.empty()) {
    const auto applied = apply_capabilities({capabilities, ""}, root, sources, *model, sink);
    if (!applied) return fail(applied.error().message);
    options.foreign_files = applied->files;
    if (sink.has_errors()) return {};
  }
  const auto classes = partition(*model, sink);
  if (!classes) return {};
  const auto diagrams = build(*model, *classes, DiagramBudget{});
  verify(*model, *classes, diagrams, sources, sink, options);
  const bool all_looked_for = capabilities.empty() && sink.error_count() < options.findings;
  accept_findings(*model, {{}, all_looked_for}, sink);
  return {};
}

py::tuple verify_source(const std::optional<std::string>& text, const std::string& name,
                        const std::vector<std::string>& capabilities) {
  SourceMap sources;
  DiagnosticSink sink;
  const FileId root = add_source(sources, text, name);
  const Expected<void> looked = [&] {
    const py::gil_scoped_release unlocked;
    return look_at(root, capabilities, sources, sink);
  }();
  if (!looked) raise(kError, looked.error().message);
  return py::make_tuple(document(sink, sources), shown(sink, sources));
}

// A table as the analyses read it.
struct Opened {
  Table table;
  Restored restored;
};
Opened open_bytes(const py::bytes& bytes, const std::string& name) {
  const std::string_view view = bytes;
  Table table =
      value_or_raise(Table::from_bytes(std::as_bytes(std::span(view)), name), kTableError);
  Restored restored = value_or_raise(restore(table, name), kTableError);
  return {std::move(table), std::move(restored)};
}

Partition classes_of(const Model& model, const SourceMap& sources) {
  DiagnosticSink sink;
  std::optional<Partition> classes = partition(model, sink);
  if (!classes) raise(kError, render_human(sink.diagnostics(), sources));
  return std::move(*classes);
}

py::tuple explain_table(const py::bytes& bytes, const std::string& name,
                        const std::vector<std::string>& facts, const std::vector<std::string>& free,
                        const std::string& why, const std::string& why_not, std::size_t limit) {
  const Opened opened = open_bytes(bytes, name);
  const Partition classes = classes_of(opened.restored.model, opened.restored.sources);
  driver::GivenFacts given;
  const std::vector<Error> errors = driver::read_facts(opened.restored.model, facts, free, given);
  if (!errors.empty()) {
    std::string message;
    for (const Error& error : errors) message += (message.empty() ? "" : "\n") + error.message;
    raise(kFactError, message);
  }
  const driver::Question question{why, why_not, "auto", limit};
  const auto answered = [&] {
    const py::gil_scoped_release unlocked;
    return driver::answer(question, {name, opened.restored.model, opened.restored.sources,
                                     &opened.table, classes, given});
  }();
  if (!answered) raise(kFactError, answered.error().message);
  return py::make_tuple(to_str(answered->text), to_str(answered->json));
}

void check_attribute(const diff::Pair& pair, const std::string& name) {
  std::vector<std::string> names;
  for (const Model* model : {&pair.old_model, &pair.new_model}) {
    for (const TargetId id : model->main().targets) {
      for (const Attribute& attribute : model->targets[id].attributes) {
        if (attribute.name == name) return;
        names.push_back(attribute.name);
      }
    }
  }
  const std::string meant = did_you_mean_text(name, names);
  raise(kError, fmt::format("by `{}`: no target of either policy has such an attribute{}{}", name,
                            meant.empty() ? "" : "; ", meant));
}

void restrict(diff::Pair& pair, const std::string& region) {
  SourceMap sources;
  DiagnosticSink sink;
  const auto formula = [&] {
    driver::RegionReader reader(pair);
    return reader.read(region, "region", sources, sink);
  }();
  if (!formula) raise(kError, render_human(sink.diagnostics(), sources));
  pair = diff::restricted(pair, *formula);
}

py::tuple diff_tables(const py::bytes& old_bytes, const std::string& old_name,
                      const py::bytes& new_bytes, const std::string& new_name,
                      const std::string& by, bool reasons, const std::string& region) {
  const Opened old_side = open_bytes(old_bytes, old_name),
               new_side = open_bytes(new_bytes, new_name);
  auto pair = diff::align(old_side.restored.model, new_side.restored.model);
  if (!pair) {
    std::string message;
    for (const diff::Conflict& conflict : pair.error()) {
      message += (message.empty() ? "" : "\n") + conflict.message;
    }
    raise(kError, message);
  }
  diff::Options options;
  if (reasons) options.compare = diff::Options::Compare::kReasons;
  if (!by.empty()) {
    if (reasons) raise(kError, "compare by an attribute, or reasons too, not both");
    check_attribute(*pair, by);
    options.compare = diff::Options::Compare::kAttribute;
    options.attribute = by;
  }
  if (!region.empty()) restrict(*pair, region);
  const Partition classes = classes_of(pair->new_model, new_side.restored.sources);
  const diff::Report report = [&] {
    const py::gil_scoped_release unlocked;
    const diff::Difference difference = diff::compare(*pair, classes, options);
    return diff::make_report(
        *pair, classes, difference, options,
        {old_side.restored.sources, new_side.restored.sources, old_name, new_name});
  }();
  return py::make_tuple(to_str(diff::render_json(report)), to_str(diff::render_human(report)),
                        to_str(diff::render_markdown(report)));
}

}  // namespace
}  // namespace switchyard::python

PYBIND11_MODULE(_compiler, module) {
  using namespace switchyard::python;
  module.doc() = "The compiler; python/switchyard has the functions to use.";
  module.def("compile", &compile, py::arg("text"), py::arg("name"));
  module.def("verify", &verify_source, py::arg("text"), py::arg("name"), py::arg("capabilities"));
  module.def("explain", &explain_table, py::arg("table"), py::arg("name"), py::arg("facts"),
             py::arg("free"), py::arg("why"), py::arg("why_not"), py::arg("limit"));
  module.def("diff", &diff_tables, py::arg("old"), py::arg("old_name"), py::arg("new"),
             py::arg("new_name"), py::arg("by"), py::arg("reasons"), py::arg("region"));
}
