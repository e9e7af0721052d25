#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "compiler/restore/clause_places.h"
#include "compiler/restore/restore.h"
#include "compiler/restore/told_sources.h"
#include "tests/emit/policy_text.h"

namespace switchyard::testing {
namespace {

using restoring::ClausePlaces;
using restoring::ToldSources;

// A text section that is filled as tables do it.
class Section {
 public:
  format::Text add(std::string_view text) {
    const auto begin = static_cast<std::uint32_t>(bytes_.size());
    bytes_ += text;
    return {begin, static_cast<std::uint32_t>(text.size())};
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

struct Told {
  std::vector<std::string> locations, texts;
  std::size_t files = 0;
};

// Where the pieces {location, text} end up.
Told lay_out(const std::vector<std::pair<std::string, std::string>>& pieces) {
  Section section;
  std::vector<std::pair<format::Text, format::Text>> stored;
  for (const auto& [location, text] : pieces) {
    const format::Text at = section.add(location);
    stored.emplace_back(at, section.add(text));
  }
  ToldSources told(section.bytes());
  std::vector<ToldSources::PieceId> ids;
  for (const auto& [location, text] : stored) ids.push_back(told.add(location, text));
  SourceMap sources;
  const auto done = told.lay_out(sources);
  if (!done) FAIL(done.error().message);
  Told out;
  for (const auto id : ids) {
    out.locations.push_back(sources.location(told.span(id)));
    out.texts.emplace_back(sources.text(told.span(id)));
  }
  out.files = sources.size();
  return out;
}

std::string find(std::string_view whole, std::uint32_t from, std::string_view text) {
  SourceMap sources;
  const FileId file = sources.add("x", std::string(whole));
  const Span owner{file, 0, static_cast<std::uint32_t>(whole.size())};
  const Span span = ClausePlaces(sources).find(owner, from, text);
  return fmt::format("{} {}", span.begin, sources.text(span));
}

std::string find_use(std::string_view whole, std::string_view name) {
  SourceMap sources;
  const FileId file = sources.add("x", std::string(whole));
  const Span owner{file, 0, static_cast<std::uint32_t>(whole.size())};
  return std::string(sources.text(ClausePlaces(sources).find_use(owner, 0, name)));
}

}  // namespace

TEST_CASE("texts stand at the line that the table tells, several on one line side by side") {
  const Told told = lay_out({{"b.policy:7", "seventh"},
                             {"a.policy:3", "third"},
                             {"b.policy:2", "second"},
                             {"b.policy:7", "another"}});
  CHECK(told.locations == std::vector<std::string>{"b.policy:7", "a.policy:3", "b.policy:2",
                                                   "b.policy:7"});
  CHECK(told.texts == std::vector<std::string>{"seventh", "third", "second", "another"});
  CHECK(told.files == 2);
}

TEST_CASE("whatever a stranger's table tells has a place") {
  const std::string far = "x.policy:4000000000";
  const Told told = lay_out({{far, "far"},
                             {"x.policy:2", "a\nb\nc"},
                             {"x.policy:3", "hidden by the lines before"},
                             {"", ""},
                             {"no line", "t"},
                             {"x.policy:", "t"},
                             {"x.policy:0", "t"},
                             {"x.policy:-1", "t"},
                             {"x.policy:99999999999", "t"},
                             {":5", "t"}});
  CHECK(told.locations ==
        std::vector<std::string>{far + ":1", "x.policy:2", "x.policy:3", ":1", "no line:1",
                                 "x.policy::1", "x.policy:0:1", "x.policy:-1:1",
                                 "x.policy:99999999999:1", ":5"});
  CHECK(told.texts[1] == "a\nb\nc");
  CHECK(told.texts[2] == "hidden by the lines before");
}

TEST_CASE("the lines of all files together have a limit, and what is past it a file of its own") {
  std::vector<std::pair<std::string, std::string>> pieces;
  for (int i = 0; i < 8; ++i) pieces.push_back({fmt::format("{}.policy:2000000", i), "t"});
  const Told told = lay_out(pieces);
  CHECK(told.locations[0] == "0.policy:2000000");
  CHECK(told.locations[1] == "1.policy:2000000");
  CHECK(told.locations[2] == "2.policy:2000000:1");
  CHECK(told.locations[7] == "7.policy:2000000:1");
}

TEST_CASE("texts past their limit are refused") {
  Section section;
  const std::string large(restoring::kMaxToldBytes / 2 + 1, 'x');
  const format::Text text = section.add(large);
  const format::Text a = section.add("a:1"), b = section.add("b:1");
  ToldSources told(section.bytes());
  told.add(a, text);
  told.add(a, text);  // the same piece
  SourceMap sources;
  CHECK(told.lay_out(sources).has_value());
  told.add(b, text);
  const auto done = told.lay_out(sources);
  REQUIRE_FALSE(done.has_value());
  CHECK(done.error().message == "its rules have more than 64 MiB of text");
}

TEST_CASE("parts of a condition are found as whole words, in their order") {
  CHECK(find("mx and a", 2, "a") == "7 a");
  CHECK(find("a and a", 0, "a") == "0 a");
  CHECK(find("a and a", 1, "a") == "6 a");
  CHECK(find("not (a or b)", 0, "a or b") == "5 a or b");
  CHECK(find("x == \"a b\" or c", 0, "x == \"a b\"") == "0 x == \"a b\"");
  // Not there: the whole.
  CHECK(find("mx and aiter", 0, "ait") == "0 mx and aiter");
  CHECK(find("mx", 2, "mx") == "0 mx");
  CHECK(find("mx", 0, "") == "0 mx");
  CHECK(find("", 0, "mx") == "0 ");
}

TEST_CASE("uses of targets are found with their values") {
  CHECK(find_use("native when a", "native") == "native");
  CHECK(find_use("packed(block_m = 16) when a", "packed") == "packed(block_m = 16)");
  CHECK(find_use("packed (order = \"a)b\", n = 2), x otherwise", "packed") ==
        "packed (order = \"a)b\", n = 2)");
  CHECK(find_use("packed(block_m", "packed") == "packed");
  CHECK(find_use("unpacked when a", "packed") == "unpacked when a");
}

TEST_CASE("spans of a restored policy say what stands there") {
  const Table table = open_policy(kEveryKind);
  const auto restored = restore(table, "every.table");
  if (!restored) FAIL(restored.error().message);
  const auto& [sources, model] = *restored;
  const auto at = [&](Span span) {
    return fmt::format("{} {}", sources.location(span), sources.text(span));
  };
  CHECK(at(model.facts[1].span) == "every.table:3 scheme");
  CHECK(at(model.targets[0].span) == "every.table:11 native");
  CHECK(at(model.assumptions[0].span) == "test.policy:13 mx implies arch == gfx942");
  CHECK(at(model.assumptions[0].condition.parts[1].span) == "test.policy:13 arch == gfx942");
  const Rule& first_of = model.rules[2];
  CHECK(at(first_of.span) == "test.policy:27 first of native, packed(block_m = 16, order = column) "
                             "when tokens <= 64");
  CHECK(at(first_of.when.span) == "test.policy:27 tokens <= 64");
  CHECK(at(first_of.entries[1].span) == "test.policy:27 packed(block_m = 16, order = column)");
  const Requirement& kernels = first_of.entries[0].requirements[1];
  CHECK(kernels.because == "CK kernels");
  CHECK(at(kernels.span) == "test.policy:21 scheme in <w4, w4a4> and backends has ck");
  CHECK(at(kernels.condition.parts[1].span) == "test.policy:21 backends has ck");
  CHECK(at(model.rules[3].when.parts[1].span) == "test.policy:28 can packed");
  CHECK(at(model.rules[4].when.span) == "test.policy:29 emulated otherwise because \"always runs\"");
}

}  // namespace switchyard::testing
