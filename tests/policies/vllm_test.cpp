#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "compiler/sema/evaluate.h"
#include "runtime/decide/decide.h"
#include "runtime/decide/fact_row.h"
#include "tests/policies/compiled.h"
#include "tests/policies/recording.h"

// The policies of policies/vllm against the decisions of the code that they describe: the column
// `decision` is the attribute `family` of the target, a refusal is `error`.
namespace switchyard::testing {
namespace {

struct Version {
  std::string policy;     // file stem
  std::string recording;  // in the folder of full recordings
};

const std::string kFullRecordings = "../shared/data/vllm_quark_moe/";
constexpr std::size_t kCombinations = 109'440;

std::vector<Version> versions() {
  return {{"quark_moe_pre_39801", "a_pre39801.csv.gz"},
          {"quark_moe_39801", "b_39801.csv.gz"},
          {"quark_moe_41175", "c_41175.csv.gz"}};
}

std::unique_ptr<const Compiled> compiled(const std::string& stem) {
  std::unique_ptr<const Compiled> policy = compile("policies/vllm/" + stem + ".policy");
  INFO(policy->findings());
  REQUIRE(policy->findings().empty());
  REQUIRE(policy->table.has_value());
  return policy;
}

Recording recording_of(const std::string& path) {
  Expected<Recording> result = read_recording(path);
  INFO((result ? std::string() : result.error().message));
  REQUIRE(result.has_value());
  return std::move(*result);
}

std::string family(const TargetInfo& target) {
  for (const AttributeInfo& attribute : target.attributes) {
    if (attribute.name == "family") return attribute.value;
  }
  return "a target without family: " + target.name;
}

std::string recorded_form(const Table& table, const Decision& decision) {
  switch (decision.kind) {
    case Decision::Kind::kTarget:
      return family(table.targets()[table.outcomes()[decision.index].target]);
    case Decision::Kind::kRefused: return "error";
    case Decision::Kind::kExcluded: return "excluded";
    case Decision::Kind::kUndecided: return "undecided";
    case Decision::Kind::kBadFact: return "bad fact";
  }
  return "no such kind";
}

std::string recorded_form(const Table& table, const Evaluation& evaluation) {
  switch (evaluation.kind) {
    case Evaluation::Kind::kRefused: return "error";
    case Evaluation::Kind::kExcluded: return "excluded";
    case Evaluation::Kind::kUndecided: return "undecided";
    case Evaluation::Kind::kTarget: break;
  }
  for (const TargetInfo& target : table.targets()) {
    if (target.name == evaluation.target) return family(target);
  }
  return "no such target: " + evaluation.target;
}

// "gfx=gfx950 scheme=w_mxfp4 …", for a row that differs.
std::string spelled(const Recording& recording, const std::vector<std::string>& row) {
  std::string text;
  for (std::size_t i = 0; i < row.size(); ++i) text += recording.columns[i] + "=" + row[i] + " ";
  return text;
}

// Index of each fact's column. The facts are named as the columns.
std::vector<std::size_t> columns_of(const Table& table, const Recording& recording) {
  std::vector<std::size_t> columns;
  for (const FactInfo& fact : table.facts()) {
    columns.push_back(recording.column(fact.name));
    INFO(fact.name);
    REQUIRE(columns.back() < recording.columns.size());
  }
  return columns;
}

// What the table decides for one row of a recording, facts set by their text.
std::string decided(const Table& table, FactRow& facts, const std::vector<std::size_t>& columns,
                    const std::vector<std::string>& row) {
  facts.clear();
  for (std::uint32_t fact = 0; fact < columns.size(); ++fact) {
    const Expected<void> set = facts.set_text(fact, row[columns[fact]]);
    if (!set) return set.error().message;
  }
  const Expected<const void*> filled = facts.finish();
  if (!filled) return filled.error().message;
  return recorded_form(table, decide(table, *filled));
}

// The rows that the table decides otherwise, the first few spelled out; empty if there are none.
std::string differences(const Table& table, const Recording& recording) {
  const std::vector<std::size_t> columns = columns_of(table, recording);
  const std::size_t wanted = recording.column("decision");
  FactRow facts(table);
  std::size_t count = 0;
  std::string text;
  for (const std::vector<std::string>& row : recording.rows) {
    const std::string got = decided(table, facts, columns, row);
    if (got == row[wanted]) continue;
    if (++count <= 5) text += spelled(recording, row) + "but the table says " + got + "\n";
  }
  return count == 0 ? "" : std::to_string(count) + " rows differ\n" + text;
}

std::int64_t code_of(const FactInfo& fact, const std::string& text) {
  if (fact.kind == FactInfo::Kind::kBool) return text == "1" ? 1 : 0;
  for (std::size_t i = 0; i < fact.symbols.size(); ++i) {
    if (fact.symbols[i] == text) return static_cast<std::int64_t>(i);
  }
  return -1;
}

}  // namespace

TEST_CASE("vLLM policies equal the extracts of the recorded decisions") {
  for (const Version& version : versions()) {
    INFO(version.policy);
    const std::unique_ptr<const Compiled> policy = compiled(version.policy);
    const Table& table = *policy->table;
    const Recording extract = recording_of("tests/policies/data/" + version.policy + ".csv");
    REQUIRE(extract.rows.size() == 2000);
    CHECK(differences(table, extract) == "");
  }
}

TEST_CASE("the oracle agrees with the extracts too, without any later stage") {
  for (const Version& version : versions()) {
    INFO(version.policy);
    const std::unique_ptr<const Compiled> policy = compiled(version.policy);
    const Table& table = *policy->table;
    const Evaluator oracle(policy->policy, *policy->model);
    const Recording extract = recording_of("tests/policies/data/" + version.policy + ".csv");
    const std::vector<std::size_t> columns = columns_of(table, extract);
    const std::size_t wanted = extract.column("decision");
    std::size_t differ = 0;
    for (const std::vector<std::string>& row : extract.rows) {
      std::vector<std::int64_t> codes;
      for (std::size_t fact = 0; fact < columns.size(); ++fact) {
        codes.push_back(code_of(table.facts()[fact], row[columns[fact]]));
      }
      if (recorded_form(table, oracle.evaluate(codes).back()) != row[wanted]) ++differ;
    }
    CHECK(differ == 0);
  }
}

TEST_CASE("vLLM policies admit exactly the recorded combinations") {
  for (const Version& version : versions()) {
    INFO(version.policy);
    const std::unique_ptr<const Compiled> policy = compiled(version.policy);
    const Table& table = *policy->table;
    const std::vector<FactInfo>& facts = table.facts();
    std::vector<std::int64_t> codes;
    for (const FactInfo& fact : facts) codes.push_back(fact.low);
    FactRow row(table);
    std::size_t admitted = 0, excluded = 0, other = 0;
    std::size_t turned = 0;
    while (turned < facts.size()) {
      for (std::uint32_t fact = 0; fact < facts.size(); ++fact) {
        if (!row.set_code(fact, codes[fact])) ++other;
      }
      switch (decide(table, row.data()).kind) {
        case Decision::Kind::kTarget:
        case Decision::Kind::kRefused: ++admitted; break;
        case Decision::Kind::kExcluded: ++excluded; break;
        default: ++other;
      }
      // The next combination, as an odometer turns.
      for (turned = 0; turned < facts.size(); ++turned) {
        if (++codes[turned] <= facts[turned].high) break;
        codes[turned] = facts[turned].low;
      }
    }
    CHECK(admitted == kCombinations);
    // 33 pairs of scheme and is_dynamic, of which 19 occur.
    CHECK(excluded == kCombinations / 19 * (33 - 19));
    CHECK(other == 0);
  }
}

TEST_CASE("vLLM policies equal the full recordings, where those are beside the checkout") {
  if (!std::filesystem::exists(kFullRecordings)) {
    WARN("no " << kFullRecordings << ": only the extracts were compared");
    return;
  }
  for (const Version& version : versions()) {
    INFO(version.policy);
    const std::unique_ptr<const Compiled> policy = compiled(version.policy);
    const Table& table = *policy->table;
    const Recording full = recording_of(kFullRecordings + version.recording);
    REQUIRE(full.rows.size() == kCombinations);
    CHECK(differences(table, full) == "");
  }
}

}  // namespace switchyard::testing
