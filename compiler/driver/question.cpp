#include "compiler/driver/question.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "compiler/diagnostic/counted.h"
#include "compiler/driver/explain_json.h"
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

// What is answered so far.
class Answering {
 public:
  Answering(const Question& options, const Asked& asked)
      : options_(options),
        asked_(asked),
        partition_(asked.partition),
        given_(asked.given),
        told_{asked.model, asked.sources} {
    json_["policy"] = told_.model.name;
    json_["facts"] = facts_json(told_.model, given_.known);
  }

  Expected<bool> answer() {
    if (!options_.why.empty()) {
      const Expected<TargetId> target = find_target(told_.model, options_.why);
      if (!target) return fail(target.error().message);
      towards_ = *target;
    }
    return given_.open.empty() ? answer_point() : answer_rest();
  }

  std::string take_text() { return std::move(text_); }
  std::string json() const {
    constexpr auto kReplace = Json::error_handler_t::replace;  // a policy's texts may be any bytes
    return json_.dump(2, ' ', false, kReplace) + "\n";
  }

 private:
  Expected<bool> answer_point() {
    std::vector<std::int64_t> codes;
    for (const auto& code : given_.known) codes.push_back(*code);
    const Truths truths(told_.model, codes);
    if (asked_.table != nullptr && !agrees(*asked_.table, truths)) {
      return fail(
          fmt::format("the table `{}` decides these facts otherwise than its rules say; write it "
                      "again with policyc",
                      asked_.name));
    }
    const Explanation explanation = explain(told_.model, truths);
    text_ += decision_text(told_, explanation, truths, given_.defaults);
    json_["decision"] = decision_json(told_, explanation, truths);
    if (!options_.why_not.empty()) {
      const Expected<TargetId> target = find_target(told_.model, options_.why_not);
      if (!target) return fail(target.error().message);
      const TargetStory story = story_of(told_.model, truths, *target);
      text_ += '\n';
      text_ += story_text(told_, story, truths);
      json_["why_not"] = story_json(told_, story, truths);
    } else if (towards_) {
      const TargetStory story = story_of(told_.model, truths, *towards_);
      text_ += '\n';
      text_ += story_text(told_, story, truths);
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
    return explanation.kind == Ending::Kind::kTarget;
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
    const bool decided =
        decision.kind == Decision::Kind::kTarget || decision.kind == Decision::Kind::kRefused;
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
      text_ += fmt::format(
          "whether more changes lead to {} was not looked at: the policy is too large\n", name);
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

  Expected<bool> answer_rest() {
    if (!options_.why_not.empty()) {
      std::string open;
      for (const FactId fact : given_.open) {
        open += (open.empty() ? "`" : ", `") + told_.model.facts[fact].name + "`";
      }
      return fail(
          fmt::format("--why-not asks about one input, and {} {} open; give a value, or ask --why",
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
    return !excluded;
  }

  const Question& options_;
  const Asked& asked_;
  const Partition& partition_;
  const GivenFacts& given_;
  const Told told_;
  std::optional<TargetId> towards_;
  std::string text_;
  Json json_;
};

}  // namespace

Expected<Answered> answer(const Question& question, const Asked& asked) {
  Answering answering(question, asked);
  const Expected<bool> decided = answering.answer();
  if (!decided) return tl::unexpected(decided.error());
  return Answered{answering.json(), answering.take_text(), *decided};
}

}  // namespace switchyard::driver
