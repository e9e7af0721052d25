#include <cstring>
#include <nlohmann/json.hpp>

#include "runtime/log/json_text.h"
#include "runtime/log/layer_line.h"
#include "tests/log/sample_log.h"

// What lines say, and what policyc makes of them.
namespace switchyard::testing {
namespace {

using Json = nlohmann::json;

LogConfig every_line(const std::string& path) {
  LogConfig config;
  config.path = path;
  config.sample_every = 1;
  return config;
}

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

}  // namespace

TEST_CASE("a line holds facts, outcome, rule, table, generation, time, and what the engine adds") {
  const TemporaryFolder folder;
  const Table table = open_policy(kLogged);
  const auto log = open_log(every_line(folder.path("log.jsonl")));
  record(*log, table,
         {{"mx", "false"},
          {"backends", "<ck, triton>"},
          {"arch", "gfx950"},
          {"rocm", "7.1"},
          {"forced", "off"}},
         {1234, 7}, 3);
  record(*log, table, {{"scheme", "w4a8"}}, {}, 3);
  record(*log, table, {{"mx", "false"}, {"scheme", "w4a8"}, {"tokens", "4001"}}, {}, 3);
  log->flush();
  const auto lines = lines_of(folder.path("log.jsonl"));
  REQUIRE(lines.size() == 3);
  const Json first = Json::parse(lines[0]);
  CHECK(first["facts"] == Json::parse(R"({"mx": false, "scheme": "w4", "tokens": 8,
      "arch": "gfx950", "backends": ["ck", "triton"], "rocm": "7.1", "forced": "off",
      "aiter": false})"));
  CHECK(first["outcome"] == "target");
  CHECK(first["target"] == "packed");
  CHECK(first["parameters"] == Json::parse(R"({"block_m": 16, "order": "row"})"));
  CHECK(first["rule"] == "test.policy:18");
  CHECK(first["table"] == table.hash());
  CHECK(first["generation"] == 3);
  CHECK(first["layer"] == 7);
  CHECK(first["latency_ns"] == 1234);
  CHECK(first["time"].get<std::string>().size() == std::string("2026-11-26T12:00:00.000Z").size());
  CHECK_FALSE(first.contains("dropped"));
  const Json excluded = Json::parse(lines[1]);
  CHECK(excluded["outcome"] == "excluded");
  CHECK(excluded["rule"] == "test.policy:10");
  CHECK_FALSE(excluded.contains("latency_ns"));
  CHECK_FALSE(excluded.contains("layer"));
  const Json refused = Json::parse(lines[2]);
  CHECK(refused["outcome"] == "refused");
  CHECK(refused["rule"] == "test.policy:16");
  CHECK_FALSE(refused.contains("target"));
}

TEST_CASE("a fact outside its domain is told with its value, and has no outcome") {
  const TemporaryFolder folder;
  const Table table = open_policy(kLogged);
  const auto log = open_log(every_line(folder.path("log.jsonl")));
  FactRow row = row_of(table, {});
  std::vector<std::byte> facts(table.facts_size());
  std::memcpy(facts.data(), row.data(), facts.size());
  const std::int32_t tokens = 5'000;
  std::memcpy(facts.data() + table.facts()[2].offset, &tokens, sizeof tokens);
  log->record(table, 1, facts.data(), decide(table, facts.data()));
  log->flush();
  const Json line = Json::parse(lines_of(folder.path("log.jsonl")).at(0));
  CHECK(line["facts"]["tokens"] == 5'000);
  CHECK(line["bad_fact"] == "fact `tokens` is 5000, outside 1 .. 4096");
  CHECK_FALSE(line.contains("outcome"));
  CHECK(log->metrics().decisions.back().kind == Decision::Kind::kBadFact);
  CHECK(log->metrics().decisions.back().rule == "tokens");
}

TEST_CASE("policyc audit and coverage read what the log wrote") {
  const TemporaryFolder folder;
  const std::string path = folder.path("log.jsonl");
  const std::string policy = folder.write("sample.policy", kLogged);
  const std::string compiled = folder.path("sample.table");
  REQUIRE(run_process({POLICYC, policy, "-o", compiled}).status == 0);
  const auto table = Table::open(compiled);
  REQUIRE(table.has_value());
  std::uint64_t count = 0;
  {
    const auto log = open_log(every_line(path));
    for (const char* scheme : {"w4", "w4a4", "w4a8"}) {
      for (const char* tokens : {"1", "16", "17", "4000", "4001"}) {
        for (const char* mx : {"true", "false"}) {
          for (const char* forced : {"unset", "off", "on"}) {
            record(*log, *table,
                   {{"scheme", scheme},
                    {"tokens", tokens},
                    {"mx", mx},
                    {"forced", forced},
                    {"rocm", "7.1"},
                    {"backends", "<ck>"},
                    {"arch", "other"},
                    {"aiter", "true"}});
            ++count;
          }
        }
      }
    }
  }
  const ProcessResult audit = run_process({POLICYC, "audit", policy, path, "--format", "json"});
  INFO(audit.out << audit.err);
  CHECK(audit.status == 0);
  const Json document = Json::parse(audit.out);
  CHECK(document["lines"] == count);
  CHECK(document["same"] == count);
  const ProcessResult coverage = run_process({POLICYC, "coverage", compiled, path});
  INFO(coverage.out << coverage.err);
  CHECK(coverage.out.find(std::to_string(count) + " decisions of policy `sample`: 5 of 5 rules") !=
        std::string::npos);
  // The same log held against an edited policy says where it decides otherwise.
  std::string edited = kLogged;
  edited.replace(edited.find("tokens <= 16"), 12, "tokens <= 17");
  const ProcessResult differs =
      run_process({POLICYC, "audit", folder.write("edited.policy", edited), path});
  INFO(differs.out << differs.err);
  CHECK(differs.status == 1);
  CHECK(differs.out.find("emulated -> packed(block_m = 16, order = row)") != std::string::npos);
}

TEST_CASE("policyc audit says which fact of a logged line was bad") {
  const TemporaryFolder folder;
  const Table table = open_policy(kLogged);
  {
    const auto log = open_log(every_line(folder.path("log.jsonl")));
    std::vector<std::byte> facts(table.facts_size());
    std::memcpy(facts.data(), row_of(table, {}).data(), facts.size());
    const std::int32_t code = 7;  // no symbol of `scheme` has it
    std::memcpy(facts.data() + table.facts()[1].offset, &code, sizeof code);
    log->record(table, 1, facts.data(), decide(table, facts.data()));
  }
  const ProcessResult audit = run_process(
      {POLICYC, "audit", folder.write("sample.policy", kLogged), folder.path("log.jsonl")});
  INFO(audit.out << audit.err);
  CHECK(audit.status == 1);
  CHECK(audit.out.find("first line 1: ") != std::string::npos);
  CHECK(audit.out.find("scheme") != std::string::npos);
}

TEST_CASE("strings are JSON whatever they hold") {
  CHECK(json_string("a\"b\\c") == "\"a\\\"b\\\\c\"");
  CHECK(json_string("\n\t\x01\x7f") == "\"\\n\\u0009\\u0001\x7f\"");
  CHECK(json_string("µ€😀") == "\"µ€😀\"");
  // A bare continuation byte, an overlong slash, a surrogate, one past the last, a cut sequence.
  for (const char* bad : {"\x80", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"}) {
    const std::string text = json_string(std::string("a") + bad + "b");
    INFO(text);
    CHECK(text.find("\xef\xbf\xbd") != std::string::npos);
    CHECK_FALSE(Json::parse(text, nullptr, false).is_discarded());
  }
  for (int c = 0; c < 256; ++c) {
    const std::string text = json_string(std::string(1, static_cast<char>(c)));
    CHECK_FALSE(Json::parse(text, nullptr, false).is_discarded());
  }
}

TEST_CASE("times are RFC 3339 with milliseconds") {
  CHECK(rfc3339(0) == "1970-01-01T00:00:00.000Z");
  CHECK(rfc3339(1'795'694'400'123'456'789) == "2026-11-26T12:00:00.123Z");
}

TEST_CASE("a layer's line at start: which kernel, why, and what was passed over") {
  const Table table = open_policy(R"(policy start
fact mx : bool
fact scheme : enum { w4, w4a8 }
target native
target packed
native requires mx because "matrix instructions for MX"
native requires scheme == w4
packed requires mx or scheme == w4
refuse when scheme == w4a8 and not mx because "nothing runs it"
first of native, packed otherwise because "fastest first"
)");
  const auto line = [&](const char* mx, const char* scheme) {
    FactRow row(table);
    REQUIRE(row.set_text("mx", mx).has_value());
    REQUIRE(row.set_text("scheme", scheme).has_value());
    const std::string json = layer_json("moe \"0\"", table, row.data());
    CHECK_FALSE(Json::parse(json, nullptr, false).is_discarded());
    return std::make_pair(layer_line("moe 0", table, row.data()), Json::parse(json));
  };
  const auto [native, native_json] = line("true", "w4");
  CHECK(native == "layer moe 0: native: fastest first (test.policy:10)");
  CHECK(native_json["layer"] == "moe \"0\"");
  CHECK(native_json["target"] == "native");
  CHECK(native_json["because"] == "fastest first");
  CHECK_FALSE(native_json.contains("skipped"));
  const auto [packed, packed_json] = line("false", "w4");
  CHECK(packed ==
        "layer moe 0: packed: fastest first (test.policy:10); not native: needs mx "
        "(matrix instructions for MX) (test.policy:10)");
  CHECK(packed_json["skipped"][0]["reason"] == "needs mx (matrix instructions for MX)");
  const auto [refused, refused_json] = line("false", "w4a8");
  CHECK(refused == "layer moe 0: refused: nothing runs it (test.policy:9)");
  CHECK(refused_json["outcome"] == "refused");
  CHECK(refused_json["message"] == "nothing runs it");
}

}  // namespace switchyard::testing
