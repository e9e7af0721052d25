#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <map>
#include <span>

#include <fmt/format.h>

#include "compiler/diagram/diagram.h"
#include "compiler/driver/command.h"
#include "compiler/driver/output.h"
#include "compiler/driver/pipeline.h"
#include "compiler/driver/report.h"
#include "compiler/emit/emit_cpp.h"
#include "compiler/emit/write_file.h"
#include "compiler/parse/parse.h"
#include "compiler/region/box.h"
#include "compiler/sema/resolve.h"
#include "runtime/base/check.h"
#include "runtime/table/inspect.h"
#include "runtime/table/table.h"

namespace switchyard::driver {
namespace {

struct Options {
  std::string input;
  std::string output;
  std::string dump;
  std::string emit = "table";
  std::string engine = "auto";
  ReportOptions report;
};

const std::map<std::string, Stage> kDumps = {
    {"ast", Stage::kAst},         {"model", Stage::kModel},     {"classes", Stage::kClasses},
    {"boxes", Stage::kClasses},   {"diagram", Stage::kDiagram}, {"table", Stage::kTable},
};

const std::map<std::string, DeciderChoice> kEngines = {
    {"auto", DeciderChoice::kAuto},   {"dense", DeciderChoice::kDense},
    {"walk", DeciderChoice::kWalk},   {"bits", DeciderChoice::kBits},
    {"program", DeciderChoice::kProgram},
};

std::string dump_stage(const Options& options, const Compilation& done) {
  if (options.dump == "ast") return dump(done.policy, done.sources);
  if (options.dump == "model") return dump(*done.model, done.sources);
  if (options.dump == "classes") return dump(*done.partition, *done.model);
  if (options.dump == "boxes") return dump_boxes(*done.partition, *done.model);
  if (options.dump == "diagram") {
    if (done.diagrams) return dump(*done.diagrams, *done.model, *done.partition);
    return "beyond the diagrams' budget: this policy is decided by bit vectors\n";
  }
  const Expected<Table> table = Table::from_bytes(done.table);
  SWITCHYARD_CHECK(table.has_value());  // it was just proved
  return inspect(*table);
}

// Writes the result where the user asked for it.
int deliver(const Options& options, std::span<const std::byte> bytes) {
  if (options.output == "-") {
    const auto* text = reinterpret_cast<const char*>(bytes.data());
    return write_out({text, bytes.size()}) ? kOk : kBadInput;
  }
  if (const auto written = write_file(options.output, bytes); !written) {
    report_error(written.error(), options.report);
    return kBadInput;
  }
  return kOk;
}

bool same_file(const std::string& a, const std::string& b) {
  std::error_code code;
  return a != "-" && std::filesystem::equivalent(a, b, code);
}

int run(const Options& options) {
  if (!options.output.empty() && same_file(options.output, options.input)) {
    report_error({fmt::format("-o names the policy itself, `{}`; nothing was written", options.input)},
                 options.report);
    return kBadInput;
  }
  EmitOptions emit_options;
  emit_options.decider = kEngines.at(options.engine);
  const bool dumping = !options.dump.empty();
  Compilation done;
  const Stage last = dumping ? kDumps.at(options.dump) : Stage::kTable;
  if (const auto result = compile(options.input, last, emit_options, done); !result) {
    report_error(result.error(), options.report);
    return kBadInput;
  }
  if (!done.sink.diagnostics().empty()) report(done.sink, done.sources, options.report);
  if (done.sink.has_errors()) return kFindings;
  if (dumping) {
    const std::string text = dump_stage(options, done);
    Options to = options;
    if (to.output.empty()) to.output = "-";
    return deliver(to, std::as_bytes(std::span(text)));
  }
  if (options.emit == "cpp") {
    const Expected<Table> table = Table::from_bytes(done.table);
    SWITCHYARD_CHECK(table.has_value());
    const std::string header = emit_cpp(*table);
    Options to = options;
    if (to.output.empty()) to.output = "-";
    return deliver(to, std::as_bytes(std::span(header)));
  }
  if (options.output.empty()) {
    print_error("{}: no errors; name an output with -o to write the table\n",
               options.input == "-" ? "<stdin>" : options.input);
    return kOk;
  }
  return deliver(options, done.table);
}

}  // namespace

int compile_command(Arguments arguments) {
  Options options;
  CLI::App app("Compiles a policy to a decision table. Nothing is written when the policy has errors.",
               "policyc");
  app.add_option("FILE", options.input, "the policy; `-` reads standard input")->required();
  app.add_option("-o,--output", options.output, "the table to write; `-` is standard output");
  app.add_option("--dump", options.dump,
                 "print a stage instead (to -o where given): ast, model, classes, boxes, diagram or table")
      ->check(CLI::IsMember({"ast", "model", "classes", "boxes", "diagram", "table"}));
  app.add_option("--emit", options.emit,
                 "table, or cpp: a header with a typed struct of the facts")
      ->check(CLI::IsMember({"table", "cpp"}))
      ->capture_default_str();
  app.add_option("--engine", options.engine,
                 "force how the table decides: dense array, diagram walk, bit vectors, or a program")
      ->check(CLI::IsMember({"auto", "dense", "walk", "bits", "program"}))
      ->capture_default_str();
  add_report_options(app, options.report);
  describe(app, "  policyc moe.policy -o moe.table\n  policyc moe.policy --dump=diagram");
  if (const auto status = parse_arguments(app, arguments, {"--verify", "--explain"})) return *status;
  return run(options);
}

}  // namespace switchyard::driver
