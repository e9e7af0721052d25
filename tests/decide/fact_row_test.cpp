#include "tests/decide/sample.h"

namespace switchyard::testing {
namespace {

void accepts(FactRow& row, const Table& table, const std::string& fact, const std::string& text,
             const std::string& spelled) {
  CAPTURE(fact, text);
  const auto set = row.set_text(fact, text);
  if (!set) FAIL(set.error().message);
  const FactInfo& info = table.facts()[*table.fact_index(fact)];
  std::int64_t code = 0;
  const auto* at = static_cast<const unsigned char*>(row.data()) + info.offset;
  if (info.width == 8) {
    std::memcpy(&code, at, 8);
  } else {
    std::int32_t narrow;
    std::memcpy(&narrow, at, 4);
    code = narrow;
  }
  CHECK(spell(info, code) == spelled);
}

void refuses(FactRow& row, const std::string& fact, const std::string& text, const std::string& part) {
  CAPTURE(fact, text);
  const auto set = row.set_text(fact, text);
  REQUIRE_FALSE(set.has_value());
  INFO(set.error().message);
  CHECK(set.error().message.find("`" + fact + "`") != std::string::npos);
  CHECK(set.error().message.find(part) != std::string::npos);
}

}  // namespace

TEST_CASE("values of facts as they are written") {
  const Table table = open_policy(kEveryKind);
  FactRow row(table);
  for (const char* yes : {"true", "1", "\"true\"", "\"1\""}) accepts(row, table, "mx", yes, "true");
  for (const char* no : {"false", "0", "\"false\""}) accepts(row, table, "mx", no, "false");
  accepts(row, table, "scheme", "w4a4", "w4a4");
  accepts(row, table, "scheme", "\"w4a8\"", "w4a8");
  accepts(row, table, "arch", "gfx90a:sramecc+", "\"gfx90a:sramecc+\"");
  accepts(row, table, "arch", "gfx1250", "other");
  accepts(row, table, "arch", "other", "other");
  accepts(row, table, "tokens", "4_096", "4096");
  accepts(row, table, "tokens", "4K", "4096");
  accepts(row, table, "offset", "-5_000_000_000", "-5000000000");
  accepts(row, table, "rocm", "7", "7.0");
  accepts(row, table, "rocm", "7.2.1", "7.2.1");
  accepts(row, table, "backends", "<>", "<>");
  accepts(row, table, "backends", "< triton , \"ck\" >", "<ck, triton>");
  accepts(row, table, "backends", "triton", "<triton>");
  for (const char* state : {"unset", "off", "on"}) accepts(row, table, "forced", state, state);
}

TEST_CASE("bad values are refused with the fact, the value and what it takes") {
  const Table table = open_policy(kEveryKind);
  FactRow row(table);
  refuses(row, "mx", "maybe", "true or false");
  refuses(row, "scheme", "w4a44", "did you mean `w4a4`?");
  refuses(row, "scheme", "completely_else", "`w4a8`");
  refuses(row, "arch", "", "a name");
  refuses(row, "tokens", "0", "outside 1 .. 4096");
  refuses(row, "tokens", "4097", "outside 1 .. 4096");
  refuses(row, "tokens", "many", "an integer 1 .. 4096");
  refuses(row, "tokens", "1.5", "an integer");
  refuses(row, "tokens", "99999999999999999999", "99999999999999999999");
  refuses(row, "tokens", "9000000000G", "9000000000G");
  refuses(row, "rocm", "9.99.1", "9.99.1, outside 6.0 .. 9.99");
  refuses(row, "rocm", "7.1.2.3", "a version");
  refuses(row, "rocm", "70000", "a version");
  refuses(row, "rocm", "-7", "a version");
  refuses(row, "backends", "<cc>", "did you mean `ck`?");
  refuses(row, "backends", "", "<a, b>");
  refuses(row, "forced", "true", "unset, off or on");
  const auto unknown = row.set_text("tokenz", "1");
  REQUIRE_FALSE(unknown.has_value());
  CHECK(unknown.error().message.find("`tokenz`; did you mean `tokens`?") != std::string::npos);
}

TEST_CASE("typed values, and what a type does not take") {
  const Table table = open_policy(kEveryKind);
  FactRow row(table);
  CHECK(row.set_bool("mx", true));
  CHECK(row.set_int("mx", 0));
  CHECK_FALSE(row.set_int("mx", 2));
  CHECK(row.set_int("tokens", 4096));
  CHECK_FALSE(row.set_int("tokens", 0));
  CHECK_FALSE(row.set_bool("tokens", true));
  CHECK(row.set_int("rocm", 7));
  CHECK_FALSE(row.set_int("rocm", 5));
  CHECK_FALSE(row.set_int("scheme", 1));
  CHECK(row.set_bool("forced", false));
  CHECK(row.set_flags("backends", {"ck", "triton"}));
  CHECK_FALSE(row.set_flags("backends", {"cuda"}));
  CHECK_FALSE(row.set_flags("mx", {}));
  const std::uint32_t tokens = *row.index_of("tokens");
  CHECK(row.set_code(tokens, 1));
  CHECK_FALSE(row.set_code(tokens, 5000));
}

TEST_CASE("environment variables: on, off in any case, all else an error that names the variable") {
  const Table table = open_policy(kEveryKind);
  FactRow row(table);
  for (const char* on : {"1", "true", "ON", "Yes"}) CHECK(row.set_environment("forced", on));
  for (const char* off : {"0", "False", "off", "NO"}) CHECK(row.set_environment("debug", off));
  const auto bad = row.set_environment("forced", "2");
  REQUIRE_FALSE(bad.has_value());
  CHECK(bad.error().message.find("FORCED") != std::string::npos);
  CHECK(bad.error().message.find("`2`") != std::string::npos);
}

TEST_CASE("defaults are filled in; what is missing is named; clear() starts anew") {
  const Table table = open_policy(kEveryKind);
  FactRow row(table);
  for (const auto& [fact, text] : with({})) REQUIRE(row.set_text(fact, text));
  REQUIRE(row.finish().has_value());
  row.clear();
  REQUIRE(row.set_text("mx", "1"));
  const auto missing = row.finish();
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().message.find("`scheme`, `arch`, `tokens`, `backends`, `forced` are missing") !=
        std::string::npos);
  CHECK(missing.error().message.find("`rocm`") == std::string::npos);  // has a default
}

}  // namespace switchyard::testing
