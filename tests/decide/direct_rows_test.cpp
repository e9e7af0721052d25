#include <catch2/catch.hpp>

#include <fmt/format.h>
#include <random>
#include <string>

#include "runtime/decide/decide.h"
#include "runtime/table/direct_rows.h"
#include "runtime/table/view.h"
#include "tests/emit/policy_text.h"

// Bit vectors whose rows are found without a look-up, against the program of the same policy.
namespace switchyard::testing {

namespace {

const BlockView& block_of(const Table& table) { return table.view().blocks.back(); }

// Both tables on random structs, with every vector unit of this machine. All facts are int32.
void compare(const std::string& policy, std::size_t direct_facts) {
  const Table bits = open_policy(policy, DeciderChoice::kBits);
  const Table program = open_policy(policy, DeciderChoice::kProgram);
  REQUIRE(block_of(bits).engine == Engine::kBits);
  CHECK(block_of(bits).direct.facts.size() == direct_facts);
  std::mt19937_64 random(20261126);
  std::vector<std::int32_t> facts(bits.facts().size());
  for (int round = 0; round < 2000; ++round) {
    for (std::size_t f = 0; f < facts.size(); ++f) {
      const FactInfo& fact = bits.facts()[f];
      const auto span = static_cast<std::uint64_t>(fact.high - fact.low) + 1;
      facts[f] = static_cast<std::int32_t>(fact.low + static_cast<std::int64_t>(random() % span));
    }
    const Decision expected = decide(program, facts.data());
    for (const VectorUnit unit : {VectorUnit::kPortable, VectorUnit::kAvx2, VectorUnit::kAvx512}) {
      if (unit > best_vector_unit()) continue;
      REQUIRE(decide_general(bits, facts.data(), unit) == expected);
    }
  }
}

std::string bools(int count, const std::string& rest) {
  std::string text = "policy p\ntarget a\ntarget b\n";
  for (int i = 0; i < count; ++i) text += fmt::format("fact f{} : bool\n", i);
  for (int i = 0; i < count; ++i) {
    text += fmt::format("{} when f{} and not f{}\n", i % 2 == 0 ? "a" : "b", i, (i * 7 + 1) % count);
  }
  return text + rest + "b otherwise\n";
}

}  // namespace

TEST_CASE("direct rows: bools and enums, a domain that does not begin at 0, one past the limit") {
  compare(
      "policy p\n"
      "fact x : bool\n"
      "fact e : enum { p, q, r, s }\n"          // q and r share a class, so rows are copied
      "fact n : int -3 .. 20\n"
      "fact wide : int 0 .. 64\n"               // 65 codes: looked up
      "fact full : int 1 .. 64\n"               // 64 codes
      "target a\ntarget b\ntarget c\n"
      "a when x and e == p and n >= 17\n"
      "b when e == s and n < 0 and wide > 3\n"
      "c when wide == 64 and full in 7 .. 9\n"
      "a when n % 4 == 1 and full != 64\n"
      "b otherwise\n",
      4);
}

TEST_CASE("direct rows: more than 1,024 boxes need several passes") {
  std::string rules;
  for (int i = 0; i < 1100; ++i) {
    rules += fmt::format("{} when n == {} and f{}\n", i % 3 == 0 ? "a" : "b", 1099 - i, i % 5);
  }
  compare(bools(5, "fact n : int 0 .. 1200\n" + rules), 5);
}

TEST_CASE("direct rows: as many facts as have addresses, and one more") {
  compare(bools(static_cast<int>(kMaxDirectFacts), ""), kMaxDirectFacts);
  compare(bools(static_cast<int>(kMaxDirectFacts) + 1, ""), 0);
}

TEST_CASE("direct rows: what is copied has a limit") {
  // Each fact has 64 codes in two classes: 64 rows of 1,100 boxes are 9 KiB.
  std::string text = "policy p\ntarget a\ntarget b\n";
  for (int i = 0; i < 200; ++i) text += fmt::format("fact f{} : int 0 .. 63\n", i);
  for (int i = 0; i < 1100; ++i) {
    text += fmt::format("{} when f{} < 32 and f{} < 32 and f{} >= 32\n", i % 2 == 0 ? "a" : "b",
                        i % 200, (i * 3 + 1 + i / 200) % 200, (i * 7 + 2) % 200);
  }
  const Table table = open_policy(text + "b otherwise\n", DeciderChoice::kBits);
  const BlockView& block = block_of(table);
  const std::size_t bytes = 64 * block.row_words * 8;
  CHECK(block.direct.facts.size() == kMaxCopiedBytes / bytes);
  CHECK(block.array_bit_facts.size() == 200 - block.direct.facts.size());
}

TEST_CASE("direct rows: a fact of 64 bits leaves all others to look-ups") {
  const Table table = open_policy(
      "policy p\nfact x : bool\nfact big : int 0 .. 9_000_000_000\ntarget a\ntarget b\n"
      "a when x and big > 17\nb otherwise\n",
      DeciderChoice::kBits);
  CHECK(block_of(table).direct.facts.empty());
}

}  // namespace switchyard::testing
