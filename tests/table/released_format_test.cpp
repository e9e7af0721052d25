#include <catch2/catch.hpp>

#include "runtime/decide/decide.h"
#include "runtime/decide/fact_row.h"
#include "runtime/decide/faster_targets.h"
#include "runtime/decide/why.h"
#include "runtime/format/version.h"
#include "runtime/table/table.h"
#include "tests/process/process.h"

namespace switchyard::testing {
namespace {

std::string ask(const Table& table, const char* mx, const char* scheme, const char* tokens) {
  FactRow row(table);
  REQUIRE(row.set_text("mx", mx));
  REQUIRE(row.set_text("scheme", scheme));
  REQUIRE(row.set_text("tokens", tokens));
  const auto facts = row.finish();
  REQUIRE(facts.has_value());
  return to_text(why(table, *facts));
}

}  // namespace

// tests/table/data/README.md says how the table was made. It is never made anew.
TEST_CASE("the table of format 1.0 that was released opens and decides") {
  const auto table = Table::open("tests/table/data/format_1_0.table");
  if (!table) FAIL(table.error().message);
  CHECK(table->format_major() == 1);
  CHECK(table->format_minor() == 0);
  CHECK(table->policy() == "format_1_0");
  REQUIRE(table->facts().size() == 4);
  CHECK(table->targets().size() == 5);
  CHECK(table->blocks().size() == 2);
  CHECK(ask(*table, "true", "w4", "16").find("native\n") == 0);
  CHECK(ask(*table, "false", "w4", "16").find("packed(block_m = 32)\n") == 0);
  CHECK(ask(*table, "false", "w8", "16").find("emulated\n") == 0);
  CHECK(ask(*table, "false", "w8", "5000").find("refused: too many tokens\n") == 0);
  CHECK(ask(*table, "true", "w8", "1").find("excluded: ") == 0);
}

TEST_CASE("the table of format 1.1 that was released knows where a slower target is meant") {
  const auto table = Table::open("tests/table/data/format_1_1.table");
  if (!table) FAIL(table.error().message);
  CHECK(table->format_minor() == 1);
  const auto faster = [&](const char* tokens) {
    FactRow row(*table);
    REQUIRE(row.set_text("mx", "true"));
    REQUIRE(row.set_text("scheme", "w8"));
    REQUIRE(row.set_text("tokens", tokens));
    const auto facts = row.finish();
    REQUIRE(facts.has_value());
    return faster_that_could_run(*table, faster_than(*table), *facts, decide(*table, *facts));
  };
  CHECK(faster("16").empty());
  REQUIRE(faster("17").size() == 1);
  CHECK(faster("17")[0].name == "native");
}

TEST_CASE("libswitchyard has neither the compiler nor ANTLR in it") {
  const ProcessResult needed = run_process({OBJDUMP, "-p", LIBRARY});
  REQUIRE(needed.status == 0);
  CHECK(needed.out.find("NEEDED") != std::string::npos);
  CHECK(needed.out.find("antlr") == std::string::npos);
  const ProcessResult symbols = run_process({NM, "-C", LIBRARY});
  REQUIRE(symbols.status == 0);
  CHECK(symbols.out.find("switchyard::decide_general") != std::string::npos);
  for (const char* foreign : {"antlr4", "switchyard::ast::", "switchyard::Model", "switchyard::Formulas",
                              "switchyard::Diagnostic", "switchyard::emit("}) {
    INFO(foreign);
    CHECK(symbols.out.find(foreign) == std::string::npos);
  }
}

}  // namespace switchyard::testing
