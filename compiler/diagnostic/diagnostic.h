#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "compiler/diagnostic/fact_values.h"
#include "compiler/source/source_file.h"

namespace switchyard {

enum class Severity : std::uint8_t { kError, kWarning };

// One entry of the registry. `code` is stable for ever ("SY0103"); `name` is its short title.
struct DiagnosticInfo {
  std::string_view code;
  Severity severity;
  std::string_view name;
};

// A registered diagnostic with the types of its format's arguments, so that a call that does not
// fit its format does not compile.
template <typename... Args>
struct DiagnosticKind {
  DiagnosticInfo info;
  fmt::format_string<Args...> format;
};

// A secondary place or remark: "first declared here". Without a span it is a plain note or help.
struct Note {
  std::optional<Span> span;
  std::string text;
};

// A change that can be applied as it stands: the edits do not overlap.
struct Fix {
  struct Edit {
    Span span;
    std::string replacement;
  };
  std::string text;  // "did you mean `native`?"
  std::vector<Edit> edits;
};

// One fact of an input that shows the finding, as the language writes it: {"tokens", "17"}.
struct Binding {
  std::string fact;
  std::string value;
};

// All combinations of which a finding speaks, as boxes that may overlap; every combination in them
// that the assumptions admit is one of them.
struct FoundRegion {
  struct Part {
    BoxValues box;
    std::string size;       // as people read it: "480", "2^40"
  };
  std::vector<Part> parts;
  std::string count;        // in decimal, of any length
  std::string size;         // as people read it: "480 of 2304", "at least 2^40"
  bool exact = false;       // else `count` is a lower bound
  bool complete = false;    // the boxes are all of it
  bool cut = false;         // not all were asked for, and there are more
};

// A finding about a policy. Messages are lower case without a final full stop, code in backticks.
struct Diagnostic {
  const DiagnosticInfo* info = nullptr;
  std::string message;
  Span span;
  std::string label;  // what stands beside the carets; may be empty
  std::vector<Note> notes;
  std::vector<Fix> fixes;
  std::vector<Binding> witness;  // empty when the finding is not about inputs
  std::optional<FoundRegion> region;

  Diagnostic& with_label(std::string text) { label = std::move(text); return *this; }
  Diagnostic& with_note(Span at, std::string text) {
    notes.push_back({at, std::move(text)});
    return *this;
  }
  Diagnostic& with_help(std::string text) {
    notes.push_back({std::nullopt, std::move(text)});
    return *this;
  }
  Diagnostic& with_fix(std::string text, Span at, std::string replacement) {
    fixes.push_back({std::move(text), {{at, std::move(replacement)}}});
    return *this;
  }
};

// Collects the findings of one compilation in the order in which they are reported. Not
// thread-safe. References returned by `report` are valid until the next report.
class DiagnosticSink {
 public:
  template <typename... Args, typename... Given>
  Diagnostic& report(const DiagnosticKind<Args...>& kind, Span span, Given&&... given) {
    // Given and Args are the same types up to conversion; the conversion is what checks them.
    return add(&kind.info, span, format_message<Args...>(kind, std::forward<Given>(given)...));
  }

  // A finding of another sink.
  void add(const Diagnostic& found) {
    note(*found.info);
    diagnostics_.push_back(found);
  }

  // Adds the findings of another sink after its own.
  void append(DiagnosticSink&& other) {
    for (Diagnostic& found : other.diagnostics_) {
      note(*found.info);
      diagnostics_.push_back(std::move(found));
    }
  }

  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }
  // How many findings of a kind there are, in logarithmic time, and the last, of which there must be
  // one.
  std::size_t count(const DiagnosticInfo& kind) const;
  Diagnostic& last(const DiagnosticInfo& kind);
  bool has_errors() const { return errors_ > 0; }
  std::size_t error_count() const { return errors_; }

 private:
  template <typename... Args>
  static std::string format_message(const DiagnosticKind<Args...>& kind,
                                    std::type_identity_t<Args>... args) {
    return fmt::vformat(fmt::string_view(kind.format), fmt::make_format_args(args...));
  }
  Diagnostic& add(const DiagnosticInfo* info, Span span, std::string message);
  void note(const DiagnosticInfo& kind);

  std::vector<Diagnostic> diagnostics_;
  std::map<const DiagnosticInfo*, std::size_t> counts_;  // by kind
  std::size_t errors_ = 0;
};

}  // namespace switchyard
