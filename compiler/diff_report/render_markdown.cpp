#include <iterator>

#include <fmt/format.h>

#include "compiler/diagnostic/counted.h"
#include "compiler/diff_report/render.h"

namespace switchyard::diff {
namespace {

// Text of a policy as text of the page: nothing in it is markup.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '|': out += "&#124;"; break;
      case '`': out += "&#96;"; break;
      case '@': out += "&#64;"; break;  // nobody is called by it
      case '#': out += "&#35;"; break;
      case '*': case '_': case '[': case ']': case '\\': case '~':
        out += '\\';
        out += c;
        break;
      case '\n': case '\r': case '\t': out += ' '; break;
      default: out += c;
    }
  }
  return out;
}

// The same in a fixed width.
std::string code(std::string_view text) { return "<code>" + plain(text) + "</code>"; }

std::string verdict(const ReportedChange& change) {
  std::string text;
  if (!change.failed.empty()) text = "**fails**: ";
  for (const std::string& pattern : change.failed) {
    text += (&pattern == &change.failed.front() ? "" : ", ") + code(pattern);
  }
  if (change.unexpected) {
    if (!text.empty()) text += "; ";
    text += change.unexpected->count == 0
                ? "expected"
                : "**not expected**: " + size_of(*change.unexpected);
  }
  return text;
}

std::string row_of(const ReportedChange& change, bool judged) {
  std::string row = fmt::format("| {} | {} | {} |", size_of(change.region), code(change.from.label),
                                code(change.to.label));
  if (judged) row += " " + verdict(change) + " |";
  return row + "\n";
}

std::string rules_of(std::string_view word, const ReportedEnd& end) {
  std::string out;
  for (const ReportedEnd::Decider& decider : end.deciders) {
    fmt::format_to(std::back_inserter(out), "- {} {}{}{}{}\n", word, plain(decider.location),
                   decider.location.empty() ? "" : ": ", code(decider.text),
                   decider.because.empty() ? "" : ": " + plain(decider.because));
  }
  return out;
}

std::string details_of(const ReportedChange& change) {
  std::string out = fmt::format("\n**{}: {} → {}**\n\n", size_of(change.region),
                                code(change.from.label), code(change.to.label));
  out += rules_of("from", change.from) + rules_of("to", change.to);
  for (const BoxValues& box : change.region.boxes) {
    fmt::format_to(std::back_inserter(out), "- where {}\n", code(text_of(box)));
  }
  if (!change.region.complete) out += "- and more that these do not show\n";
  if (change.unexpected && change.unexpected->count != 0) {
    for (const BoxValues& box : change.unexpected->boxes) {
      fmt::format_to(std::back_inserter(out), "- **not expected** where {}\n", code(text_of(box)));
    }
  }
  return out;
}

// Appends pieces as long as they fit, and how many were left out.
class Page {
 public:
  explicit Page(std::size_t limit) : room_(limit) {}
  // True when it was added. Keeps room for the notes and the ends of what is open.
  bool add(const std::string& piece) {
    if (full_ || out_.size() + piece.size() + kReserve > room_) {
      full_ = true;
      return false;
    }
    out_ += piece;
    return true;
  }
  void close(const std::string& piece) { out_ += piece; }
  std::string take() { return std::move(out_); }

 private:
  static constexpr std::size_t kReserve = 400;
  std::size_t room_;
  bool full_ = false;
  std::string out_;
};

}  // namespace

std::string render_markdown(const Report& report, std::size_t limit) {
  Page page(limit);
  const bool failing = !report.accepted();
  page.add(fmt::format("### Dispatch policy: {}\n\n{} → {}{}\n", plain(summary_of(report)),
                       code(report.old_name), code(report.new_name),
                       report.equal ? "" : failing ? "" : ": accepted"));
  for (const std::string& fact : report.facts) page.add("- " + plain(fact) + "\n");
  bool judged = report.judged;
  for (const ReportedChange& change : report.changes) judged = judged || !change.failed.empty();
  std::size_t rows = 0, details = 0;
  if (!report.equal) {
    page.add(judged ? "\n| combinations | from | to | verdict |\n| ---: | --- | --- | --- |\n"
                    : "\n| combinations | from | to |\n| ---: | --- | --- |\n");
    while (rows < report.changes.size() && page.add(row_of(report.changes[rows], judged))) ++rows;
    const bool open = page.add("\n<details><summary>Where, and which rules</summary>\n");
    while (open && details < report.changes.size() &&
           page.add(details_of(report.changes[details]))) {
      ++details;
    }
    if (open) page.close("\n</details>\n");
  }
  std::size_t stale = 0;
  while (stale < report.stale.size() &&
         page.add((stale == 0 ? "\n" : "") + ("- expected, but does not occur: " +
                                              code(report.stale[stale])) + "\n")) {
    ++stale;
  }
  for (const std::string& slower : report.slower) {
    page.add("- **fails**: slower: " + code(slower) + "\n");
  }
  const std::size_t missing = report.changes.size() - details;
  if (missing != 0 || stale != report.stale.size()) {
    page.close(fmt::format("\n_This comment is full: the regions of {} of {} are left out; "
                           "run <code>policyc diff</code> to see them._\n",
                           missing, counted(report.changes.size(), "change")));
  }
  return page.take();
}

}  // namespace switchyard::diff
