#include <catch2/catch.hpp>

#include <cstdio>
#include <regex>

#include "compiler/parse/parse.h"
#include "compiler/restore/restore.h"
#include "compiler/sema/evaluate.h"
#include "compiler/sema/resolve.h"
#include "tests/emit/random_tables.h"
#include "tests/random/random_policy.h"
#include "tests/region/random_model.h"

namespace switchyard::testing {
namespace {

struct Written {
  SourceMap sources;
  ast::Policy policy;
  Model model;
  std::vector<std::byte> bytes;
};

std::vector<std::byte> write(const Model& model, const SourceMap& sources) {
  DiagnosticSink sink;
  const auto classes = partition(model, sink);
  REQUIRE(classes.has_value());
  const auto diagrams = build(model, *classes, DiagramBudget{});
  auto bytes = emit(model, *classes, diagrams, sources, {});
  REQUIRE(bytes.has_value());
  const auto proof = prove(*bytes, model, *classes, diagrams, sources);
  if (!proof) FAIL(proof.error().message);
  return std::move(*bytes);
}

Written write_text(const std::string& text) {
  Written out;
  DiagnosticSink sink;
  out.policy = parse_policy(out.sources, out.sources.add("random.policy", text), sink);
  auto model = resolve(out.policy, out.sources, sink);
  if (!model) FAIL(sink.diagnostics()[0].message);
  out.model = std::move(*model);
  out.bytes = write(out.model, out.sources);
  return out;
}

// The dump without what a table does not tell: where facts and targets stand, and promises.
std::string told(const std::string& dump) {
  static const std::regex kPlace("((?:fact|target) .*) # .*");
  static const std::regex kUntold("(guarantee |never |example |influence |allow (?!slower)).*");
  std::string out;
  std::size_t begin = 0;
  while (begin < dump.size()) {
    const std::size_t end = dump.find('\n', begin);
    const std::string line = dump.substr(begin, end - begin);
    begin = end + 1;
    if (std::regex_match(line, kUntold)) continue;
    std::smatch match;
    out += std::regex_match(line, match, kPlace) ? match[1].str() : line;
    out += '\n';
  }
  return out;
}

void check_clause(const Clause& clause, const Clause& from, const SourceMap& sources,
                  const SourceMap& from_sources) {
  CHECK(clause.kind == from.kind);
  CHECK(clause.formula == from.formula);
  // One line of text begins and ends like the text it was made of.
  const std::string_view text = sources.text(clause.span), written = from_sources.text(from.span);
  REQUIRE_FALSE(text.empty());
  CHECK(text.front() == written.front());
  CHECK(text.back() == written.back());
  REQUIRE(clause.parts.size() == from.parts.size());
  for (std::size_t p = 0; p < clause.parts.size(); ++p) {
    check_clause(clause.parts[p], from.parts[p], sources, from_sources);
  }
}

void check_decisions(const Model& model, const Written& from) {
  const Evaluator oracle(from.policy, from.model);
  const LeafCodes leaves = leaf_codes(model);
  for_each_assignment(from.model, [&](const std::vector<std::int64_t>& declared) {
    std::vector<std::int64_t> codes = declared;
    codes.resize(model.facts.size(), -1);
    const std::uint32_t leaf = decide(model, codes).back();
    const Evaluation expected = oracle.evaluate(declared).back();
    switch (expected.kind) {
      case Evaluation::Kind::kUndecided:
        REQUIRE(leaf == leaves.undecided());
        return;
      case Evaluation::Kind::kExcluded:
        REQUIRE(leaf == leaves.excluded(static_cast<std::uint32_t>(expected.assumption)));
        return;
      case Evaluation::Kind::kRefused:
      case Evaluation::Kind::kTarget:
        break;
    }
    REQUIRE(leaves.is_row(leaf));
    const Outcome& outcome = model.outcomes[model.rows[leaf].outcome];
    REQUIRE(outcome.refused == (expected.kind == Evaluation::Kind::kRefused));
    REQUIRE(model.rows[leaf].entry == expected.entry);
    if (outcome.refused) return;
    REQUIRE(model.targets[outcome.target].name == expected.target);
    REQUIRE(outcome.parameters == expected.parameters);
  });
}

}  // namespace

TEST_CASE("a restored model is the one that the table was made of") {
  const std::uint64_t seed = policy_seed();
  INFO("SWITCHYARD_SEED=" << seed);
  std::printf("tests/restore: SWITCHYARD_SEED=%llu\n", static_cast<unsigned long long>(seed));
  Random random(seed);
  const std::size_t rounds = policy_rounds(400);
  for (std::size_t round = 0; round < rounds; ++round) {
    PolicyShape shape;
    shape.max_combinations = 512;
    const std::string text = random_policy(random, shape);
    INFO(text);
    const Written from = write_text(text);
    const auto table = Table::from_bytes(from.bytes, "random.table");
    REQUIRE(table.has_value());
    const auto restored = restore(*table, "random.table");
    if (!restored) FAIL(restored.error().message);
    const auto& [sources, model] = *restored;
    REQUIRE(told(dump(model, sources)) == told(dump(from.model, from.sources)));
    // Written again it is the same table: texts, places, conditions and all.
    REQUIRE(write(model, sources) == from.bytes);
    for (RuleId r = 0; r < model.rules.size(); ++r) {
      const Rule& rule = model.rules[r];
      const Rule& original = from.model.rules[r];
      check_clause(rule.when, original.when, sources, from.sources);
      for (std::size_t e = 0; e < rule.entries.size(); ++e) {
        const Entry& entry = rule.entries[e];
        CHECK(entry.able == original.entries[e].able);
        CHECK(sources.text(entry.span).front() ==
              from.sources.text(original.entries[e].span).front());
        CHECK(sources.text(entry.span).back() == from.sources.text(original.entries[e].span).back());
      }
    }
    CHECK(model.admitted == from.model.admitted);
    check_decisions(model, from);
  }
}

TEST_CASE("policies beyond the diagrams' budget come back too") {
  Random random(policy_seed());
  const Written from = write_text(conjunctive_policy(random, 60));
  const auto table = Table::from_bytes(from.bytes);
  REQUIRE(table.has_value());
  const auto restored = restore(*table);
  if (!restored) FAIL(restored.error().message);
  CHECK(write(restored->model, restored->sources) == from.bytes);
}

TEST_CASE("the table of format 1.0 that was released is restored") {
  const auto table = Table::open("tests/table/data/format_1_0.table");
  REQUIRE(table.has_value());
  const auto restored = restore(*table, "tests/table/data/format_1_0.table");
  if (!restored) FAIL(restored.error().message);
  SourceMap sources;
  DiagnosticSink sink;
  const auto root = sources.load("tests/table/data/format_1_0.policy");
  REQUIRE(root.has_value());
  const auto model = resolve(parse_policy(sources, *root, sink), sources, sink);
  REQUIRE(model.has_value());
  // It was compiled under another path.
  const std::regex place("# .*:");
  CHECK(std::regex_replace(told(dump(restored->model, restored->sources)), place, "# ") ==
        std::regex_replace(told(dump(*model, sources)), place, "# "));
}

}  // namespace switchyard::testing
