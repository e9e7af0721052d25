// Routing changed under a running engine process by what brings files to servers: README.md and
// docs/serving.md, "Rolling out to a fleet".
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tests/fleet/engine_process.h"
#include "tests/process/config_map.h"

namespace switchyard::testing {
namespace {

using Json = nlohmann::json;
using Launches = std::set<std::string>;

// The example's policy, in which the vendor's kernels take batches of more than `tokens`.
std::string policy(const std::string& tokens) {
  std::string text = read_file("docs/examples/engine/moe.policy");
  const std::string before = "tokens > 16 because";
  REQUIRE(text.find(before) != std::string::npos);
  return text.replace(text.find(before), before.size(), "tokens > " + tokens + " because");
}

std::string compile(const std::string& text) {
  const TemporaryFolder folder;
  const std::string from = folder.write("moe.policy", text), to = folder.path("moe.table");
  const ProcessResult result = run_process({POLICYC, from, "-o", to});
  INFO(result.err);
  REQUIRE(result.status == 0);
  return read_file(to);
}

// By generation and layer, everything that was launched.
std::map<std::uint64_t, std::map<int, Launches>> by_generation(const std::vector<Answer>& answers) {
  std::map<std::uint64_t, std::map<int, Launches>> out;
  for (const Answer& answer : answers) out[answer.generation][answer.layer].insert(answer.launch);
  return out;
}

const std::map<int, Launches> kVendor = {
    {0, {"native<<<32>>>"}}, {1, {"native<<<32>>>"}}, {2, {"native<<<32>>>"}}};
const std::map<int, Launches> kOwn = {
    {0, {"packed<<<1>>>"}}, {1, {"packed<<<1>>>"}}, {2, {"emulated<<<32>>>"}}};

// The metric's value; -1 if it is not there.
double metric(const std::string& said, const std::string& series) {
  std::istringstream lines(said);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(series + " ", 0) == 0) return std::stod(line.substr(series.size() + 1));
  }
  return -1;
}

double sum_of(const std::string& said, const std::string& name) {
  double sum = 0;
  std::istringstream lines(said);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(name + "{", 0) == 0) sum += std::stod(line.substr(line.rfind(' ')));
  }
  return sum;
}

// What holds after three good files, the last like the first, and `refused` bad ones: no answer is
// missing, none is of a table that was never good, and the log and the counters tell the same.
void check_whole(EngineProcess& engine, int refused) {
  REQUIRE(engine.finish() == 0);
  const std::string said = engine.said();
  INFO(said);
  const std::vector<Answer>& answers = engine.answers();
  CHECK(answers.size() == 3 * engine.batches());
  CHECK(std::is_sorted(answers.begin(), answers.end(), [](const Answer& a, const Answer& b) {
    return a.generation < b.generation;
  }));
  CHECK(by_generation(answers) ==
        std::map<std::uint64_t, std::map<int, Launches>>{{1, kVendor}, {2, kOwn}, {3, kVendor}});

  CHECK(metric(said, "switchyard_reloads_total{policy=\"moe\",result=\"accepted\"}") == 3);
  CHECK(metric(said, "switchyard_reloads_total{policy=\"moe\",result=\"refused\"}") == refused);
  CHECK(metric(said, "switchyard_table_generation{policy=\"moe\"}") == 3);
  CHECK(sum_of(said, "switchyard_decisions_total") == static_cast<double>(answers.size()));
  CHECK(sum_of(said, "switchyard_log_dropped_lines_total") == 0);
  // The second table's kernels are slower than could run, in two boxes: schemes of four bits or
  // not.
  CHECK(metric(said, "switchyard_slow_paths_total") == 2);
  CHECK_THAT(said, Catch::Contains("slow path: policy moe runs packed(block_m = 64)") &&
                       Catch::Contains("where native could run, but ") &&
                       Catch::Contains("needs `tokens > 64`"));

  std::size_t at = 0;
  std::istringstream lines(read_file(engine.log()));
  for (std::string line; std::getline(lines, line); ++at) {
    const Json json = Json::parse(line);
    REQUIRE(at < answers.size());
    REQUIRE(json["generation"] == answers[at].generation);
    REQUIRE(answers[at].launch.rfind(json["target"].get<std::string>(), 0) == 0);
  }
  CHECK(at == answers.size());
}

}  // namespace

TEST_CASE(
    "an engine process on a ConfigMap: good, broken, good; routing follows, nothing is lost") {
  const TemporaryFolder folder;
  ConfigMap map(folder.path("etc/switchyard"));
  map.update("moe.policy", policy("16"));
  EngineProcess engine(folder.path("etc/switchyard/moe.policy"));
  REQUIRE(engine.wait_answers(1, 30));
  map.update("moe.policy", policy("64"));
  REQUIRE(engine.wait_answers(2, 30));
  map.update("moe.policy", policy("no_such_fact"));
  REQUIRE(engine.wait_said("generation 2 stays"));
  REQUIRE(engine.wait_answers(2, 30));
  std::string unknown = policy("16");  // compiles, and names a kernel that the engine lacks
  for (std::size_t at = 0; (at = unknown.find("native", at)) != std::string::npos;) {
    unknown.replace(at, 6, "vendor");
  }
  map.update("moe.policy", unknown);
  REQUIRE(engine.wait_said("kernel `vendor`, which this engine does not have"));
  REQUIRE(engine.wait_answers(2, 30));
  map.update("moe.policy", policy("16"));
  REQUIRE(engine.wait_answers(3, 30));
  check_whole(engine, 2);
}

TEST_CASE("an engine process on a file that a tool renames into place") {
  const TemporaryFolder folder;
  const std::string path = folder.path("moe.table");
  const auto push = [&](const std::string& bytes) {
    std::filesystem::rename(folder.write(".moe.table.part", bytes), path);
  };
  const std::string vendor = compile(policy("16"));
  push(vendor);
  EngineProcess engine(path);
  REQUIRE(engine.wait_answers(1, 30));
  push(compile(policy("64")));
  REQUIRE(engine.wait_answers(2, 30));
  push(vendor.substr(0, vendor.size() / 2));
  REQUIRE(engine.wait_said("generation 2 stays"));
  REQUIRE(engine.wait_answers(2, 30));
  push(vendor);
  REQUIRE(engine.wait_answers(3, 30));
  check_whole(engine, 1);
}

}  // namespace switchyard::testing
