#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "compiler/driver/command.h"
#include "compiler/driver/history_question.h"
#include "compiler/driver/history_walk.h"
#include "compiler/driver/output.h"

namespace switchyard::driver {
namespace {

struct Options {
  std::string path;
  std::vector<std::string> facts;
  std::string region;
  std::string bad;  // as written: a target, or ATTR=VALUE
  bool first_bad = false;
  HistoryQuestion question;
  ReportOptions report;
};

std::string line_of(const git::Commit& commit) {
  return fmt::format("{}  {}  {}  {}\n", commit.short_hash, commit.date, commit.author,
                     commit.subject);
}

void add_lines(const std::vector<std::string>& lines, std::string& out) {
  for (const std::string& line : lines) out += "  " + line + "\n";
}

// A version that can be asked, and how it differs from the one before it.
struct Asked {
  const Version* version;
  Answer answer;
  std::vector<std::string> changes;  // lines; of the first version empty
};

struct Answers {
  std::vector<Asked> asked;           // oldest first
  std::vector<std::pair<const Version*, std::string>> skipped;  // and why
};

Answers ask(const HistoryQuestion& question, const std::vector<Version>& versions) {
  Answers answers;
  for (const Version& version : versions) {
    if (!version.trouble.empty()) {
      answers.skipped.emplace_back(&version, version.trouble);
      continue;
    }
    const Expected<Answer> answer = answer_of(question, version.loaded);
    if (!answer) {
      answers.skipped.emplace_back(&version, answer.error().message);
      continue;
    }
    Asked asked{&version, *answer, {}};
    if (!answers.asked.empty() && !question.about_guarantee()) {
      const Expected<RegionChange> change =
          change_between(question, answers.asked.back().version->loaded, version.loaded);
      if (!change) {
        answers.skipped.emplace_back(&version, change.error().message);
        continue;
      }
      asked.changes = change->lines;
    }
    answers.asked.push_back(std::move(asked));
  }
  return answers;
}

// Newest first, as `git log`: the commits that changed the answer, and those that could not be asked.
std::string tell_all(const HistoryQuestion& question, const Answers& answers,
                     const std::vector<Version>& versions, bool shallow) {
  std::string out;
  for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
    for (const auto& [skipped, why] : answers.skipped) {
      if (skipped == &*version) out += line_of(version->commit) + "  skipped: " + why + "\n";
    }
    for (std::size_t i = 0; i < answers.asked.size(); ++i) {
      const Asked& own = answers.asked[i];
      if (own.version != &*version) continue;
      std::vector<std::string> lines = own.changes;
      if (question.about_guarantee()) {
        const bool same = i > 0 && answers.asked[i - 1].answer.state == own.answer.state;
        if (!same) {
          lines = {fmt::format("`{}` {}", question.guarantee,
                               own.answer.state == "broken" ? "is broken" : own.answer.state)};
          lines.insert(lines.end(), own.answer.lines.begin(), own.answer.lines.end());
        }
      } else if (i == 0) {
        lines = {shallow ? "the oldest version in this shallow clone" : "the first version"};
      }
      if (lines.empty()) continue;
      out += line_of(version->commit);
      add_lines(lines, out);
    }
  }
  return out;
}

constexpr const char* kAlways = "  the first version: it has always been so\n";

// The commit that began the latest stretch of bad versions; none when none is bad.
std::optional<std::string> tell_first_bad(const Answers& answers) {
  const std::vector<Asked>& asked = answers.asked;
  std::size_t last = asked.size();
  while (last > 0 && !asked[last - 1].answer.bad) --last;
  if (last == 0) return std::nullopt;
  std::size_t first = last - 1;
  while (first > 0 && asked[first - 1].answer.bad) --first;
  std::string out = line_of(asked[first].version->commit);
  if (first == 0) out += kAlways;
  add_lines(asked[first].changes, out);
  add_lines(asked[first].answer.lines, out);
  if (first > 0) out += "  good before: " + line_of(asked[first - 1].version->commit);
  if (last < asked.size()) out += "  good again: " + line_of(asked[last].version->commit);
  // The bad commit may be one of those between two versions that could be asked.
  for (const auto& [skipped, why] : answers.skipped) {
    const bool between = first > 0 && skipped > asked[first - 1].version &&
                         skipped < asked[first].version;
    if (between) out += fmt::format("  not asked in between ({}): {}", why, line_of(skipped->commit));
  }
  return out;
}

int fail_with(const Error& error, const Options& options) {
  report_error(error, options.report);
  return kBadInput;
}

// Puts what the arguments ask into the question; versions say what the names mean.
Expected<void> read_question(Options& options, const std::vector<const Loaded*>& versions) {
  for (const std::string& fact : options.facts) {
    Expected<HistoryQuestion::Part> part = fail("");
    for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
      Expected<HistoryQuestion::Part> own = part_of(fact, *(*version)->model);
      const bool newest = version == versions.rbegin();
      if (own || newest) part = std::move(own);
      if (part) break;
    }
    if (!part) return fail(part.error().message);
    for (const HistoryQuestion::Part& before : options.question.parts) {
      if (before.fact == part->fact) return fail(fmt::format("fact `{}` is given twice", part->fact));
    }
    options.question.parts.push_back(std::move(*part));
  }
  if (!options.region.empty()) options.question.parts.push_back({"", options.region});
  const std::size_t equals = options.bad.find('=');
  if (equals == std::string::npos) {
    options.question.bad = options.bad == "error" ? "refused" : options.bad;
  } else {
    options.question.attribute = options.bad.substr(0, equals);
    options.question.bad = options.bad.substr(equals + 1);
  }
  return {};
}

int run(Options& options) {
  const Expected<History> history = history_of(options.path);
  if (!history) return fail_with(history.error(), options);
  const auto& [versions, shallow] = *history;
  std::vector<const Loaded*> models;
  for (const Version& version : versions) {
    if (version.trouble.empty()) models.push_back(&version.loaded);
  }
  if (models.empty()) {
    return fail_with({fmt::format("no committed version of `{}` can be read; the newest: {}",
                                  options.path, versions.back().trouble)}, options);
  }
  if (const auto read = read_question(options, models); !read) return fail_with(read.error(), options);
  if (!check_question(options.question, models, options.report)) return kBadInput;
  const Answers answers = ask(options.question, versions);
  if (!options.first_bad) {
    return write_out(tell_all(options.question, answers, versions, shallow)) ? kOk : kBadInput;
  }
  const std::optional<std::string> told = tell_first_bad(answers);
  if (!told) return write_out("no version is bad\n") ? kFindings : kBadInput;
  if (shallow && told->find(kAlways) != std::string::npos) {
    return fail_with({fmt::format("all of the history that this shallow clone has is bad, so it began before; "
                                  "`git fetch --unshallow` gets the rest. The oldest here: {}",
                                  told->substr(0, told->find('\n')))},
                     options);
  }
  return write_out(*told) ? kOk : kBadInput;
}

std::optional<int> check_arguments(const Options& options) {
  const auto bad = [&](const std::string& message) {
    report_error({message + "; `policyc history --help` shows the usage"}, options.report);
    return kBadInput;
  };
  const bool guarantee = options.question.about_guarantee();
  const bool region = !options.facts.empty() || !options.region.empty();
  if (guarantee && (region || !options.bad.empty() || !options.question.attribute.empty())) {
    return bad("--guarantee asks by itself; leave out facts, --region, --by and --bad");
  }
  if (options.first_bad && !guarantee && options.bad.empty()) {
    return bad("--first-bad needs to know what is bad: --bad TARGET, --bad ATTR=VALUE or --guarantee");
  }
  if (!options.first_bad && !options.bad.empty()) return bad("--bad goes with --first-bad");
  if (!options.bad.empty() && !options.question.attribute.empty()) {
    return bad("--bad ATTR=VALUE says by which attribute; leave out --by");
  }
  return std::nullopt;
}

}  // namespace

int history_command(Arguments arguments) {
  Options options;
  CLI::App app("Shows the commits that changed what a policy decides: of all inputs, or of those asked for.",
               "policyc history");
  app.add_option("PATH", options.path, "a policy that is committed in git")->required();
  app.add_option("FACT=VALUE", options.facts, "only where these facts have these values");
  app.add_option("--region", options.region, "only where this condition holds")
      ->option_text("COND")
      ->check(not_empty());
  app.add_option("--guarantee", options.question.guarantee, "when this guarantee held and when not")
      ->option_text("NAME")
      ->check(not_empty());
  app.add_option("--by", options.question.attribute, "compare this attribute of the target alone")
      ->option_text("ATTR")
      ->check(not_empty());
  app.add_flag("--first-bad", options.first_bad, "name the commit that began the latest bad stretch");
  app.add_option("--bad", options.bad, "what is bad: a target, `refused`, or ATTR=VALUE")
      ->option_text("OUTCOME")
      ->check(not_empty());
  add_report_options(app, options.report);
  describe(app, "  policyc history moe.policy gfx=gfx950 scheme=w_mxfp4_a_mxfp4\n"
                "  policyc history moe.policy gfx=gfx950 --first-bad --bad emulated");
  if (const auto status = parse_arguments(app, arguments)) return *status;
  if (const auto status = check_arguments(options)) return *status;
  return run(options);
}

}  // namespace switchyard::driver
