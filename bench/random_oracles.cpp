#include "bench/random_oracles.h"

#include <algorithm>
#include <random>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "runtime/base/check.h"

namespace switchyard::bench {

namespace {

constexpr std::size_t kArchitectures = 8, kActivations = 3, kLayouts = 3;
constexpr std::size_t kListRules = 17;  // of an oracle, in the middle

class Oracles {
 public:
  Oracles(std::uint64_t seed, std::size_t switches) : random_(seed), switches_(switches) {}

  std::string run() {
    text_ = "policy oracles\n";
    facts();
    for (std::size_t oracle = 0; oracle < kOracles; ++oracle) block(oracle);
    own_rules();
    return std::move(text_);
  }

 private:
  std::size_t pick(std::size_t below) { return random_() % below; }

  static std::string symbols(const char* prefix, std::size_t count) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) {
      all += fmt::format("{}{}{}", i == 0 ? "" : ", ", prefix, i);
    }
    return all;
  }
  void facts() {
    text_ += fmt::format("fact gfx : enum {{ {} }}\n", symbols("gfx", kArchitectures));
    text_ += fmt::format("fact scheme : enum {{ {} }}\n", symbols("scheme", kOracles));
    text_ += fmt::format("fact asked : enum {{ any, {} }}\n", symbols("kernel", kKernels - 1));
    text_ += fmt::format("fact activation : enum {{ {} }}\n", symbols("act", kActivations));
    text_ += fmt::format("fact layout : enum {{ {} }}\n", symbols("layout", kLayouts));
    for (std::size_t i = 0; i < switches_; ++i) text_ += fmt::format("fact has{} : bool\n", i);
    text_ += "target native\ntarget emulated\ntarget fallback\n";
  }

  // All but a few of so many symbols.
  std::string most(const char* fact, const char* prefix, std::size_t count, std::size_t without) {
    std::vector<std::size_t> all(count);
    for (std::size_t i = 0; i < count; ++i) all[i] = i;
    std::shuffle(all.begin(), all.end(), random_);
    all.resize(count - without);
    std::sort(all.begin(), all.end());
    std::string names;
    for (const std::size_t i : all) names += fmt::format("{}{}{}", names.empty() ? "" : ", ", prefix, i);
    return fmt::format("{} in <{}>", fact, names);
  }
  std::string a_switch() {
    const std::size_t fact = pick(switches_);
    return fmt::format("{}has{}", pick(3) == 0 ? "not " : "", fact);
  }

  static std::string kernel(std::size_t oracle, std::size_t i) {
    return fmt::format("k{}_{}", oracle, i);
  }
  void kernel_lines(std::size_t oracle, std::size_t i) {
    const std::string name = kernel(oracle, i);
    const auto needs = [&](const std::string& condition) {
      text_ += fmt::format("  {} requires {} because \"{} cannot\"\n", name, condition, name);
    };
    text_ += fmt::format("  target {}\n", name);
    if (i + 1 == kKernels) {  // emulation runs everywhere but in one layout
      return needs(most("layout", "layout", kLayouts, 1));
    }
    needs(most("gfx", "gfx", kArchitectures, 3 + pick(3)));
    needs(most("activation", "act", kActivations, 1));
    needs(fmt::format("{} or {}", most("layout", "layout", kLayouts, 1), a_switch()));
    needs(fmt::format("{} and {}", a_switch(), a_switch()));
    needs(fmt::format("{} or {}", a_switch(), a_switch()));
  }

  std::string list(std::size_t oracle, std::size_t length) {
    std::vector<std::size_t> order(kKernels);
    for (std::size_t i = 0; i < kKernels; ++i) order[i] = i;
    std::shuffle(order.begin(), order.end(), random_);
    std::string names;
    for (std::size_t i = 0; i < length; ++i) {
      names += (i == 0 ? "" : ", ") + kernel(oracle, order[i]);
    }
    return names;
  }
  void block(std::size_t oracle) {
    text_ += fmt::format("decision oracle{} {{\n  target none{}\n", oracle, oracle);
    for (std::size_t i = 0; i < kKernels; ++i) kernel_lines(oracle, i);
    text_ += fmt::format("  none{0} when scheme != scheme{0}\n", oracle);
    for (std::size_t i = 0; i + 1 < kKernels; ++i) {
      text_ += fmt::format("  only {} when asked == kernel{}\n", kernel(oracle, i), i);
    }
    for (std::size_t rule = 0; rule < kListRules; ++rule) {
      const std::string names = list(oracle, 2 + pick(3));
      text_ += fmt::format("  first of {} when {} and {} and {}\n", names,
                           most("gfx", "gfx", kArchitectures, 5), a_switch(), a_switch());
    }
    for (std::size_t rule = 0; rule < 2; ++rule) {
      text_ += fmt::format("  refuse when {} and {} and {} because \"nobody wrote it\"\n",
                           most("gfx", "gfx", kArchitectures, 6), a_switch(), a_switch());
    }
    text_ += fmt::format("  only {}, {} otherwise\n", list_of_all(oracle), kernel(oracle, kKernels - 1));
    text_ += "}\n";
  }
  static std::string list_of_all(std::size_t oracle) {
    std::string names;
    for (std::size_t i = 0; i + 1 < kKernels; ++i) {
      names += (i == 0 ? "" : ", ") + kernel(oracle, i);
    }
    return names;
  }
  void own_rules() {
    const std::size_t left = kOracleRules - kOracles * (1 + (kKernels - 1) + kListRules + 2 + 1);
    for (std::size_t rule = 0; rule + 1 < left; ++rule) {
      const std::size_t oracle = rule % kOracles;
      text_ += fmt::format("{} when scheme == scheme{} and oracle{} == {} and {}\n",
                           rule % 3 == 0 ? "fallback" : "emulated", oracle, oracle,
                           kernel(oracle, rule % 2 == 0 ? kKernels - 1 : rule % (kKernels - 1)), a_switch());
    }
    text_ += "native otherwise\n";
  }

  std::mt19937_64 random_;
  const std::size_t switches_;
  std::string text_;
};

}  // namespace

std::string oracle_text(std::uint64_t seed, std::size_t switches) {
  return Oracles(seed, switches).run();
}

std::string edited_oracles(const std::string& text, std::size_t edits) {
  static constexpr std::string_view kList = "  first of ", kRuns = " requires gfx in <";
  std::string result = text;
  for (std::size_t i = 0; i < edits; ++i) {
    const bool order = i % 2 == 0;
    const std::size_t at = result.find(order ? kList : kRuns, (2 * i + 1) * text.size() / (2 * edits));
    SWITCHYARD_CHECK(at != std::string::npos);
    const std::size_t first = at + (order ? kList : kRuns).size(), comma = result.find(", ", first);
    if (order) {
      const std::size_t second = comma + 2, end = result.find_first_of(", ", second);
      result = result.substr(0, first) + result.substr(second, end - second) + ", " +
               result.substr(first, comma - first) + result.substr(end);
    } else {
      result.erase(first, comma + 2 - first);
    }
  }
  return result;
}

}  // namespace switchyard::bench
