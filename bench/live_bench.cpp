// What a live policy costs: a reader against a fixed table, a residual against its table, threads,
// from a rename to the first decision of the new table, memory. Run from the root of the checkout.
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <thread>
#include <vector>

#include "bench/compile_text.h"
#include "bench/random_rules.h"
#include "runtime/base/check.h"
#include "runtime/decide/decide.h"
#include "runtime/decide/residual.h"
#include "runtime/store/policy_store.h"

namespace switchyard::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kInputs = 4'096;
constexpr int kRounds = 101;
constexpr int kPasses = 16;  // over the inputs, a round

constexpr const char* kThreeFacts = R"(
policy brief
fact supports_mx : bool
fact scheme : enum { a, b, c, d, e, f, g, h, i, j, k }
fact aiter : bool
target native
target packed
target emulated
native when supports_mx and scheme in <a, b> and aiter
packed when supports_mx and scheme in <a, b, e>
emulated otherwise
)";

std::string text_of(const std::string& path) {
  std::ifstream in(path);
  SWITCHYARD_CHECK(in);  // run from the root of the checkout
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The engine's own policy, with what it imports in its place.
std::string shipped_policy() {
  std::string text = text_of("policies/switchyard.policy");
  const std::string import = "import \"ocp_mx.facts\"";
  return text.replace(text.find(import), import.size(), text_of("policies/ocp_mx.facts"));
}

// Structs of the table's facts, one behind the other; `statics` in each.
std::vector<std::int32_t> inputs_of(const Table& table, const std::vector<StaticFact>& statics) {
  std::mt19937_64 random(3);
  const std::size_t words = table.facts().size();
  std::vector<std::int32_t> out(kInputs * words);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const FactInfo& fact = table.facts()[i % words];
    SWITCHYARD_CHECK(fact.width == 4);
    const auto codes =
        static_cast<std::uint64_t>(std::min<std::int64_t>(fact.high - fact.low, 8'191));
    out[i] =
        static_cast<std::int32_t>(fact.low + static_cast<std::int64_t>(random() % (codes + 1)));
  }
  for (const StaticFact& fact : statics) {
    for (std::size_t i = 0; i < kInputs; ++i)
      out[i * words + fact.fact] = static_cast<std::int32_t>(fact.code);
  }
  return out;
}

// Nanoseconds of one call.
template <typename One>
double time_of(const std::vector<std::int32_t>& inputs, std::size_t words, One one) {
  std::uint32_t sum = 0;
  const auto begin = Clock::now();
  for (int pass = 0; pass < kPasses; ++pass) {
    for (const std::int32_t* at = inputs.data(); at != inputs.data() + inputs.size(); at += words) {
      sum += one(at);
    }
    asm volatile("" : "+r"(sum)::"memory");
  }
  const std::chrono::duration<double, std::nano> took = Clock::now() - begin;
  return took.count() / (static_cast<double>(kPasses) * static_cast<double>(kInputs));
}

double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// Two ways in turn, so that what else the machine does meets both.
template <typename A, typename B>
void compare(const char* what, const Table& table, const std::vector<std::int32_t>& inputs, A a,
             B b) {
  const std::size_t words = table.facts().size();
  std::vector<double> first, second, ratio;
  for (int round = 0; round < kRounds; ++round) {
    first.push_back(time_of(inputs, words, a));
    second.push_back(time_of(inputs, words, b));
    ratio.push_back(second.back() / first.back());
  }
  std::printf("%-44s %8.2f ns %8.2f ns   %5.2f\n", what, median_of(first), median_of(second),
              median_of(ratio));
  std::fflush(stdout);
}

struct File {
  explicit File(const Table& table) : File(table.bytes()) {}
  explicit File(std::span<const std::byte> bytes) {
    std::string name =
        (std::filesystem::temp_directory_path() / "switchyard-bench-XXXXXX").string();
    SWITCHYARD_CHECK(::mkdtemp(name.data()) != nullptr);
    folder = name;
    path = folder + "/live.table";
    put(bytes);
  }
  ~File() { std::filesystem::remove_all(folder); }
  void put(std::span<const std::byte> bytes) const {
    std::ofstream(path + ".new", std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    std::filesystem::rename(path + ".new", path);
  }
  std::string folder, path;
};

// As an engine asks: a call a dispatch, nothing of the table held in registers from the last one.
[[gnu::noinline]] Decision ask_fixed(const Table& table, const void* facts) {
  return decide(table, facts);
}
[[gnu::noinline]] Decision ask_live(PolicyReader& reader, const void* facts) {
  return reader.decide(facts);
}
[[gnu::noinline]] Decision ask_read(PolicyReader& reader, const void* facts) {
  return decide(reader.read().table(), facts);
}

void reader_cost(const char* what, const Table& table) {
  const File file(table);
  const auto store = PolicyStore::open(file.path);
  SWITCHYARD_CHECK(store);
  PolicyReader reader = (*store)->reader();
  const std::vector<std::int32_t> inputs = inputs_of(table, {});
  compare(
      what, table, inputs, [&](const std::int32_t* facts) { return ask_fixed(table, facts).index; },
      [&](const std::int32_t* facts) { return ask_live(reader, facts).index; });
  compare(
      "  by read() and the table", table, inputs,
      [&](const std::int32_t* facts) { return ask_fixed(table, facts).index; },
      [&](const std::int32_t* facts) { return ask_read(reader, facts).index; });
  compare(
      "  in a loop that keeps the table in registers", table, inputs,
      [&](const std::int32_t* facts) { return decide(table, facts).index; },
      [&](const std::int32_t* facts) { return reader.decide(facts).index; });
}

constexpr const char* kForms[] = {"an array", "a diagram", "boxes", "the whole table"};

void residual_cost(const char* what, const Table& table, const std::vector<StaticFact>& statics) {
  const auto residual = ResidualTable::bind(table, statics);
  SWITCHYARD_CHECK(residual);
  const std::vector<std::int32_t> inputs = inputs_of(table, statics);
  const std::size_t words = table.facts().size();
  for (std::size_t i = 0; i < inputs.size(); i += words) {
    SWITCHYARD_CHECK(residual->decide(&inputs[i]) == decide(table, &inputs[i]));
  }
  const auto whole = [&](const std::int32_t* facts) { return decide(table, facts).index; };
  const auto rest = [&](const std::int32_t* facts) { return residual->decide(facts).index; };
  compare(what, table, inputs, whole, rest);
  std::printf(
      "    %s, %zu facts read, %zu bytes beside the table's %zu; bind %.2f ms\n",
      kForms[static_cast<std::size_t>(residual->form())], residual->read_facts().size(),
      residual->bytes(), table.bytes().size(), [&] {
        std::vector<double> times;
        for (int i = 0; i < 11; ++i) {
          const auto begin = Clock::now();
          SWITCHYARD_CHECK(ResidualTable::bind(table, statics));
          times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
        }
        return median_of(times);
      }());
}

void threads(const Table& table) {
  const File file(table);
  const auto store = PolicyStore::open(file.path);
  SWITCHYARD_CHECK(store);
  const std::vector<std::int32_t> inputs = inputs_of(table, {});
  for (const unsigned count : {1u, 2u, 4u, 16u}) {
    std::vector<double> rates;
    for (int round = 0; round < 21; ++round) {
      std::vector<std::thread> all;
      const auto begin = Clock::now();
      for (unsigned t = 0; t < count; ++t) {
        all.emplace_back([&] {
          PolicyReader reader = (*store)->reader();
          for (int pass = 0; pass < 4; ++pass) {
            time_of(inputs, table.facts().size(),
                    [&](const std::int32_t* facts) { return reader.decide(facts).index; });
          }
        });
      }
      for (std::thread& thread : all) thread.join();
      const std::chrono::duration<double> took = Clock::now() - begin;
      rates.push_back(count * 4.0 * kPasses * kInputs / took.count() / 1e6);
    }
    std::printf("%2u threads on %u processors: %8.0f M decisions a second\n", count,
                std::thread::hardware_concurrency(), median_of(rates));
  }
}

// From the rename until a reader that looks every 10 us (and what the timer adds) decides anew.
void reload_latency(const char* what, const Table& a, const Table& b) {
  const File file(a);
  const auto store = PolicyStore::open(file.path);
  SWITCHYARD_CHECK(store);
  PolicyReader reader = (*store)->reader();
  const std::vector<std::int32_t> inputs = inputs_of(a, {});
  std::vector<double> times;
  for (int i = 0; i < 201; ++i) {
    const Table& next = i % 2 == 0 ? b : a;
    std::ofstream(file.path + ".new", std::ios::binary)
        .write(reinterpret_cast<const char*>(next.bytes().data()),
               static_cast<std::streamsize>(next.bytes().size()));
    const std::uint64_t generation = reader.read().generation();
    const auto begin = Clock::now();
    std::filesystem::rename(file.path + ".new", file.path);
    while (reader.read().generation() == generation)
      std::this_thread::sleep_for(std::chrono::microseconds(10));
    const Decision decision = decide(reader.read().table(), inputs.data());
    asm volatile("" ::"r"(decision.index) : "memory");
    times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
  }
  std::sort(times.begin(), times.end());
  std::printf("%-44s median %.0f us, 95%% %.0f us, worst %.0f us (%zu bytes)\n", what,
              times[times.size() / 2], times[times.size() * 95 / 100], times.back(),
              a.bytes().size());
}

// How often a second the file is replaced and served, while 16 threads decide. `each`: every
// replacement is waited for, so that each is a generation; else the file is renamed as fast as it
// goes, or as often as `wanted` says, and the store takes what it finds. `all_the_time`: the
// threads keep every processor busy; else they rest a millisecond after 1,000 decisions, as between
// batches.
void replacements(const char* what, const Table& a, const Table& b, bool each, double wanted,
                  bool all_the_time) {
  const File file(a);
  const auto store = PolicyStore::open(file.path);
  SWITCHYARD_CHECK(store);
  const std::vector<std::int32_t> inputs = inputs_of(a, {});
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> decisions{0};
  std::vector<std::thread> deciding;
  for (int t = 0; t < 16; ++t) {
    deciding.emplace_back([&] {
      PolicyReader reader = (*store)->reader();
      std::uint64_t own = 0;
      for (std::size_t at = 0; !stop.load(std::memory_order_relaxed); ++own) {
        const Decision decision = reader.decide(&inputs[at]);
        asm volatile("" ::"r"(decision.index) : "memory");
        at = at + a.facts().size() == inputs.size() ? 0 : at + a.facts().size();
        if (!all_the_time && own % 1'000 == 999) {
          std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
      }
      decisions += own;
    });
  }
  constexpr std::chrono::seconds kFor{2};
  std::uint64_t renames = 0;
  const auto begin = Clock::now();
  while (Clock::now() - begin < kFor) {
    file.put((renames % 2 == 0 ? b : a).bytes());
    ++renames;
    if (each) SWITCHYARD_CHECK((*store)->reload());
    if (wanted > 0) {
      std::this_thread::sleep_until(
          begin + std::chrono::duration_cast<Clock::duration>(
                      std::chrono::duration<double>(static_cast<double>(renames) / wanted)));
    }
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  stop = true;
  for (std::thread& thread : deciding) thread.join();
  std::printf("%-44s %6.0f renames, %6.0f generations, %6.1f M decisions a second\n", what,
              static_cast<double>(renames) / seconds,
              static_cast<double>((*store)->status().generation - 1) / seconds,
              static_cast<double>(decisions.load()) / seconds / 1e6);
}

void memory(const char* what, const Table& table) {
  constexpr int kTables = 32;
  std::vector<Table> tables;
  tables.reserve(kTables);
  const auto held = [] {
    const struct mallinfo2 info = ::mallinfo2();
    return info.uordblks + info.hblkhd;
  };
  const std::size_t before = held();
  for (int i = 0; i < kTables; ++i) tables.push_back(*Table::from_bytes(table.bytes()));
  std::printf("%-44s %zu bytes of file, %zu in memory\n", what, table.bytes().size(),
              (held() - before) / kTables);
}

std::vector<StaticFact> all_but(const Table& table, const std::vector<const char*>& open) {
  std::vector<StaticFact> out;
  for (std::uint32_t f = 0; f < table.facts().size(); ++f) {
    const FactInfo& fact = table.facts()[f];
    if (std::find(open.begin(), open.end(), fact.name) != open.end()) continue;
    out.push_back({f, fact.low});
  }
  return out;
}

}  // namespace
}  // namespace switchyard::bench

int main() {
  using namespace switchyard;
  using namespace switchyard::bench;
  const Table three = open_text(kThreeFacts), shipped = open_text(shipped_policy());
  const Table random = open_text(policy_text(random_rules(kRandomRules, kRandomSeed)));

  std::printf("a decision                                    fixed table       reader   ratio\n");
  reader_cost("3 facts", three);
  reader_cost("switchyard.policy", shipped);
  reader_cost("1,000 rules x 40 facts", random);

  std::printf(
      "\na decision                                     whole table     residual   ratio\n");
  std::vector<StaticFact> statics = all_but(shipped, {"tokens"});
  for (StaticFact& fact : statics) {
    const std::string& name = shipped.facts()[fact.fact].name;
    if (name == "device") fact.code = 2;  // hip
    if (name == "hidden" || name == "intermediate") fact.code = 2'880;
    if (name == "experts") fact.code = 128;
  }
  residual_cost("switchyard.policy, tokens left", shipped, statics);
  for (const std::uint32_t left : {4u, 20u, 36u}) {
    std::mt19937_64 codes(7);
    std::vector<StaticFact> bound;
    for (std::uint32_t f = 0; f + left < 40; ++f) {
      bound.push_back(
          {f, static_cast<std::int64_t>(
                  codes() % static_cast<std::uint64_t>(fact_high(static_cast<int>(f)) + 1))});
    }
    residual_cost(("1,000 x 40, " + std::to_string(left) + " facts left").c_str(), random, bound);
  }

  std::printf("\n");
  threads(shipped);
  std::printf("\nfrom the rename to the first decision\n");
  const Table three_again = open_text(
      std::string(kThreeFacts) + "# again\nexample { supports_mx, scheme = a, aiter } -> native\n");
  reload_latency("3 facts", three, three_again);
  std::string changed = shipped_policy();
  changed.replace(changed.find("tokens <= 64 because"), 12, "tokens <= 32");
  reload_latency("switchyard.policy", shipped, open_text(changed));
  reload_latency("1,000 rules x 40 facts", random,
                 open_text(policy_text(random_rules(kRandomRules, kRandomSeed + 1))));
  std::printf("\na file replaced while 16 threads decide\n");
  for (const bool small : {true, false}) {
    const Table& a = small ? three : shipped;
    const Table b = small ? three_again : open_text(changed);
    for (const bool all_the_time : {false, true}) {
      std::printf("%s, %s\n", small ? "3 facts" : "switchyard.policy",
                  all_the_time ? "threads that never rest" : "1,000 decisions, then a millisecond");
      replacements("  each served before the next", a, b, true, 0, all_the_time);
      replacements("  1,000 a second asked for", a, b, false, 1'000, all_the_time);
      replacements("  as fast as it can be renamed", a, b, false, 0, all_the_time);
    }
  }
  std::printf("\na table that a store holds\n");
  memory("3 facts", three);
  memory("switchyard.policy", shipped);
  memory("1,000 rules x 40 facts", random);
  return 0;
}
