#include <catch2/catch.hpp>

#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "compiler/traffic/audit.h"
#include "runtime/decide/decide.h"
#include "tests/emit/random_tables.h"
#include "tests/region/random_model.h"

// Audits of random policies against counts by hand.
namespace switchyard::testing {

namespace {

// What a log would record of a leaf.
RecordedOutcome record(const Table& table, const Decision& decision) {
  RecordedOutcome out;
  switch (decision.kind) {
    case Decision::Kind::kRefused: out.kind = RecordedOutcome::Kind::kRefused; return out;
    case Decision::Kind::kExcluded: out.kind = RecordedOutcome::Kind::kExcluded; return out;
    case Decision::Kind::kUndecided:
    case Decision::Kind::kBadFact: return out;
    case Decision::Kind::kTarget: break;
  }
  const OutcomeInfo& outcome = table.outcomes()[decision.index];
  const TargetInfo& target = table.targets()[outcome.target];
  out.kind = RecordedOutcome::Kind::kTarget;
  out.target = target.name;
  out.has_parameters = true;
  // Last first: the order of a JSON object's members means nothing.
  for (std::size_t i = target.parameters.size(); i-- > 0;) {
    const ParameterInfo& parameter = target.parameters[i];
    if (parameter.is_integer) {
      out.parameters.emplace_back(parameter.name, outcome.parameters[i]);
    } else {
      out.parameters.emplace_back(
          parameter.name,
          std::string_view(parameter.symbols[static_cast<std::size_t>(outcome.parameters[i])]));
    }
  }
  return out;
}

struct ByHand {
  std::uint64_t count = 0, first_line = 0;
  std::vector<ClassSet> classes;
};

}  // namespace

TEST_CASE("an audit counts and groups what differs, and nothing else") {
  const std::uint64_t seed = random_seed();
  std::printf("audit: seed %llu\n", static_cast<unsigned long long>(seed));
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (std::size_t round = 0; round < random_rounds(200); ++round) {
    const Compiled policy = compile(random_model(random, {}));
    const auto table = Table::from_bytes(policy.table(DeciderChoice::kAuto));
    REQUIRE(table.has_value());
    Audit audit(*table, policy.partition);
    Struct facts(*table);
    std::uint64_t line = 0, same = 0, unrecorded = 0;
    std::map<std::pair<std::string, std::uint32_t>, ByHand> groups;
    std::vector<Decision> before;  // some other combinations' decisions, recorded as these ones'
    for_each_combination(policy.model, [&](std::vector<std::int64_t>& codes) {
      for (FactId f = 0; f < policy.model.declared_facts; ++f) facts.set(f, codes[f]);
      const Decision now = decide(*table, facts.data());
      before.push_back(now);
      const Decision& then = random() % 3 == 0 ? before[random() % before.size()] : now;
      const RecordedOutcome recorded = random() % 50 == 0 ? RecordedOutcome{} : record(*table, then);
      audit.add(recorded, facts.data(), now, ++line, "text");
      if (recorded.kind == RecordedOutcome::Kind::kNothing) {
        ++unrecorded;
        return;
      }
      // A recorded outcome agrees when it is the same one; rows do not matter.
      if (then.kind == now.kind &&
          (now.kind != Decision::Kind::kTarget || then.index == now.index)) {
        if (now.kind != Decision::Kind::kUndecided) {
          ++same;
          return;
        }
      }
      ByHand& group = groups[{Audit::spell(*table, then), now.leaf}];
      if (group.count++ == 0) group.first_line = line;
      for (FactId f = 0; f < policy.model.declared_facts; ++f) {
        if (group.classes.size() <= f) {
          group.classes.emplace_back(policy.partition.axes[f].class_count());
        }
        group.classes[f].insert(policy.partition.axes[f].class_of(codes[f]));
      }
    });
    REQUIRE(audit.same() == same);
    REQUIRE(audit.unrecorded() == unrecorded);
    REQUIRE(audit.differing() == line - same - unrecorded);
    REQUIRE(audit.ungrouped() == 0);
    // Groups differ in how parameters are ordered in their text only, which does not join any.
    std::uint64_t counted = 0;
    std::uint64_t last = ~std::uint64_t{0};
    std::map<std::uint64_t, const ByHand*> by_first_line;
    for (const auto& [key, group] : groups) by_first_line[group.first_line] = &group;
    REQUIRE(audit.groups().size() == groups.size());
    for (const Audit::Group* group : audit.groups()) {
      REQUIRE(group->count <= last);
      last = group->count;
      counted += group->count;
      REQUIRE(by_first_line.count(group->first_line) == 1);
      const ByHand& expected = *by_first_line[group->first_line];
      REQUIRE(group->count == expected.count);
      Box box;
      for (FactId f = 0; f < expected.classes.size(); ++f) {
        if (!expected.classes[f].full()) box.sides.push_back({f, expected.classes[f]});
      }
      REQUIRE(group->seen.box() == box);
    }
    REQUIRE(counted == audit.differing());
  }
}

TEST_CASE("recorded outcomes without end: groups stop, counts do not") {
  std::mt19937_64 random(7);
  const Compiled policy = compile(random_model(random, {}));
  const auto table = Table::from_bytes(policy.table(DeciderChoice::kAuto));
  REQUIRE(table.has_value());
  Audit audit(*table, policy.partition);
  Struct first(*table);
  for (FactId f = 0; f < policy.model.declared_facts; ++f) first.set(f, policy.model.facts[f].low);
  const Decision now = decide(*table, first.data());
  constexpr std::uint64_t kLines = Audit::kMaxGroups + 1'000;
  for (std::uint64_t line = 1; line <= kLines; ++line) {
    const std::string name = "kernel_" + std::to_string(line);
    RecordedOutcome recorded;
    recorded.kind = RecordedOutcome::Kind::kTarget;
    recorded.target = name;
    audit.add(recorded, first.data(), now, line, name);
  }
  CHECK(audit.groups().size() == Audit::kMaxGroups);
  CHECK(audit.differing() == kLines);
  CHECK(audit.ungrouped() == 1'000);
}

}  // namespace switchyard::testing
