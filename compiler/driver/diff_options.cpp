#include "compiler/driver/diff_options.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "compiler/driver/box_limit.h"

namespace switchyard::driver {
namespace {

std::optional<int> bad(const DiffOptions& options, const std::string& message) {
  report_error({message + "; `policyc diff --help` shows the usage"}, options.report);
  return kBadInput;
}

}  // namespace

std::optional<int> parse_diff_arguments(Arguments arguments, DiffOptions& options) {
  CLI::App app("Compares two policies as functions of their facts: what changes, from what to what.",
               "policyc diff");
  std::vector<std::string> paths;
  bool reasons = false;
  std::optional<std::size_t> max_boxes;
  app.add_option("OLD_NEW", paths,
                 "OLD and NEW: policies, tables, `-` for standard input, or REV:path in git");
  app.add_option("--by", options.compare.attribute, "compare this attribute of the target alone")
      ->option_text("ATTR")
      ->check(not_empty());
  app.add_flag("--reasons", reasons, "compare the deciding rules and their reasons too");
  app.add_option("--fail-on", options.fail_on,
                 "'native -> emulated', '* -> refused', or slower; may be repeated")
      ->option_text("PATTERN")
      ->allow_extra_args(false);
  app.add_option("--expect", options.expect, "accept the reviewed changes of this file, no others")
      ->option_text("FILE")
      ->check(not_empty());
  app.add_option("--write-expect", options.write_expect, "write the changes as reviewed ones")
      ->option_text("FILE")
      ->check(not_empty());
  app.add_option("--region", options.region, "look only where this condition holds")
      ->option_text("COND")
      ->check(not_empty());
  add_box_limit(app, max_boxes, options.compare.max_boxes);
  app.add_option("--format", options.format, "human, json, markdown or sarif")
      ->check(CLI::IsMember({"human", "json", "markdown", "sarif"}))
      ->capture_default_str();
  app.add_flag("--git-driver", options.git_driver,
               "be the external diff driver of git, whose arguments follow");
  add_report_options(app, options.report);
  describe(app, "  policyc diff HEAD:moe.policy moe.policy\n"
                "  policyc diff old.table new.policy --by family --fail-on 'native -> emulated'");
  if (const auto status = parse_arguments(app, arguments)) return status;
  if (options.git_driver) {
    options.driver_arguments = std::move(paths);
    return std::nullopt;
  }
  if (paths.size() != 2) {
    return bad(options, fmt::format("diff compares two policies, OLD and NEW; {} given",
                                    paths.empty() ? "none was" : paths.size() == 1 ? "one was"
                                                                                    : "more were"));
  }
  options.old_path = paths[0];
  options.new_path = paths[1];
  if (reasons && !options.compare.attribute.empty()) {
    return bad(options, "--by and --reasons compare different things; give one of them");
  }
  if (!options.expect.empty() && !options.write_expect.empty()) {
    return bad(options, "--expect judges by a file that --write-expect would replace; give one of them");
  }
  if (reasons) options.compare.compare = diff::Options::Compare::kReasons;
  if (!options.compare.attribute.empty()) {
    options.compare.compare = diff::Options::Compare::kAttribute;
  }
  options.compare.max_boxes =
      box_limit(max_boxes, options.write_expect.empty() ? options.format : "json",
                options.compare.max_boxes);
  return std::nullopt;
}

}  // namespace switchyard::driver
