#include <iterator>

#include <fmt/format.h>

#include "compiler/diagnostic/counted.h"
#include "compiler/diff_report/render.h"

namespace switchyard::diff {
namespace {

constexpr std::size_t kShownDeciders = 4;

void put_end(std::string& out, std::string_view word, const ReportedEnd& end) {
  std::size_t shown = 0;
  for (const ReportedEnd::Decider& decider : end.deciders) {
    if (shown++ == kShownDeciders) {
      fmt::format_to(std::back_inserter(out), "        and {} more\n",
                     end.deciders.size() - kShownDeciders);
      break;
    }
    fmt::format_to(std::back_inserter(out), "  {:<5} {}{}{}\n", shown == 1 ? word : "",
                   decider.location, decider.location.empty() ? "" : ": ", decider.text);
    if (!decider.because.empty()) {
      fmt::format_to(std::back_inserter(out), "        because \"{}\"\n", decider.because);
    }
  }
}

void put_boxes(std::string& out, std::string_view word, const ReportedRegion& region) {
  for (std::size_t i = 0; i < region.boxes.size(); ++i) {
    fmt::format_to(std::back_inserter(out), "  {:<5} {}\n", i == 0 ? word : "or",
                   text_of(region.boxes[i]));
  }
  if (region.complete) return;
  fmt::format_to(std::back_inserter(out), "        and more that these boxes do not show{}\n",
                 region.cut ? "; --max-boxes 0 shows all" : "");
}

void put_change(std::string& out, const ReportedChange& change) {
  fmt::format_to(std::back_inserter(out), "\n{}: {} -> {}", size_of(change.region),
                 change.from.label, change.to.label);
  if (change.unexpected) {
    out += change.unexpected->count == 0 ? "  (expected)" : "  (NOT EXPECTED)";
  }
  for (const std::string& pattern : change.failed) out += fmt::format("  (FAILS: {})", pattern);
  out += '\n';
  put_end(out, "from", change.from);
  put_end(out, "to", change.to);
  put_boxes(out, "where", change.region);
  if (!change.unexpected || change.unexpected->count == 0) return;
  fmt::format_to(std::back_inserter(out), "  not expected: {} of them\n",
                 size_of(*change.unexpected));
  put_boxes(out, "where", *change.unexpected);
}

}  // namespace

std::string size_of(const ReportedRegion& region) {
  return (region.exact ? "" : "at least ") + spell(region.count);
}

std::string text_of(const BoxValues& box) {
  std::string text;
  for (const FactValues& values : box) text += (text.empty() ? "" : ", ") + values.text;
  return text.empty() ? "any input" : text;
}

std::string summary_of(const Report& report) {
  std::string by;
  if (report.compare == Options::Compare::kAttribute) by = ", by " + report.attribute;
  if (report.compare == Options::Compare::kReasons) by = ", reasons included";
  if (report.equal) {
    if (!report.total) return fmt::format("equal on all combinations{}", by);
    if (*report.total == 1) return fmt::format("equal on the only combination{}", by);
    return fmt::format("equal on all {} combinations{}", spell(*report.total), by);
  }
  const std::string of = report.total ? " of " + spell(*report.total) : "";
  return fmt::format("{}{} {}{}", report.exact ? "" : "at least ",
                     counted(spell(report.changed) + of, "combination"),
                     report.changed == 1 ? "changes" : "change", by);
}

std::string render_human(const Report& report) {
  std::string out = fmt::format("{} -> {}\n{}\n", report.old_name, report.new_name,
                                summary_of(report));
  if (!report.facts.empty()) out += "\nfacts:\n";
  for (const std::string& fact : report.facts) out += "  " + fact + "\n";
  for (const ReportedChange& change : report.changes) put_change(out, change);
  if (!report.all_rules) {
    out += "\nthe policies differ so much that not every pair of rules is listed; every pair of "
           "outcomes is\n";
  }
  for (const std::string& slower : report.slower) out += "\nFAILS: slower: " + slower + "\n";
  if (!report.stale.empty()) out += "\nexpected, but does not occur:\n";
  for (const std::string& stale : report.stale) out += "  " + stale + "\n";
  return out;
}

}  // namespace switchyard::diff
