#include <algorithm>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "compiler/diagnostic/did_you_mean.h"
#include "compiler/diff/restrict.h"
#include "compiler/diff_report/expectation.h"
#include "compiler/diff_report/fail_on.h"
#include "compiler/diff_report/render.h"
#include "compiler/driver/command.h"
#include "compiler/driver/diff_options.h"
#include "compiler/driver/load.h"
#include "compiler/driver/output.h"
#include "compiler/driver/region_option.h"
#include "compiler/emit/write_file.h"

#include "cmake/version.h"  // after the enums with a kVersion of their own

namespace switchyard::driver {
namespace {

// Both sides, on common ground.
struct Compared {
  diff::Pair pair;
  std::optional<Partition> partition;
  Loaded& old_side;
  Loaded& new_side;
};

// The decision before the last whose targets have the attribute; empty for none.
std::string decision_with(const Model& model, const std::string& attribute) {
  for (const Block& block : model.blocks) {
    if (&block == &model.main()) continue;
    for (const TargetId id : block.targets) {
      for (const Attribute& own : model.targets[id].attributes) {
        if (own.name == attribute) return block.name;
      }
    }
  }
  return "";
}

// The attribute exists, or the nearest name is told.
Expected<void> check_attribute(const Compared& both, const std::string& name) {
  std::vector<std::string> names;
  for (const Model* model : {&both.pair.old_model, &both.pair.new_model}) {
    for (const TargetId id : model->main().targets) {
      for (const Attribute& attribute : model->targets[id].attributes) {
        if (attribute.name == name) return {};
        names.push_back(attribute.name);
      }
    }
  }
  for (const Model* model : {&both.pair.old_model, &both.pair.new_model}) {
    const std::string decision = decision_with(*model, name);
    if (decision.empty()) continue;
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return fail(fmt::format(
        "--by `{}`: only targets of the decision `{}` have this attribute, and what is compared is the last "
        "decision, made by the rules outside any block, whose targets have {}",
        name, decision,
        names.empty() ? "none" : fmt::format("`{}`", fmt::join(names, "`, `"))));
  }
  const std::string meant = did_you_mean_text(name, names);
  return fail(fmt::format("--by `{}`: no target of either policy has such an attribute; {}", name,
                          !meant.empty() ? meant : names.empty() ? "none has any"
                                                 : fmt::format("there is `{}`", names.front())));
}

// None when errors were reported, with the user's own text.
std::optional<FormulaId> read_region(RegionReader& reader, const std::string& text,
                                     const std::string& name, const ReportOptions& options) {
  SourceMap sources;
  DiagnosticSink sink;
  const auto formula = reader.read(text, name, sources, sink);
  if (!sink.diagnostics().empty()) report(sink, sources, options);
  return formula;
}

// Regions go into the formulas of both sides before classes are made, so that these tell them apart.
Expected<std::vector<FormulaId>> expected_regions(const diff::Expectation& expectation,
                                                  const DiffOptions& options, Compared& both) {
  std::vector<FormulaId> regions;
  RegionReader reader(both.pair);
  for (const diff::Expectation::Change& change : expectation.changes) {
    std::vector<FormulaId> boxes;
    for (const std::string& box : change.boxes) {
      const auto formula = read_region(reader, box, options.expect, options.report);
      if (!formula) {
        return fail(fmt::format("`{}`: the box `{}` cannot be read; correct it, or write the file anew "
                                "with --write-expect", options.expect, box));
      }
      boxes.push_back(*formula);
    }
    regions.push_back(both.pair.old_model.formulas.any(std::move(boxes)));
  }
  return regions;
}

Expected<diff::Expectation> load_expectation(const DiffOptions& options) {
  constexpr std::size_t kLimit = std::size_t{256} << 20;
  constexpr FileAdvice kAdvice = {"name a file that --write-expect wrote", "compare by parts, `--region COND`"};
  const Expected<std::string> text = DiskReader(kAdvice).read(options.expect, kLimit);
  if (!text) return fail(text.error().message);
  Expected<diff::Expectation> read = diff::read_expectation(*text, options.expect);
  if (!read) return read;
  const bool reasons = options.compare.compare == diff::Options::Compare::kReasons;
  if (read->attribute != options.compare.attribute || read->reasons != reasons) {
    const std::string mode = read->reasons            ? "--reasons"
                             : read->attribute.empty() ? "neither --by nor --reasons"
                                                       : "--by " + read->attribute;
    return fail(fmt::format("`{}` was written with {}; compare the same way", options.expect, mode));
  }
  return read;
}

Expected<std::vector<diff::FailOn>> patterns_of(const DiffOptions& options, const diff::Pair& pair) {
  std::vector<diff::FailOn> patterns;
  for (const std::string& text : options.fail_on) {
    Expected<diff::FailOn> pattern = diff::parse_fail_on(text, pair, options.compare);
    if (!pattern) return fail(pattern.error().message);
    patterns.push_back(std::move(*pattern));
  }
  return patterns;
}

std::string render(const DiffOptions& options, const diff::Report& report) {
  if (options.format == "json") return diff::render_json(report);
  if (options.format == "markdown") return diff::render_markdown(report);
  if (options.format == "sarif") return diff::render_sarif(report, std::string(kVersion));
  return diff::render_human(report);
}

// What is asked about the difference of two sides, each part checked against both.
struct Questions {
  std::vector<diff::FailOn> fail_on;
  std::optional<diff::Expectation> expectation;
  std::vector<FormulaId> expected;  // its regions
};

Expected<Questions> questions_of(const DiffOptions& options, Compared& both) {
  Questions questions;
  if (!options.compare.attribute.empty()) {
    if (const auto known = check_attribute(both, options.compare.attribute); !known) {
      return fail(known.error().message);
    }
  }
  Expected<std::vector<diff::FailOn>> patterns = patterns_of(options, both.pair);
  if (!patterns) return fail(patterns.error().message);
  questions.fail_on = std::move(*patterns);
  if (!options.expect.empty()) {
    Expected<diff::Expectation> read = load_expectation(options);
    if (!read) return fail(read.error().message);
    Expected<std::vector<FormulaId>> regions = expected_regions(*read, options, both);
    if (!regions) return fail(regions.error().message);
    questions.expectation = std::move(*read);
    questions.expected = std::move(*regions);
  }
  if (!options.region.empty()) {
    const auto region = [&] {
      RegionReader reader(both.pair);
      return read_region(reader, options.region, "--region", options.report);
    }();
    if (!region) return fail("--region names no region; write a condition over the policies' facts");
    both.pair = diff::restricted(both.pair, *region);
  }
  DiagnosticSink sink;
  both.partition = partition(both.pair.new_model, sink);
  if (!both.partition) {
    report(sink, both.new_side.sources, options.report);
    return fail("the policies together are beyond these limits");
  }
  return questions;
}

int fail_with(const Error& error, const DiffOptions& options) {
  report_error(error, options.report);
  return kBadInput;
}

}  // namespace

int compare_and_report(const DiffOptions& options, Loaded& old_side, Loaded& new_side) {
  auto pair = diff::align(*old_side.model, *new_side.model);
  if (!pair) {
    for (const diff::Conflict& conflict : pair.error()) report_error({conflict.message}, options.report);
    return kBadInput;
  }
  Compared both{std::move(*pair), std::nullopt, old_side, new_side};
  const Expected<Questions> asked = questions_of(options, both);
  if (!asked) return fail_with(asked.error(), options);
  const diff::Difference difference = diff::compare(both.pair, *both.partition, options.compare);
  diff::Report report =
      diff::make_report(both.pair, *both.partition, difference, options.compare,
                        {old_side.sources, new_side.sources, old_side.name, new_side.name});
  diff::mark_failed(asked->fail_on, both.pair, *both.partition, difference, options.compare, report);
  if (asked->expectation) {
    diff::judge(*asked->expectation, asked->expected, both.pair, *both.partition, difference,
                options.compare, report);
  }
  if (!options.write_expect.empty()) {
    const std::string text =
        diff::write_expectation(both.pair, *both.partition, difference, options.compare);
    const auto written = write_file(options.write_expect, std::as_bytes(std::span(text)));
    if (!written) return fail_with(written.error(), options);
    if (!report.equal && !report.complete) {
      return fail_with({fmt::format("`{}` does not hold every change: they are too many boxes; compare by "
                                    "parts, `--region COND`, or raise `--max-boxes`",
                                    options.write_expect)}, options);
    }
    return kOk;
  }
  if (!write_out(render(options, report))) return kBadInput;
  return report.accepted() ? kOk : kFindings;
}

int diff_command(Arguments arguments) {
  DiffOptions options;
  if (const auto status = parse_diff_arguments(arguments, options)) return *status;
  if (options.git_driver) return run_git_driver(options);
  if (options.old_path == "-" && options.new_path == "-") {
    return fail_with({"standard input can be one side only; name a file for the other"}, options);
  }
  Loaded old_side, new_side;
  if (!load_or_report(options.old_path, options.report, old_side)) return kBadInput;
  if (!load_or_report(options.new_path, options.report, new_side)) return kBadInput;
  return compare_and_report(options, old_side, new_side);
}

}  // namespace switchyard::driver
