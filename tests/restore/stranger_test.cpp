#include <catch2/catch.hpp>

#include <cstdio>
#include <cstring>
#include <set>

#include <fmt/format.h>

#include "compiler/region/box.h"
#include "compiler/restore/restore.h"
#include "compiler/sema/resolve.h"
#include "tests/emit/policy_text.h"
#include "tests/emit/random_tables.h"
#include "tests/random/random_policy.h"
#include "tests/region/random_model.h"
#include "tests/table/edit_table.h"

// Tables that no policyc wrote, behind a hash that fits.
namespace switchyard::testing {
namespace {

// Changes a few numbers of one section.
void mutate(Random& random, std::vector<std::byte>& bytes, const format::SectionEntry& section) {
  const std::size_t count = 1 + random() % 3;
  const std::size_t words = section.size / 4;
  std::byte* const words_at = bytes.data() + section.offset;
  for (std::size_t i = 0; i < count && words > 0; ++i) {
    std::byte* const at = words_at + random() % words * 4;
    switch (random() % 4) {
      case 0: *(at + random() % 4) ^= std::byte{1} << (random() % 8); break;
      case 1: *at = static_cast<std::byte>(random() % 8); break;
      case 2: {
        const std::uint32_t values[] = {0, 1, 0x7fff'ffff, 0x8000'0000, 0xffff'ffff, 0xffff};
        std::memcpy(at, &values[random() % 6], 4);
        break;
      }
      default: std::memmove(at, words_at + random() % words * 4, 4);
    }
  }
}

// Every stage may rely on a model that was restored.
void use(const Restored& restored, Random& random) {
  const Model& model = restored.model;
  CHECK_FALSE(dump(model, restored.sources).empty());
  DiagnosticSink sink;
  const auto classes = partition(model, sink);
  if (!classes) {
    CHECK(sink.has_errors());
    return;
  }
  const auto diagrams = build(model, *classes, DiagramBudget{2'000, 100'000, 1'000'000});
  CHECK_FALSE(dump(*classes, model).empty());
  for (const Row& row : model.rows) boxes_of(model, *classes, row.formula, 50);
  for (int i = 0; i < 5; ++i) {
    std::vector<std::int64_t> codes = random_codes(model, random);
    codes.resize(model.facts.size(), -1);
    CHECK(decide(model, codes).size() == model.blocks.size());
  }
}

format::SectionEntry section_of(const std::vector<std::byte>& bytes, format::SectionKind kind) {
  for (const format::SectionEntry& entry : sections_of(bytes)) {
    if (entry.kind == static_cast<std::uint32_t>(kind)) return entry;
  }
  FAIL("no such section");
  return {};
}

// The policy with one text replaced by another of the same length, wherever it stands.
Expected<Restored> restore_edited(const std::string& policy, std::string_view from,
                                  std::string_view to) {
  REQUIRE(from.size() == to.size());
  std::vector<std::byte> bytes = compile_policy(policy);
  std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::size_t at = all.find(from);
  REQUIRE(at != std::string_view::npos);
  for (; at != std::string_view::npos; at = all.find(from, at + 1)) {
    std::memcpy(bytes.data() + at, to.data(), to.size());
  }
  hash_again(bytes);
  const auto table = Table::from_bytes(bytes);
  if (!table) FAIL(table.error().message);
  return restore(*table, "edited.table");
}

}  // namespace

TEST_CASE("no table makes restoring fault, and what is restored is safe for every stage") {
  const std::uint64_t seed = policy_seed();
  INFO("SWITCHYARD_SEED=" << seed);
  std::printf("tests/restore: SWITCHYARD_SEED=%llu\n", static_cast<unsigned long long>(seed));
  Random random(seed);
  std::size_t opened = 0, refused = 0, restored_ones = 0;
  std::set<std::string> reasons;
  const std::size_t rounds = policy_rounds(150);
  for (std::size_t round = 0; round < rounds; ++round) {
    PolicyShape shape;
    shape.max_combinations = 256;
    const std::string text = round == 0 ? kEveryKind : random_policy(random, shape);
    const std::vector<std::byte> bytes = compile_policy(text);
    const auto policy = section_of(bytes, format::SectionKind::kPolicy);
    for (int k = 0; k < 200; ++k) {
      std::vector<std::byte> other = bytes;
      mutate(random, other, policy);
      hash_again(other);
      const auto table = Table::from_bytes(other);
      if (!table) continue;
      ++opened;
      const auto restored = restore(*table, "stranger.table");
      if (!restored) {
        ++refused;
        reasons.insert(restored.error().message);
        CHECK(restored.error().message.find("`stranger.table` holds no policy: ") !=
              std::string::npos);
        continue;
      }
      ++restored_ones;
      use(*restored, random);
    }
  }
  // All of it must have been met, or the test shows nothing.
  CHECK(opened > rounds * 20);
  CHECK(refused > rounds * 2);
  CHECK(restored_ones > rounds * 10);
  CHECK(reasons.size() > 5);
}

TEST_CASE("a table of what no policy can say is refused with the reason") {
  const std::string policy = R"(policy p
fact one_fact : bool
fact two_fact : enum { red_symbol, dry_symbol }
target first_target
target other_target(a_param : int 1 .. 4 = 1, b_param : int 1 .. 4 = 1)
first_target when one_fact and two_fact == red_symbol
other_target otherwise
)";
  const auto reason = [&](std::string_view from, std::string_view to) {
    const auto restored = restore_edited(policy, from, to);
    REQUIRE_FALSE(restored.has_value());
    return restored.error().message;
  };
  const std::string begin = "the table `edited.table` holds no policy: ";
  const std::string end = "; write it again with policyc";
  CHECK(reason("two_fact", "one_fact") == begin + "two facts have one name, or one has none" + end);
  CHECK(reason("two_fact", "two-fact") == begin + "two facts have one name, or one has none" + end);
  CHECK(reason("other_target", "first_target").find("two targets have one name") !=
        std::string::npos);
  CHECK(reason("dry_symbol", "red_symbol") == begin + "a fact has one symbol twice" + end);
  CHECK(reason("b_param", "a_param").find("the parameters or attributes of a target") !=
        std::string::npos);
}

TEST_CASE("conditions nested deeper than any stage walks are refused") {
  std::string policy = "policy deep\nfact x : int 0 .. 4000\ntarget t\ntarget u\nlet l0 = x > 0\n";
  for (int i = 1; i <= 1'100; ++i) {
    policy += fmt::format("let l{} = (l{} and x != {}) or x == {}\n", i, i - 1, 3 * i, 3 * i + 1);
  }
  const Table table = open_policy(policy + "t when l1100\nu otherwise\n");
  const auto restored = restore(table, "deep.table");
  REQUIRE_FALSE(restored.has_value());
  CHECK(restored.error().message.find("its conditions nest more than 2048 deep") != std::string::npos);
}

}  // namespace switchyard::testing
