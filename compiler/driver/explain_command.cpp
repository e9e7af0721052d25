#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "compiler/diagnostic/counted.h"
#include "runtime/table/table.h"  // before verify: `kUndecided`
#include "compiler/driver/command.h"
#include "compiler/driver/explain_json.h"
#include "compiler/driver/given_facts.h"
#include "compiler/driver/load.h"
#include "compiler/driver/output.h"
#include "compiler/driver/report.h"
#include "compiler/explain/explain.h"
#include "compiler/explain/line.h"
#include "compiler/explain/nearest.h"
#include "compiler/explain/residual.h"
#include "compiler/explain/text.h"
#include "compiler/sema/resolve.h"
#include "runtime/decide/decide.h"
#include "runtime/decide/fact_row.h"

namespace switchyard::driver {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string policy;
  std::vector<std::string> facts, free;
  std::string why, why_not, changes = "auto", format = "human";
  std::size_t limit = 12;
  ReportOptions report;
};

// One question: the policy as it was loaded, the facts, and what is answered so far.
class Question {
 public:
  Question(const Options& options, const Loaded& loaded, const Partition& partition,
           const GivenFacts& given)
      : options_(options), loaded_(loaded), partition_(partition), given_(given),
        told_{*loaded.model, loaded.sources} {
    json_["policy"] = told_.model.name;
    json_["facts"] = facts_json(told_.model, given.known);
  }

  Expected<int> answer() {
    if (!options_.why.empty()) {
      const Expected<TargetId> target = find_target(told_.model, options_.why);
      if (!target) return fail(target.error().message);
      towards_ = *target;
    }
    return given_.open.empty() ? answer_point() : answer_rest();
  }

  std::string text() const {
    if (options_.format == "human") return text_;
    constexpr auto kReplace = Json::error_handler_t::replace;  // a policy's texts may be any bytes
    return json_.dump(2, ' ', false, kReplace) + "\n";
  }

 private:
  Expected<int> answer_point() {
    std::vector<std::int64_t> codes;
    for (const auto& code : given_.known) codes.push_back(*code);
    const Truths truths(told_.model, codes);
    if (loaded_.table && !agrees(*loaded_.table, truths)) {
      return fail(fmt::format("the table `{}` decides these facts otherwise than its rules say; write it "
                              "again with policyc",
                              loaded_.name));
    }
    const Explanation explanation = explain(told_.model, truths);
    text_ += decision_text(told_, explanation, truths, given_.defaults);
    json_["decision"] = decision_json(told_, explanation, truths);
    if (!options_.why_not.empty()) {
      const Expected<TargetId> target = find_target(told_.model, options_.why_not);
      if (!target) return fail(target.error().message);
      const TargetStory story = story_of(told_.model, truths, *target);
      text_ += "\n" + story_text(told_, story, truths);
      json_["why_not"] = story_json(told_, story, truths);
    } else if (towards_) {
      const TargetStory story = story_of(told_.model, truths, *towards_);
      text_ += "\n" + story_text(told_, story, truths);
      json_["why"] = story_json(told_, story, truths);
      const bool chosen = std::any_of(story.uses.begin(), story.uses.end(), [](const Use& use) {
        return use.state == Use::State::kChosen;
      });
      if (!chosen) changes(point_of(told_.model, partition_, codes));
    } else {
      text_ += passed_text(told_, explanation, truths);
      json_["blocks"] = blocks_json(told_, explanation, truths);
      changes(point_of(told_.model, partition_, codes));
    }
    return explanation.kind == Ending::Kind::kTarget ? kOk : kFindings;
  }

  // The table's own engine on the same facts.
  bool agrees(const Table& table, const Truths& truths) const {
    FactRow row(table);
    for (FactId fact = 0; fact < given_.known.size(); ++fact) {
      if (!row.set_code(fact, *given_.known[fact])) return false;
    }
    const Decision decision = decide(table, row.data());
    if (truths.violated()) {
      return decision.kind == Decision::Kind::kExcluded && decision.index == *truths.violated();
    }
    if (truths.row() == kUndecided) return decision.kind == Decision::Kind::kUndecided;
    const bool decided = decision.kind == Decision::Kind::kTarget ||
                         decision.kind == Decision::Kind::kRefused;
    return decided && decision.leaf == truths.row();
  }

  void changes(const Point& point) {
    if (options_.changes == "0") return;
    NearestOptions wanted;
    wanted.target = towards_;
    wanted.pairs = options_.changes == "1"   ? NearestOptions::Pairs::kNever
                   : options_.changes == "2" ? NearestOptions::Pairs::kAlways
                                             : NearestOptions::Pairs::kWithoutSingle;
    const Nearest found = nearest(told_.model, partition_, point, wanted);
    text_ += nearest_text(told_, partition_, found, options_.limit, towards_);
    json_["changes"] = nearest_json(told_, partition_, found);
    if (!towards_ || !found.one.empty() || !found.two.empty() || !found.two_asked) return;
    fewest(std::vector<std::optional<ClassId>>(point.begin(), point.end()));
  }

  // Where no change of two facts leads to the target: the fewest that do.
  void fewest(const std::vector<std::optional<ClassId>>& known) {
    const auto diagrams = build(told_.model, partition_, DiagramBudget{});
    const std::string& name = told_.model.targets[*towards_].name;
    if (!diagrams) {
      text_ += fmt::format("whether more changes lead to {} was not looked at: the policy is too large\n",
                           name);
      json_["fewest"] = nullptr;
      return;
    }
    const auto found = fewest_changes(told_.model, *diagrams, known, *towards_);
    if (!found) {
      text_ += fmt::format("nothing leads to {}: no facts that can occur choose it\n", name);
      json_["fewest"] = Json::array();
      return;
    }
    text_ += fmt::format("\nthe fewest changes that lead to {}: {}\n", name,
                         counted(found->size(), "fact"));
    json_["fewest"] = Json::array();
    for (const auto& [fact, value] : *found) {
      ClassSet classes(partition_.axes[fact].class_count());
      classes.insert(value);
      text_ += fmt::format("  {}\n", spell(told_.model, partition_, fact, classes));
      json_["fewest"].push_back(spell(told_.model, partition_, fact, classes));
    }
  }

  Expected<int> answer_rest() {
    if (!options_.why_not.empty()) {
      std::string open;
      for (const FactId fact : given_.open) {
        open += (open.empty() ? "`" : ", `") + told_.model.facts[fact].name + "`";
      }
      return fail(fmt::format("--why-not asks about one input, and {} {} open; give a value, or ask --why",
                              open, given_.open.size() == 1 ? "is" : "are"));
    }
    ResidualOptions wanted;
    wanted.target = towards_;
    wanted.boxes = std::max(wanted.boxes, options_.limit);
    const Residual rest = residual(told_.model, given_.known, wanted);
    text_ += residual_text(told_, rest, given_.known, options_.limit, towards_);
    json_["residual"] = residual_json(told_, rest, given_);
    const bool excluded = rest.admitted && *rest.admitted == 0;
    if (towards_ && rest.rows.empty()) {
      std::vector<std::optional<ClassId>> known(told_.model.declared_facts);
      for (FactId fact = 0; fact < known.size(); ++fact) {
        if (given_.known[fact]) known[fact] = partition_.axes[fact].class_of(*given_.known[fact]);
      }
      fewest(known);
    }
    return excluded ? kFindings : kOk;
  }

  const Options& options_;
  const Loaded& loaded_;
  const Partition& partition_;
  const GivenFacts& given_;
  const Told told_;
  std::optional<TargetId> towards_;
  std::string text_;
  Json json_;
};

int run(const Options& options) {
  Loaded loaded;
  if (!load_or_report(options.policy, options.report, loaded)) return kBadInput;
  DiagnosticSink sink;
  const auto classes = partition(*loaded.model, sink);
  if (!classes) {
    report(sink, loaded.sources, options.report);
    return kBadInput;
  }
  GivenFacts given;
  const std::vector<Error> errors = read_facts(*loaded.model, options.facts, options.free, given);
  for (const Error& error : errors) report_error(error, options.report);
  if (!errors.empty()) return kBadInput;
  Question question(options, loaded, *classes, given);
  const Expected<int> status = question.answer();
  if (!status) {
    report_error(status.error(), options.report);
    return kBadInput;
  }
  return write_out(question.text()) ? *status : kBadInput;
}

}  // namespace

int explain_command(Arguments arguments) {
  Options options;
  CLI::App app("Explains one decision: what was tried before it and why that failed, and what would "
               "change it. With facts left out, what is left to decide.\n"
               "A finding is explained by `policyc --explain CODE`.",
               "policyc explain");
  app.add_option("POLICY", options.policy, "a policy or a table; `-` is standard input")->required();
  app.add_option("FACT=VALUE", options.facts, "the facts; those left out take their default or are open");
  app.add_option("--free", options.free, "leave a fact open although it has a default")
      ->allow_extra_args(false);
  auto* why = app.add_option("--why", options.why, "where this target runs, and what leads to it");
  app.add_option("--why-not", options.why_not, "why this target is not chosen here")->excludes(why);
  app.add_option("--changes", options.changes,
                 "how many facts may change: 0, 1, 2, or auto: two where no single one does")
      ->check(CLI::IsMember({"auto", "0", "1", "2"}))
      ->capture_default_str();
  app.add_option("--limit", options.limit, "lines shown of each list")
      ->check(CLI::Range(std::size_t{1}, std::size_t{10'000}))
      ->capture_default_str();
  app.add_option("--format", options.format, "human or json")
      ->check(CLI::IsMember({"human", "json"}))
      ->capture_default_str();
  add_report_options(app, options.report);
  describe(app,
           "  policyc explain moe.table supports_mx=true scheme=w_mxfp4 tokens=8\n"
           "  policyc explain moe.policy scheme=w_mxfp4 --why native\n\n"
           "Exit status: 0 decided, or facts are open; 1 refused, excluded or undecided; 2 bad input.");
  if (const auto status = parse_arguments(app, arguments)) return *status;
  return run(options);
}

}  // namespace switchyard::driver
