#include <catch2/catch.hpp>

#include <cstdio>
#include <cstring>

#include "runtime/decide/decide.h"
#include "runtime/decide/fact_row.h"
#include "runtime/decide/faster_targets.h"
#include "runtime/decide/why.h"
#include "runtime/table/inspect.h"
#include "tests/emit/random_tables.h"
#include "tests/region/random_model.h"
#include "tests/table/edit_table.h"

namespace switchyard::testing {
namespace {

// Changes a few bytes anywhere, numbers more often to those that break things.
void mutate(std::mt19937_64& random, std::vector<std::byte>& bytes) {
  const std::size_t count = 1 + random() % 4;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = sizeof(format::kMagic) + random() % (bytes.size() - 16);
    switch (random() % 4) {
      case 0: bytes[at] ^= std::byte{1} << (random() % 8); break;
      case 1: bytes[at] = static_cast<std::byte>(random()); break;
      case 2: {
        const std::uint32_t values[] = {0, 1, 0x7fff'ffff, 0x8000'0000, 0xffff'ffff, 0xffff};
        std::memcpy(bytes.data() + at / 4 * 4, &values[random() % 6], 4);
        break;
      }
      default: {
        const std::size_t from = random() % (bytes.size() - 8);
        std::memmove(bytes.data() + at / 4 * 4, bytes.data() + from / 4 * 4, 4);
      }
    }
  }
}

// A table that passed every check must answer anything without fault.
void use(const Table& table, std::mt19937_64& random) {
  std::vector<std::int64_t> facts((table.facts_size() + 7) / 8 + 1);
  FactRow row(table);
  CHECK(inspect(table).size() > 0);
  for (int i = 0; i < 20; ++i) {
    const void* at = facts.data();
    if (i % 4 == 3) {
      for (std::int64_t& word : facts) word = static_cast<std::int64_t>(random());
    } else {
      for (std::uint32_t f = 0; f < table.facts().size(); ++f) {
        const FactInfo& fact = table.facts()[f];
        const std::uint64_t span =
            static_cast<std::uint64_t>(fact.high) - static_cast<std::uint64_t>(fact.low);
        const std::uint64_t step = span == ~std::uint64_t{0} ? random() : random() % (span + 1);
        CHECK(row.set_code(f, static_cast<std::int64_t>(static_cast<std::uint64_t>(fact.low) + step)));
      }
      at = row.data();
    }
    const Decision decision = decide(table, at);
    CHECK(decision == decide_general(table, at, VectorUnit::kPortable));
    for (std::uint32_t b = 0; b < table.blocks().size(); ++b) decide_block(table, b, at);
    CHECK(why(table, at).decision == decision);
    const auto faster = faster_that_could_run(table, faster_than(table), at, decision);
    CHECK((faster.empty() || decision.kind == Decision::Kind::kTarget));
    CHECK_FALSE(to_text(why(table, at)).empty());
  }
}

}  // namespace

TEST_CASE("no damage that keeps the hash makes opening or deciding fault") {
  const std::uint64_t seed = random_seed();
  INFO("SWITCHYARD_SEED=" << seed);
  std::printf("tests/table: SWITCHYARD_SEED=%llu\n", static_cast<unsigned long long>(seed));
  std::mt19937_64 random(seed);
  std::size_t survived = 0, refused = 0;
  for (int i = 0; i < 40; ++i) {
    ModelShape shape;
    shape.facts = 1 + i % 5;
    shape.decisions = i % 3;
    shape.assumptions = 2;
    shape.promises = true;
    Compiled compiled = compile(random_model(random, shape));
    if (i % 2 == 1) compiled.diagrams.reset();
    for (const DeciderChoice decider : kDeciders) {
      const bool by_diagram = decider == DeciderChoice::kDense || decider == DeciderChoice::kWalk;
      if (by_diagram && !compiled.diagrams) continue;
      const std::vector<std::byte> bytes = compiled.table(decider);
      for (int k = 0; k < 120; ++k) {
        std::vector<std::byte> other = bytes;
        mutate(random, other);
        if (k % 10 == 9) other.resize(random() % other.size());
        hash_again(other);
        const auto table = Table::from_bytes(other);
        if (!table) {
          CHECK(table.error().message.find("table") != std::string::npos);
          ++refused;
          continue;
        }
        use(*table, random);
        ++survived;
      }
    }
  }
  // Both must have been met, or the test shows nothing.
  CHECK(refused > 1'000);
  CHECK(survived > 500);
}

}  // namespace switchyard::testing
