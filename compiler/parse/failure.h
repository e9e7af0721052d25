#pragma once

#include <cstddef>
#include <vector>

#include <antlr4-runtime.h>

namespace switchyard {

// Where and in the middle of what the parser gave up on an item; what syntax_error.cpp explains.
struct Failure {
  struct Frame {
    std::size_t rule;   // PolicyParser::Rule…
    std::size_t start;  // index of its first token
  };
  std::size_t offending = 0;    // index of the token that fits nowhere
  std::vector<Frame> stack;     // innermost first
  // Token types that would have fitted at `offending`; empty when ANTLR looked further ahead than
  // one token, so that the set is not known.
  antlr4::misc::IntervalSet expected;
  const antlr4::dfa::Vocabulary* vocabulary = nullptr;  // of the parser, lives as long as it
};

// Thrown through ANTLR's generated code to leave an item, caught by parse_file.
class ItemAbandoned : public antlr4::ParseCancellationException {};

// Records the first error of an item and gives the item up: recovery is the caller's, which knows
// where items begin.
class FailureStrategy final : public antlr4::ANTLRErrorStrategy {
 public:
  const Failure& failure() const { return failure_; }

  void reset(antlr4::Parser*) override { failure_ = {}; }
  antlr4::Token* recoverInline(antlr4::Parser* parser) override;
  void recover(antlr4::Parser*, std::exception_ptr) override { throw ItemAbandoned(); }
  void sync(antlr4::Parser*) override {}
  bool inErrorRecoveryMode(antlr4::Parser*) override { return false; }
  void reportMatch(antlr4::Parser*) override {}
  void reportError(antlr4::Parser* parser, const antlr4::RecognitionException& e) override;

 private:
  Failure failure_;
};

}  // namespace switchyard
