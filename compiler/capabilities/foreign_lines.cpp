#include "compiler/capabilities/foreign_lines.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "compiler/diagnostic/registry.h"
#include "compiler/sema/resolve.h"
#include "runtime/base/check.h"

namespace switchyard {
namespace {

bool contains(Span outer, Span inner) {
  return outer.file == inner.file && outer.begin <= inner.begin && inner.end <= outer.end;
}

// What the value at `place` is compared with; null where none is.
const ast::Operand* subject_at(const ast::Condition& condition, Span place) {
  if (!contains(condition.span, place)) return nullptr;
  const auto among = [&](const std::vector<ast::ConditionPtr>& operands) -> const ast::Operand* {
    for (const ast::ConditionPtr& operand : operands) {
      if (const ast::Operand* found = subject_at(*operand, place)) return found;
    }
    return nullptr;
  };
  struct Visitor {
    const decltype(among)& look;
    Span place;
    const ast::Operand* operator()(const ast::Condition::Constant&) const { return nullptr; }
    const ast::Operand* operator()(const ast::Condition::Bare&) const { return nullptr; }
    const ast::Operand* operator()(const ast::Condition::Can&) const { return nullptr; }
    const ast::Operand* operator()(const ast::Condition::Modulo&) const { return nullptr; }
    const ast::Operand* operator()(const ast::Condition::Compare& own) const { return &own.left; }
    const ast::Operand* operator()(const ast::Condition::In& own) const { return &own.left; }
    const ast::Operand* operator()(const ast::Condition::Has& own) const { return &own.left; }
    const ast::Operand* operator()(const ast::Condition::Not& own) const {
      return subject_at(*own.operand, place);
    }
    const ast::Operand* operator()(const ast::Condition::And& own) const { return look(own.operands); }
    const ast::Operand* operator()(const ast::Condition::Or& own) const { return look(own.operands); }
    const ast::Operand* operator()(const ast::Condition::Implies& own) const {
      const ast::Operand* left = subject_at(*own.left, place);
      return left != nullptr ? left : subject_at(*own.right, place);
    }
  };
  return std::visit(Visitor{among, place}, condition.node);
}

class Lines {
 public:
  Lines(ast::Policy& policy, std::size_t count, const SourceMap& sources, DiagnosticSink& sink)
      : policy_(policy), count_(count), sources_(sources), sink_(sink) {}

  std::optional<Model> resolve_all() {
    // Every round but the last settles a value or a line that none before it did.
    for (;;) {
      const bool widened = may_widen_ && !widened_.empty();
      DiagnosticSink found;
      std::optional<Model> model = resolve(policy_, sources_, found);
      if (model) {
        tell();
        return model;
      }
      DiagnosticSink wrong;
      bool settled = false;
      for (const Diagnostic& finding : found.diagnostics()) {
        const ast::Item* line = line_at(finding.span);
        if (line == nullptr || finding.info->severity != Severity::kError) continue;
        if (settle(finding, *line)) {
          settled = true;
        } else {
          wrong.add(finding);
        }
      }
      // More values upset what compares that fact with one of the same values, in the policy or a line.
      if (widened && (wrong.has_errors() || !settled)) {
        narrow();
      } else if (wrong.has_errors()) {
        tell();
        sink_.append(std::move(wrong));
        return std::nullopt;
      } else {
        SWITCHYARD_CHECK(settled);  // all else was known to be right
      }
      leave_out();
    }
  }

 private:
  using Place = std::pair<FileId, std::uint32_t>;
  struct Foreign {  // a name or a value of a line
    Span span;
    std::string text;
    const ast::Fact* fact = nullptr;  // of which it is no value; null for a name
    Place line;
  };
  struct Widened {  // an enum's declaration
    ast::Type::Enum* type;
    std::size_t own;  // symbols of the policy
  };

  static Place place_of(Span span) { return {span.file, span.begin}; }

  const ast::Item* line_at(Span place) const {
    for (std::size_t i = 0; i < count_; ++i) {
      for (const ast::Item& item : policy_.files[i].items) {
        if (contains(item.span, place)) return &item;
      }
    }
    return nullptr;
  }

  ast::Fact* fact_named(const std::string& name) {
    for (ast::File& file : policy_.files) {
      for (ast::Item& item : file.items) {
        auto* fact = std::get_if<ast::Fact>(&item.node);
        if (fact != nullptr && fact->name.text == name) return fact;
      }
    }
    return nullptr;
  }

  // Whether the finding only says that the line knows more than the policy.
  bool settle(const Diagnostic& finding, const ast::Item& line) {
    Foreign foreign{finding.span, std::string(sources_.text(finding.span)), nullptr,
                    place_of(line.span)};
    if (finding.info == &diag::UnknownName.info) {
      left_out_.insert(foreign.line);
      foreign_.emplace(place_of(finding.span), std::move(foreign));
      return true;
    }
    if (finding.info != &diag::UnknownSymbol.info) return false;
    const auto& condition = *std::get<ast::Requires>(line.node).condition;
    const ast::Operand* subject = subject_at(condition, finding.span);
    ast::Fact* fact = subject != nullptr ? fact_named(subject->name.text) : nullptr;
    if (fact == nullptr) return false;
    foreign.fact = fact;
    auto* type = std::get_if<ast::Type::Enum>(&fact->type.node);
    const Place line_place = foreign.line;
    const std::string written = foreign.text;
    const bool fresh = foreign_.emplace(place_of(finding.span), std::move(foreign)).second;
    // Once more: written with an escape, it is another symbol than the one made known.
    if (type != nullptr && may_widen_ && fresh) {
      widen(*type, written, fact->type.span);
    } else {
      left_out_.insert(line_place);
    }
    return true;
  }

  void widen(ast::Type::Enum& type, const std::string& written, Span span) {
    ast::Name symbol{written, false, span};
    if (written.size() >= 2 && written.front() == '"') {
      symbol = {written.substr(1, written.size() - 2), true, span};
    }
    const bool known = std::any_of(type.symbols.begin(), type.symbols.end(),
                                   [&](const ast::Name& own) { return own.text == symbol.text; });
    if (known) return;
    widened_.push_back({&type, type.symbols.size()});
    type.symbols.push_back(std::move(symbol));
  }

  void narrow() {
    may_widen_ = false;
    for (; !widened_.empty(); widened_.pop_back()) {
      widened_.back().type->symbols.resize(widened_.back().own);
    }
    for (const auto& [place, foreign] : foreign_) left_out_.insert(foreign.line);
  }

  void leave_out() {
    for (std::size_t i = 0; i < count_; ++i) {
      std::erase_if(policy_.files[i].items, [&](const ast::Item& item) {
        return left_out_.contains(place_of(item.span));
      });
    }
  }

  void tell() {
    for (const auto& [place, foreign] : foreign_) {
      const bool out = left_out_.contains(foreign.line);
      const char* label = out ? "this line is left out" : "the rest of the line counts";
      if (foreign.fact == nullptr) {
        sink_.report(diag::ForeignName, foreign.span, foreign.text)
            .with_label(label)
            .with_help("declare it, and say in a rule what it decides; or allow this warning");
        continue;
      }
      sink_.report(diag::ForeignValue, foreign.span, foreign.text, foreign.fact->name.text)
          .with_label(label)
          .with_note(foreign.fact->type.span, "its values are declared here");
    }
  }

  ast::Policy& policy_;
  const std::size_t count_;
  const SourceMap& sources_;
  DiagnosticSink& sink_;
  std::map<Place, Foreign> foreign_;
  std::set<Place> left_out_;  // lines
  std::vector<Widened> widened_;
  bool may_widen_ = true;
};

}  // namespace

std::optional<Model> resolve_with_lines(ast::Policy& policy, std::size_t count,
                                        const SourceMap& sources, DiagnosticSink& sink) {
  return Lines(policy, count, sources, sink).resolve_all();
}

}  // namespace switchyard
