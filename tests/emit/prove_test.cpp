#include <catch2/catch.hpp>

#include <cstdio>
#include <random>

#include "compiler/parse/parse.h"
#include "compiler/restore/restore.h"
#include "compiler/sema/resolve.h"
#include "runtime/decide/decide.h"
#include "runtime/table/view.h"
#include "tests/emit/policy_text.h"
#include "tests/emit/random_tables.h"
#include "tests/region/random_model.h"
#include "tests/table/edit_table.h"

namespace switchyard::testing {
namespace {

Compiled compile_text(const std::string& text) {
  Compiled out;
  DiagnosticSink sink;
  const FileId root = out.sources.add("test.policy", text);
  auto model = resolve(parse_policy(out.sources, root, sink), out.sources, sink);
  REQUIRE(model.has_value());
  out.model = std::move(*model);
  auto classes = partition(out.model, sink);
  REQUIRE(classes.has_value());
  out.partition = std::move(*classes);
  out.diagrams = build(out.model, out.partition, DiagramBudget{});
  return out;
}

bool proved(const std::vector<std::byte>& bytes, const Compiled& of) {
  return prove(bytes, of.model, of.partition, of.diagrams, of.sources).has_value();
}

// The leaves of every block, for every combination of the classes of the policy's own partition.
std::vector<std::uint32_t> leaves_of(const Table& table, const Compiled& of) {
  std::vector<std::uint32_t> out;
  Struct facts(table);
  std::vector<ClassId> at(of.model.declared_facts, 0);
  while (true) {
    for (FactId f = 0; f < at.size(); ++f) facts.set(f, of.partition.axes[f].representative[at[f]]);
    for (BlockId b = 0; b < of.model.blocks.size(); ++b) {
      out.push_back(decide_block(table, b, facts.data()).leaf);
    }
    FactId f = 0;
    for (; f < at.size(); ++f) {
      at[f] = at[f] + 1 == of.partition.axes[f].class_count() ? 0 : at[f] + 1;
      if (at[f] != 0) break;
    }
    if (f == at.size()) return out;
  }
}

// That what passed the proof means the same: it decides alike, has the same struct, and the policy
// restored from it is written as the very table that it was made from.
void check_means_the_same(const std::vector<std::byte>& bytes, const Compiled& of,
                          DeciderChoice decider, const Table& original,
                          const std::vector<std::uint32_t>& leaves) {
  const auto table = Table::from_bytes(bytes);
  REQUIRE(table.has_value());
  REQUIRE(leaves_of(*table, of) == leaves);
  REQUIRE(table->facts_size() == original.facts_size());
  for (std::size_t f = 0; f < original.facts().size(); ++f) {
    REQUIRE(table->facts()[f].width == original.facts()[f].width);
    REQUIRE(table->facts()[f].offset == original.facts()[f].offset);
  }
  auto restored = restore(*table);
  REQUIRE(restored.has_value());
  DiagnosticSink sink;
  auto classes = partition(restored->model, sink);
  REQUIRE(classes.has_value());
  Compiled again{std::move(restored->sources), std::move(restored->model), std::move(*classes), {}};
  if (of.diagrams) again.diagrams = build(again.model, again.partition, DiagramBudget{});
  REQUIRE(again.table(decider) == of.table(decider));
}

const char* const kDecisions = R"(policy decisions
fact n     : int 0 .. 100_000
fact wide  : int -9_000_000_000 .. 9_000_000_000
fact flags : flags { a, b }
fact ok    : bool = true "a note"
assume n < 90_000 or ok
decision path {
  target fast { family = x }
  target slow(size : int 1 .. 8 = 2)
  fast requires flags has a because "takes a"
  first of fast when n % 4 == 0 and wide < 0 because "whole blocks"
  slow(size = 3) otherwise
}
target left
target right
faster left over right
refuse when n > 50_000 and not ok because "too large"
only left when path == fast and n in 5 .. 70 because "small"
right otherwise
)";

}  // namespace

// Every byte behind the directory, changed in two ways.
TEST_CASE("a changed byte of a table passes the proof only where it means nothing") {
  std::mt19937_64 random(20261126);
  std::size_t passed = 0, refused = 0;
  for (const char* const text : {kEveryKind, kDecisions}) {
    Compiled compiled = compile_text(text);
    for (const DeciderChoice decider : {DeciderChoice::kWalk, DeciderChoice::kProgram}) {
      if (decider == DeciderChoice::kProgram) compiled.diagrams.reset();
      const std::vector<std::byte> bytes = compiled.table(decider);
      REQUIRE(proved(bytes, compiled));
      const auto original = Table::from_bytes(bytes);
      REQUIRE(original.has_value());
      const std::vector<std::uint32_t> leaves = leaves_of(*original, compiled);
      for (const format::SectionEntry& section : sections_of(bytes)) {
        for (std::uint64_t at = section.offset; at < section.offset + section.size; ++at) {
          // A bit, or 4 for 8 and the reverse: the width of a fact.
          for (const std::byte change : {std::byte{1} << (random() % 8), std::byte{12}}) {
            std::vector<std::byte> other = bytes;
            other[at] ^= change;
            hash_again(other);
            CAPTURE(text, section.kind, at - section.offset, static_cast<int>(change));
            if (!proved(other, compiled)) {
              ++refused;
              continue;
            }
            ++passed;
            // Every text and every name is compared.
            REQUIRE(section.kind != static_cast<std::uint32_t>(format::SectionKind::kText));
            check_means_the_same(other, compiled, decider, *original, leaves);
          }
        }
      }
    }
  }
  std::printf("tests/emit: %zu changes refused, %zu without a meaning\n", refused, passed);
  CHECK(refused > 10'000);
  CHECK(passed > 100);
}

// Tables that are written from classes that are not the model's: the proof must not believe them.
TEST_CASE("the proof does not trust the classes") {
  const std::uint64_t seed = random_seed();
  INFO("SWITCHYARD_SEED=" << seed);
  std::mt19937_64 random(seed);
  std::size_t sets = 0, cells = 0, bounds = 0;
  for (int i = 0; i < 600; ++i) {
    ModelShape shape;
    shape.decisions = i % 3;
    shape.assumptions = i % 2;
    const Compiled right = compile(random_model(random, shape));
    for (int kind = 0; kind < 3; ++kind) {
      Compiled wrong{right.sources, right.model, right.partition, {}};
      const FactId fact = static_cast<FactId>(random() % right.model.declared_facts);
      Axis& axis = wrong.partition.axes[fact];
      if (kind == 0) {  // where an atom holds
        if (wrong.partition.atoms.empty()) continue;
        ClassSet& set = wrong.partition.atoms[random() % wrong.partition.atoms.size()];
        const auto c = static_cast<ClassId>(random() % set.size());
        set.contains(c) ? set.remove(c) : set.insert(c);
        ++sets;
      } else if (kind == 1) {  // the class of a cell
        ClassId& c = axis.class_of_cell[random() % axis.class_of_cell.size()];
        if (c == Axis::kNoClass || axis.class_count() == 1) continue;
        c = static_cast<ClassId>((c + 1 + random() % (axis.class_count() - 1)) % axis.class_count());
        ++cells;
      } else {  // where an interval begins
        if (axis.intervals.size() == 1) continue;
        const std::size_t at = 1 + random() % (axis.intervals.size() - 1);
        if (axis.intervals[at].low == axis.intervals[at].high) continue;
        ++axis.intervals[at].low;
        ++axis.intervals[at - 1].high;
        ++bounds;
      }
      wrong.diagrams = build(wrong.model, wrong.partition, DiagramBudget{});
      for (const DeciderChoice decider : kDeciders) {
        if (decider != DeciderChoice::kProgram && decider != DeciderChoice::kBits && !wrong.diagrams) {
          continue;
        }
        CAPTURE(i, kind);
        REQUIRE_FALSE(proved(wrong.table(decider), wrong));
      }
    }
  }
  CHECK(sets > 50);
  CHECK(cells > 50);
  CHECK(bounds > 20);
}

// A dense array is compared with the rows themselves: a diagram that decides otherwise is noticed.
TEST_CASE("the proof of a dense array does not trust the diagram") {
  std::mt19937_64 random(5);
  std::size_t changed = 0;
  for (int i = 0; i < 100; ++i) {
    ModelShape shape;
    shape.decisions = i % 3;
    Compiled compiled = compile(random_model(random, shape));
    REQUIRE(proved(compiled.table(DeciderChoice::kDense), compiled));
    // The diagram of a policy whose last row never decides.
    Model without = compiled.model;
    without.rows.back().formula = kFalse;
    auto diagrams = build(without, compiled.partition, DiagramBudget{});
    REQUIRE(diagrams.has_value());
    const std::vector<std::byte> right = compiled.table(DeciderChoice::kDense);
    compiled.diagrams = std::move(diagrams);
    const std::vector<std::byte> wrong = compiled.table(DeciderChoice::kDense);
    if (right == wrong) continue;
    REQUIRE_FALSE(proved(wrong, compiled));
    ++changed;
  }
  CHECK(changed > 20);
}

}  // namespace switchyard::testing
