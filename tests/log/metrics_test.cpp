#include "runtime/log/metrics.h"

#include <map>
#include <optional>
#include <set>
#include <thread>

#include "tests/log/sample_log.h"

// The text of metrics, read by the grammar of Prometheus' exposition format 0.0.4.
namespace switchyard::testing {
namespace {

using Catch::Matchers::Contains;

// Strict: every sample belongs to the family announced last, no family and no sample comes twice,
// names and escapes are those of the format. Fails the test otherwise.
class Exposition {
 public:
  explicit Exposition(const std::string& text) {
    REQUIRE(!text.empty());
    REQUIRE(text.back() == '\n');
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      line_ = text.substr(at, end - at);
      INFO("line: " << line_);
      read_line();
      at = end + 1;
    }
    CHECK(help_ == types_);
  }

  std::string value(const std::string& sample) const {
    const auto found = samples_.find(sample);
    INFO("sample " << sample);
    REQUIRE(found != samples_.end());
    return found->second;
  }
  std::size_t size() const { return samples_.size(); }

 private:
  void read_line() {
    if (line_.rfind("# HELP ", 0) == 0) {
      at_ = 7;
      family_ = name();
      expect(' ');
      REQUIRE(help_.insert(family_).second);
      REQUIRE(at_ < line_.size());
      return;
    }
    if (line_.rfind("# TYPE ", 0) == 0) {
      at_ = 7;
      REQUIRE(name() == family_);
      expect(' ');
      type_ = line_.substr(at_);
      REQUIRE((type_ == "counter" || type_ == "gauge"));
      // Counters end in _total, and nothing else does.
      REQUIRE((family_.size() > 6 && family_.substr(family_.size() - 6) == "_total") ==
              (type_ == "counter"));
      REQUIRE(types_.insert(family_).second);
      return;
    }
    at_ = 0;
    REQUIRE(name() == family_);
    REQUIRE(types_.count(family_) == 1);
    std::string key = family_;
    if (peek() == '{') key += labels();
    expect(' ');
    const std::string number = line_.substr(at_);
    REQUIRE(!number.empty());
    REQUIRE(number.find_first_not_of("0123456789") == std::string::npos);
    REQUIRE(samples_.emplace(key, number).second);
  }

  std::string labels() {
    std::string text;
    std::set<std::string> names;
    do {
      ++at_;
      text += text.empty() ? "{" : ",";
      const std::string label = name();
      REQUIRE(label.find(':') == std::string::npos);
      REQUIRE(names.insert(label).second);
      expect('=');
      expect('"');
      text += label + "=" + quoted();
    } while (peek() == ',');
    expect('}');
    return text + "}";
  }

  std::string quoted() {
    std::string text;
    while (peek() != '"') {
      REQUIRE(at_ < line_.size());
      if (peek() == '\\') {
        ++at_;
        REQUIRE((peek() == '\\' || peek() == '"' || peek() == 'n'));
        text += peek() == 'n' ? '\n' : peek();
      } else {
        text += peek();
      }
      ++at_;
    }
    ++at_;
    return text;
  }

  std::string name() {
    const std::size_t begin = at_;
    const auto is_name = [](char c, bool first) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
             (!first && c >= '0' && c <= '9');
    };
    while (at_ < line_.size() && is_name(line_[at_], at_ == begin)) ++at_;
    REQUIRE(at_ > begin);
    return line_.substr(begin, at_ - begin);
  }

  char peek() const { return at_ < line_.size() ? line_[at_] : '\0'; }
  void expect(char c) {
    REQUIRE(peek() == c);
    ++at_;
  }

  std::string line_, family_, type_;
  std::size_t at_ = 0;
  std::set<std::string> help_, types_;
  std::map<std::string, std::string> samples_;
};

}  // namespace

TEST_CASE("metrics: decisions by rule and target, rules that never decided, and everything else") {
  const TemporaryFolder folder;
  const Table table = open_policy(kLogged);
  LogConfig config;
  config.path = folder.path("log");
  const auto log = open_log(config);
  for (int i = 0; i < 3; ++i) record(*log, table, {{"aiter", "true"}}, {}, 7);
  record(*log, table, {{"mx", "false"}, {"scheme", "w4a8"}, {"tokens", "4001"}}, {}, 7);
  record(*log, table, {{"scheme", "w4a8"}}, {}, 7);
  FactRow row = row_of(table, {});
  std::vector<std::byte> facts(table.facts_size());
  std::memcpy(facts.data(), row.data(), facts.size());
  facts[0] = std::byte{9};
  log->record(table, 7, facts.data(), decide(table, facts.data()));
  log->flush();
  Metrics metrics = log->metrics();
  metrics.reloads = {{"sample", 6, 2}};
  const std::string text = to_prometheus(metrics);
  INFO(text);
  const Exposition read(text);
  CHECK(read.value("switchyard_decisions_total{policy=sample,target=native,rule=test.policy:17}") ==
        "3");
  CHECK(read.value("switchyard_decisions_total{policy=sample,target=packed,rule=test.policy:18}") ==
        "0");
  CHECK(read.value("switchyard_refusals_total{policy=sample,rule=test.policy:16}") == "1");
  CHECK(read.value("switchyard_excluded_total{policy=sample,assumption=test.policy:10}") == "1");
  CHECK(read.value("switchyard_bad_facts_total{policy=sample,fact=mx}") == "1");
  CHECK(read.value("switchyard_table_generation{policy=sample}") == "7");
  CHECK(read.value("switchyard_table_info{policy=sample,table=" + table.hash() + "}") == "1");
  CHECK(read.value("switchyard_reloads_total{policy=sample,result=accepted}") == "6");
  CHECK(read.value("switchyard_reloads_total{policy=sample,result=refused}") == "2");
  CHECK(read.value("switchyard_log_lines_total") == "4");
  CHECK(read.value("switchyard_log_dropped_lines_total{reason=ring_full}") == "0");
  CHECK(read.value("switchyard_log_writable") == "1");
  CHECK_THAT(text, Contains("switchyard_build_info{version=\""));
}

TEST_CASE("metrics: an empty set is valid, and labels hold any text") {
  CHECK(Exposition(to_prometheus({})).size() >= 6);
  Metrics metrics;
  metrics.decisions = {{"a\"b\\c\nd", Decision::Kind::kTarget, "t",
                        "\xff"
                        "f.policy:1",
                        1}};
  const std::string text = to_prometheus(metrics);
  CHECK(Exposition(text).value("switchyard_decisions_total{policy=a\"b\\c\nd,target=t,"
                               "rule=\xef\xbf\xbd"
                               "f.policy:1}") == "1");
}

TEST_CASE("metrics: threads that ended and tables that are gone still count") {
  const auto log = open_log({});
  std::uint64_t generation = 0;
  for (int round = 0; round < 5; ++round) {
    const Table table = open_policy(kLogged);
    ++generation;
    std::thread([&] {
      for (int i = 0; i < 10; ++i) record(*log, table, {{"aiter", "true"}}, {}, generation);
    }).join();
    log->flush();
  }
  std::uint64_t count = 0;
  for (const DecisionCount& own : log->metrics().decisions) count += own.count;
  CHECK(count == 50);
}

}  // namespace switchyard::testing
