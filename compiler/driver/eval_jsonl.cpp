#include "compiler/driver/eval_jsonl.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "compiler/driver/answer_text.h"
#include "compiler/driver/command.h"
#include "compiler/driver/json_facts.h"
#include "compiler/driver/line_reader.h"
#include "runtime/decide/decide.h"

namespace switchyard::driver {
namespace {

class Evaluator {
 public:
  explicit Evaluator(const Table& table) : table_(table), facts_(table), answers_(table) {}

  void line(std::string_view text) {
    if (text.find_first_not_of(" \t\r") == std::string_view::npos) return;
    const Expected<const void*> facts = facts_.read(text);
    if (!facts) return bad(facts.error().message);
    const Decision decision = decide(table_, *facts);
    answers_.append(decision, *facts, out_);
    const bool decided = decision.kind == Decision::Kind::kTarget;
    status_ = std::max(status_, decided ? kOk : kFindings);
    if (out_.size() >= kFlushAt) flush();
  }

  void bad(std::string_view message) {
    AnswerText::append_error(message, out_);
    status_ = kBadInput;
  }

  // Answers are written as soon as the lines read so far are done, so that a program at the other
  // end of two pipes can wait for them.
  void flush() {
    if (std::fwrite(out_.data(), 1, out_.size(), stdout) != out_.size() || std::fflush(stdout) != 0) {
      failed_ = true;
    }
    out_.clear();
  }

  int status() const { return status_; }
  bool failed() const { return failed_; }

 private:
  static constexpr std::size_t kFlushAt = 1u << 20;

  const Table& table_;
  JsonFacts facts_;
  AnswerText answers_;
  std::string out_;
  int status_ = kOk;
  bool failed_ = false;
};

}  // namespace

Expected<int> eval_jsonl(const Table& table, const std::string& path) {
  const int descriptor = path == "-" ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return fail(fmt::format("cannot read `{}`: {}", path, std::strerror(errno)));
  Evaluator evaluator(table);
  LineReader reader(descriptor);
  const auto read = reader.run({
      .line = [&](std::string_view text) { evaluator.line(text); },
      .too_long = [&] { evaluator.bad("a line of more than 16 MiB"); },
      .batch = [&] { evaluator.flush(); },
  });
  if (descriptor != STDIN_FILENO) close(descriptor);
  if (!read) return fail(fmt::format("`{}`: {}", path, read.error().message));
  if (evaluator.failed()) return fail("cannot write to standard output");
  return evaluator.status();
}

}  // namespace switchyard::driver
