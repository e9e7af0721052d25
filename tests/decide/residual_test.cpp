// A residual table decides as its table does, whatever facts are bound, whatever engine is below.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdio>
#include <set>

#include "compiler/parse/parse.h"
#include "compiler/sema/resolve.h"
#include "runtime/decide/decide.h"
#include "runtime/decide/residual.h"
#include "tests/emit/policy_text.h"
#include "tests/emit/random_tables.h"
#include "tests/process/process.h"
#include "tests/random/random_policy.h"

namespace switchyard::testing {
namespace {

using Form = ResidualTable::Form;

// Every engine that can hold the policy.
std::vector<Table> tables_of(const Model& model, const SourceMap& sources) {
  DiagnosticSink sink;
  const auto classes = partition(model, sink);
  REQUIRE(classes.has_value());
  const auto diagrams = build(model, *classes, DiagramBudget{});
  std::vector<Table> out;
  for (const DeciderChoice decider : kDeciders) {
    const bool by_diagram = decider == DeciderChoice::kDense || decider == DeciderChoice::kWalk;
    if (by_diagram && !diagrams) continue;
    EmitOptions options;
    options.decider = decider;
    const auto bytes = emit(model, *classes, diagrams, sources, options);
    if (!bytes) continue;  // too many cells or boxes
    auto table = Table::from_bytes(*bytes);
    REQUIRE(table.has_value());
    out.push_back(std::move(*table));
  }
  REQUIRE(out.size() >= 2);
  return out;
}

// Half of the facts, at random; one in ten outside its domain.
std::vector<StaticFact> random_statics(const Table& table, const std::vector<std::int64_t>& codes,
                                       Random& random) {
  std::vector<StaticFact> out;
  for (std::uint32_t f = 0; f < table.facts().size(); ++f) {
    if (random() % 2 == 0) continue;
    const FactInfo& fact = table.facts()[f];
    const std::int64_t outside = random() % 2 == 0 ? fact.low - 1 : fact.high + 1;
    out.push_back({f, random() % 20 == 0 ? outside : codes[f]});
  }
  return out;
}

// The residual on `codes`, whose bound members hold nonsense, and the table on what is meant.
void compare(const ResidualTable& residual, const std::vector<StaticFact>& statics,
             std::vector<std::int64_t> codes) {
  const Table& table = residual.table();
  Struct sent(table), meant(table);
  for (std::uint32_t f = 0; f < codes.size(); ++f) sent.set(f, codes[f]);
  for (const StaticFact& fact : statics) {
    codes[fact.fact] = fact.code;
    sent.set(fact.fact, 123'456'789);
  }
  for (std::uint32_t f = 0; f < codes.size(); ++f) meant.set(f, codes[f]);
  REQUIRE(residual.decide(sent.data()) == decide(table, meant.data()));
}

struct Text {
  SourceMap sources;
  ast::Policy policy;
  std::optional<Model> model;
};

void read(const std::string& text, Text& out) {
  DiagnosticSink sink;
  out.policy = parse_policy(out.sources, out.sources.add("random.policy", text), sink);
  out.model = resolve(out.policy, out.sources, sink);
  REQUIRE(out.model.has_value());
}

// Codes of `model`, some of the facts outside their domain.
std::vector<std::int64_t> stray(const Table& table, std::vector<std::int64_t> codes, Random& random) {
  for (std::uint32_t f = 0; f < codes.size(); ++f) {
    const FactInfo& fact = table.facts()[f];
    if (random() % 8 == 0) codes[f] = random() % 2 == 0 ? fact.low - 1 : fact.high + 1;
  }
  return codes;
}

void check_policy(const Text& from, Random& random, int samples, std::set<Form>* forms = nullptr) {
  for (const Table& table : tables_of(*from.model, from.sources)) {
    const auto statics = random_statics(table, random_codes(*from.model, random), random);
    const auto residual = ResidualTable::bind(table, statics);
    REQUIRE(residual.has_value());
    if (forms != nullptr) forms->insert(residual->form());
    if (assignment_count(*from.model) <= samples) {
      for_each_assignment(*from.model, [&](const std::vector<std::int64_t>& codes) {
        compare(*residual, statics, codes);
      });
    } else {
      for (int i = 0; i < samples; ++i) compare(*residual, statics, random_codes(*from.model, random));
    }
    for (int i = 0; i < 20; ++i) {
      compare(*residual, statics, stray(table, random_codes(*from.model, random), random));
    }
  }
}

}  // namespace

TEST_CASE("a residual is its table on every assignment of random policies, with every engine") {
  const std::uint64_t seed = policy_seed();
  std::printf("tests/decide: SWITCHYARD_SEED=%llu\n", static_cast<unsigned long long>(seed));
  Random random(seed);
  const std::size_t rounds = policy_rounds(1'000);
  for (std::size_t i = 0; i < rounds; ++i) {
    PolicyShape shape;
    shape.facts = 1 + i % 6;
    shape.decisions = i % 3;
    shape.max_combinations = i % 20 == 0 ? 2'000 : 100;
    const std::string text = random_policy(random, shape);
    INFO("SWITCHYARD_SEED=" << seed << " policy " << i << "\n" << text);
    Text from;
    read(text, from);
    check_policy(from, random, 2'000);
  }
}

TEST_CASE("and of policies too large to enumerate, in every form") {
  const std::uint64_t seed = policy_seed();
  Random random(seed);
  std::set<Form> forms;
  for (std::size_t i = 0; i < 10; ++i) {
    const std::string text = random_policy(random, large_shape());
    INFO("SWITCHYARD_SEED=" << seed << " policy " << i << "\n" << text);
    Text from;
    read(text, from);
    check_policy(from, random, 300, &forms);
  }
  // Some facts of very many: from nothing bound to nearly all.
  Text conjunctive;
  read(conjunctive_policy(random, 200), conjunctive);
  for (const Table& table : tables_of(*conjunctive.model, conjunctive.sources)) {
    for (std::uint32_t bound = 0; bound < 40; bound += 3) {
      const std::vector<std::int64_t> codes = random_codes(*conjunctive.model, random);
      std::vector<StaticFact> statics;
      for (std::uint32_t f = 0; f < bound; ++f) statics.push_back({f, codes[f]});
      const auto residual = ResidualTable::bind(table, statics);
      REQUIRE(residual);
      forms.insert(residual->form());
      for (int i = 0; i < 200; ++i) compare(*residual, statics, random_codes(*conjunctive.model, random));
    }
  }
  CHECK(forms.contains(Form::kCells));
  CHECK(forms.contains(Form::kBoxes));
  CHECK(forms.contains(Form::kWhole));
}

TEST_CASE("remainders, searched classes and 64-bit facts") {
  Text from;
  read(R"(policy wide
fact tokens : int 1 .. 1_048_576
fact offset : int -5_000_000_000 .. 5_000_000_000
fact mode : enum { a, b, c, d }
fact fast : bool
assume mode == d implies tokens > 5
target x
target y
target z
x when tokens % 48 == 7 and fast and mode in <b, d>
y when offset > 7 and tokens % 5 != 0 or tokens > 100_000
z when offset % 1000 == 1
x when tokens <= 16
y otherwise
)", from);
  Random random(7);
  for (int i = 0; i < 200; ++i) check_policy(from, random, 200);
}

TEST_CASE("a diagram is restricted where the array would be too large") {
  // Every fact matters at the end, so that 4^9 classes are left.
  std::string text = "policy deep\nfact s : bool\n";
  for (int f = 0; f < 9; ++f) text += "fact f" + std::to_string(f) + " : int 0 .. 4095\n";
  text += "target t(k : int 0 .. 100 = 0)\ntarget u\nu when not s and f0 > 7\n";
  for (int f = 0; f < 9; ++f) {
    for (int k = 1; k < 4; ++k) {
      text += "t(k = " + std::to_string(4 * f + k) + ") when f" + std::to_string(f) +
              " > " + std::to_string(4096 - 1000 * k) + "\n";
    }
  }
  text += "u otherwise\n";
  const Table table = open_policy(text, DeciderChoice::kWalk);
  Random random(11);
  for (const std::int64_t s : {0, 1}) {
    const std::vector<StaticFact> statics = {{0, s}};
    const auto residual = ResidualTable::bind(table, statics);
    REQUIRE(residual);
    CHECK(residual->form() == Form::kDiagram);
    CHECK(residual->read_facts().size() == 9);
    for (int i = 0; i < 5'000; ++i) {
      std::vector<std::int64_t> codes(10, 0);
      for (std::size_t f = 1; f < 10; ++f) codes[f] = static_cast<std::int64_t>(random() % 4100) - 2;
      compare(*residual, statics, codes);
    }
  }
}

TEST_CASE("the shipped policies, with all of their facts but one bound, and with random ones") {
  Random random(policy_seed());
  for (const char* policy : {"policies/switchyard.policy", "policies/quark_ocp_mx_moe.policy",
                             "policies/vllm/quark_moe_pre_39801.policy",
                             "policies/vllm/quark_moe_39801.policy",
                             "policies/vllm/quark_moe_41175.policy"}) {
    const TemporaryFolder folder;
    const std::string path = folder.path("t.table");
    REQUIRE(run_process({POLICYC, policy, "-o", path}).status == 0);
    const auto table = Table::open(path);
    REQUIRE(table);
    const auto codes = [&] {
      std::vector<std::int64_t> out;
      for (const FactInfo& fact : table->facts()) {
        const auto span = static_cast<std::uint64_t>(fact.high - fact.low) + 1;
        const std::uint64_t edge = random() % 4 == 0 ? span : std::min<std::uint64_t>(span, 300);
        out.push_back(fact.low + static_cast<std::int64_t>(random() % edge));
      }
      return out;
    };
    for (int round = 0; round < 100; ++round) {
      const std::vector<std::int64_t> bound = codes();
      std::vector<StaticFact> statics;
      for (std::uint32_t f = 0; f < bound.size(); ++f) {
        const bool is_static = round < 50 ? f != round % bound.size() : random() % 2 == 0;
        if (is_static) statics.push_back({f, bound[f]});
      }
      const auto residual = ResidualTable::bind(*table, statics);
      REQUIRE(residual);
      CHECK(residual->form() == Form::kCells);
      for (int i = 0; i < 200; ++i) compare(*residual, statics, codes());
      for (int i = 0; i < 20; ++i) compare(*residual, statics, stray(*table, codes(), random));
    }
  }
}

TEST_CASE("what is left is small, and says what it reads") {
  const Table table = open_policy(kEveryKind);
  const auto index = [&](const char* fact) { return *table.fact_index(fact); };
  const std::vector<StaticFact> statics = {{index("mx"), 1},       {index("scheme"), 0},
                                           {index("arch"), 0},     {index("rocm"), table.facts()[index("rocm")].high},
                                           {index("backends"), 1}, {index("forced"), 0}};
  const auto residual = ResidualTable::bind(table, statics);
  REQUIRE(residual);
  CHECK(residual->form() == Form::kCells);
  // Native up to 64 tokens, beyond it `packed` by the offset.
  CHECK(residual->read_facts() == std::vector<std::uint32_t>{index("tokens"), index("offset")});
  CHECK(residual->bytes() < 20'000);  // packed takes pairs of tokens: by code
  CHECK(residual->table().hash() == table.hash());
}

TEST_CASE("what cannot be bound is said") {
  const Table table = open_policy(kEveryKind);
  const auto none = ResidualTable::bind(table, std::vector<StaticFact>{{99, 0}});
  REQUIRE_FALSE(none);
  CHECK(none.error().message ==
        "the policy `every_kind` has 9 facts, so there is none of index 99 to bind");
  const auto twice = ResidualTable::bind(table, std::vector<StaticFact>{{0, 0}, {0, 1}});
  REQUIRE_FALSE(twice);
  CHECK(twice.error().message == "fact `mx` is bound twice; bind it once");
}

}  // namespace switchyard::testing
