#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "compiler/diagnostic/registry.h"
#include "compiler/parse/build.h"
#include "compiler/parse/failure.h"
#include "compiler/parse/grammar_lock.h"
#include "compiler/parse/lex.h"
#include "compiler/parse/parse.h"
#include "compiler/parse/parse_tokens.h"
#include "compiler/parse/syntax_error.h"
#include "compiler/parse/token_stream.h"

namespace switchyard {
namespace {

// Past so many errors a file is most likely not a policy at all.
constexpr int kMaxErrors = 100;

class FileParser {
 public:
  FileParser(const SourceFile& source, FileId file, const TokenList& list, DiagnosticSink& sink)
      : source_(source),
        file_(file),
        tokens_(list.tokens),
        lexical_errors_(list.errors),
        sink_(sink),
        stream_(tokens_),
        parser_(&stream_),
        builder_(source, file, tokens_, sink) {
    parser_.removeErrorListeners();
    parser_.setErrorHandler(strategy_);
    parser_.getInterpreter<antlr4::atn::ParserATNSimulator>()->setPredictionMode(
        antlr4::atn::PredictionMode::SLL);
  }

  ast::File parse();

 private:
  bool next_is(std::size_t type) const { return tokens_[at_].type == type; }
  Span span(std::size_t index) const { return {file_, tokens_[index].begin, tokens_[index].end}; }

  void item();
  void open_decision();
  void close_brace();
  void finish_decision(std::uint32_t end);
  void add(ast::Item item, std::size_t first);
  void give_up(std::size_t start);

  // Runs one rule of the grammar at the current token; null when it does not match. The tree is
  // valid until the next call.
  template <typename Tree>
  Tree* run(Tree* (Grammar::*rule)());

  const SourceFile& source_;
  FileId file_;
  const std::vector<Token>& tokens_;
  const std::vector<std::uint32_t>& lexical_errors_;
  DiagnosticSink& sink_;
  TokenStream stream_;
  std::shared_ptr<FailureStrategy> strategy_ = std::make_shared<FailureStrategy>();
  Grammar parser_;
  Builder builder_;

  ast::File result_;
  std::size_t at_ = 0;                     // the token where the next item begins
  std::size_t previous_start_ = 0;         // where the item before began
  std::optional<ast::Decision> decision_;  // the open one
  std::size_t decision_start_ = 0;         // its first token
  std::size_t decision_brace_ = 0;         // its `{`
  int nested_ = 0;                         // open decisions inside it, each reported
};

template <typename Tree>
Tree* FileParser::run(Tree* (Grammar::*rule)()) {
  parser_.reset();
  stream_.start_item(at_);
  try {
    return (parser_.*rule)();
  } catch (const ItemAbandoned&) {
    return nullptr;
  }
}

ast::File FileParser::parse() {
  result_.file = file_;
  const std::size_t errors_before = sink_.error_count();
  while (!next_is(Token::kEndOfFile)) {
    if (sink_.error_count() - errors_before >= std::size_t{kMaxErrors}) {
      sink_.report(diag::TooManyErrors, span(at_), kMaxErrors);
      break;
    }
    const std::size_t start = at_;
    if (next_is(Grammar::CLOSE_BRACE)) {
      close_brace();
    } else if (next_is(Grammar::DECISION)) {
      open_decision();
    } else {
      item();
    }
    previous_start_ = start;
  }
  if (decision_) {
    sink_.report(diag::NeverClosed, span(decision_brace_), "{")
        .with_label("opened here")
        .with_note(span(at_), "the file ends here without a `}`");
    finish_decision(tokens_[at_].begin);
  }
  return std::move(result_);
}

void FileParser::item() {
  const std::size_t start = at_;
  Grammar::ItemContext* tree = run(&Grammar::item);
  if (!tree) {
    give_up(start);
    return;
  }
  at_ = stream_.index();
  if (auto built = builder_.item(*tree)) add(std::move(*built), start);
}

void FileParser::add(ast::Item item, std::size_t first) {
  if (!decision_) {
    result_.items.push_back(std::move(item));
    return;
  }
  if (std::holds_alternative<ast::Target>(item.node) ||
      std::holds_alternative<ast::Requires>(item.node) ||
      std::holds_alternative<ast::Rule>(item.node)) {
    decision_->items.push_back(std::move(item));
    return;
  }
  sink_.report(diag::MisplacedInDecision, item.span, source_.text(span(first)))
      .with_help("a decision holds targets, `requires` lines and rules; move this out of it")
      .with_note(span(decision_start_), "the decision begins here");
}

void FileParser::open_decision() {
  const std::size_t start = at_;
  Grammar::DecisionHeadContext* tree = run(&Grammar::decisionHead);
  ast::Name name;
  if (tree) {
    at_ = stream_.index();
    name = builder_.name(*tree->identifier());
  } else {
    give_up(start);
    // What the braces hold is parsed as a decision all the same, if they are where they belong.
    std::size_t brace = start + 1;
    while (brace < start + 3 && brace < tokens_.size() &&
           tokens_[brace].type != Grammar::OPEN_BRACE) {
      ++brace;
    }
    if (brace >= tokens_.size() || tokens_[brace].type != Grammar::OPEN_BRACE) return;
    at_ = brace + 1;
  }
  if (decision_) {
    ++nested_;
    sink_.report(diag::MisplacedInDecision, span(start), "decision")
        .with_help(
            "a decision holds targets, `requires` lines and rules; decisions stand side by "
            "side, and a later one may read an earlier one")
        .with_note(span(decision_start_), "the outer decision begins here");
    return;
  }
  decision_.emplace();
  decision_->name = std::move(name);
  decision_start_ = start;
  decision_brace_ = at_ - 1;
}

void FileParser::close_brace() {
  if (nested_ > 0) {
    --nested_;
  } else if (decision_) {
    finish_decision(tokens_[at_].end);
  } else {
    sink_.report(diag::NothingToClose, span(at_), "}").with_help("leave it out");
  }
  ++at_;
}

void FileParser::finish_decision(std::uint32_t end) {
  ast::Item item;
  item.span = {file_, tokens_[decision_start_].begin, end};
  item.node = std::move(*decision_);
  decision_.reset();
  nested_ = 0;
  result_.items.push_back(std::move(item));
}

void FileParser::give_up(std::size_t start) {
  const BrokenItem broken{strategy_->failure(), tokens_, source_, file_, start, previous_start_,
                          decision_.has_value()};
  at_ = next_item(broken);
  // An item around a lexical error is broken because of it: one slip, one error.
  const std::uint32_t from = start == 0 ? 0 : tokens_[start - 1].end;
  const auto lexical = std::lower_bound(lexical_errors_.begin(), lexical_errors_.end(), from);
  if (lexical != lexical_errors_.end() && *lexical < tokens_[at_].begin) return;
  report_syntax_error(broken, sink_);
}

}  // namespace

std::mutex& grammar_mutex() {
  static std::mutex mutex;
  return mutex;
}

ast::File parse_tokens(const SourceMap& sources, FileId file, const TokenList& list,
                       DiagnosticSink& sink) {
  return FileParser(sources.file(file), file, list, sink).parse();
}

ast::File parse_file(const SourceMap& sources, FileId file, DiagnosticSink& sink) {
  const std::lock_guard lock(grammar_mutex());
  return parse_tokens(sources, file, lex(sources, file, sink), sink);
}

}  // namespace switchyard
