// The address sanitizer has allocators of its own, which cannot be replaced by halves: the release
// build is the one that counts.
#ifndef __SANITIZE_ADDRESS__

#include "runtime/log/decision_log.h"
#include "tests/decide/sample.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {
std::atomic<std::size_t> allocations{0};
}  // namespace

// Every allocation of the program and of libswitchyard comes here.
void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  ++allocations;
  const auto align = static_cast<std::size_t>(alignment);
  if (void* memory = std::aligned_alloc(align, (size + align - 1) / align * align)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace switchyard::testing {

TEST_CASE("deciding never allocates, with any engine") {
  static_assert(noexcept(decide(std::declval<const Table&>(), nullptr)));
  for (const DeciderChoice decider : {DeciderChoice::kAuto, DeciderChoice::kDense, DeciderChoice::kWalk,
                                      DeciderChoice::kBits, DeciderChoice::kProgram}) {
    const Table table = open_policy(kEveryKind, decider);
    FactRow row(table);
    for (const auto& [fact, text] : with({})) REQUIRE(row.set_text(fact, text));
    const void* facts = *row.finish();
    std::vector<std::int64_t> bad(table.facts_size() / 8 + 1, 0);
    std::uint32_t sum = 0;
    const std::size_t before = allocations;
    Decision out;
    for (int i = 0; i < 100; ++i) {
      sum += decide(table, facts).index + decide(table, bad.data()).index;
      sum += decide_block(table, 0, facts).index;
      decide_batch(table, facts, table.facts_size(), 1, &out);
      sum += out.index;
    }
    const std::size_t after = allocations;
    CHECK(after == before);
    CHECK(sum != 0);
  }
  // The counter counts.
  const std::size_t before = allocations;
  CHECK(std::vector<int>(3).size() == 3);
  CHECK(allocations > before);
}

TEST_CASE("a batch decides each struct as `decide` does") {
  const Table table = open_policy(kEveryKind);
  FactRow row(table);
  for (const auto& [fact, text] : with({})) REQUIRE(row.set_text(fact, text));
  std::vector<unsigned char> many;
  std::vector<Decision> expected;
  for (std::int64_t tokens = 1; tokens <= 200; ++tokens) {
    REQUIRE(row.set_int("tokens", tokens));
    const auto* bytes = static_cast<const unsigned char*>(*row.finish());
    many.insert(many.end(), bytes, bytes + table.facts_size());
    expected.push_back(decide(table, bytes));
  }
  std::vector<Decision> decisions(200);
  decide_batch(table, many.data(), table.facts_size(), 200, decisions.data());
  CHECK(decisions == expected);
}

TEST_CASE("decisions in blocks: later ones read earlier ones, a refusal is the whole answer") {
  const char* const text = R"(policy staged
fact a : bool
fact n : int 0 .. 100
decision method {
  target fast { family = f }
  target slow { family = s }
  refuse when n == 13 because "unlucky"
  fast when a
  slow otherwise
}
target x
target y
x when method == fast and n < 50
x when method.family == s and n > 90
y otherwise
)";
  for (const DeciderChoice decider : {DeciderChoice::kAuto, DeciderChoice::kDense, DeciderChoice::kWalk,
                                      DeciderChoice::kBits, DeciderChoice::kProgram}) {
    const Table table = open_policy(text, decider);
    REQUIRE(table.blocks().size() == 2);
    struct { std::int32_t a, n; } facts;
    for (facts.a = 0; facts.a <= 1; ++facts.a) {
      for (facts.n = 0; facts.n <= 100; ++facts.n) {
        const Decision method = decide_block(table, 0, &facts);
        const Decision decision = decide(table, &facts);
        if (facts.n == 13) {
          CHECK(method.kind == Decision::Kind::kRefused);
          CHECK(decision == method);
          CHECK(why(table, &facts).message == "unlucky");
          CHECK(why(table, &facts).block == "method");
          continue;
        }
        CHECK(spell_outcome(table, method.index) == (facts.a == 1 ? "fast" : "slow"));
        const bool x = facts.a == 1 ? facts.n < 50 : facts.n > 90;
        CHECK(why(table, &facts).target == (x ? "x" : "y"));
      }
    }
  }
}

TEST_CASE("recording never allocates after a thread's first decision with a table") {
  static_assert(noexcept(std::declval<DecisionLog&>().record(std::declval<const Table&>(), 1, nullptr,
                                                             Decision{})));
  const Table table = open_policy(kEveryKind);
  FactRow row(table);
  for (const auto& [fact, text] : with({})) REQUIRE(row.set_text(fact, text));
  const void* facts = *row.finish();
  const Decision decision = decide(table, facts);
  LogConfig config;
  config.sample_every = 1;
  config.ring_bytes = 4'096;                      // soon full
  config.poll = std::chrono::milliseconds(60'000);  // the writer sleeps
  const auto log = DecisionLog::open(config);
  REQUIRE(log.has_value());
  (*log)->record(table, 1, facts, decision);
  const std::size_t before = allocations;
  for (int i = 0; i < 1'000; ++i) (*log)->record(table, 1, facts, decision);
  const std::size_t after = allocations;
  CHECK(after == before);
  CHECK((*log)->status().lost_ring > 0);
}

}  // namespace switchyard::testing

#endif
