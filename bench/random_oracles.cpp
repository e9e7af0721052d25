#include "bench/random_oracles.h"

#include <algorithm>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "runtime/base/check.h"

namespace switchyard::bench {

namespace {

constexpr std::size_t kArchitectures = 8, kActivations = 3, kLayouts = 3;
constexpr std::size_t kListRules = 17;  // of an oracle, in the middle

// A switch and the value that a condition wants of it.
struct Wish {
  std::size_t fact;
  bool value;

  bool against(const Wish& other) const { return fact == other.fact && value != other.value; }
};

// What a rule or a kernel asks for, as far as it can contradict what another asks for.
struct Asked {
  std::vector<bool> architectures;
  std::vector<Wish> all;                     // of these every one
  std::vector<std::pair<Wish, Wish>> some;  // of these at least one

  // Whether something meets both; nobody writes a list with a kernel that never runs where the list
  // applies.
  bool meets(const Asked& other) const {
    bool common = false;
    for (std::size_t i = 0; i < architectures.size(); ++i) {
      common = common || (architectures[i] && other.architectures[i]);
    }
    return common && agrees(other) && other.agrees(*this);
  }

 private:
  bool agrees(const Asked& other) const {
    const auto barred = [&](const Wish& own) {
      return std::any_of(other.all.begin(), other.all.end(),
                         [&](const Wish& its) { return own.against(its); });
    };
    return std::none_of(all.begin(), all.end(), barred) &&
           std::none_of(some.begin(), some.end(), [&](const auto& either) {
             return barred(either.first) && barred(either.second);
           });
  }
};

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
  std::vector<bool> most(std::size_t count, std::size_t without) {
    std::vector<bool> taken(count);
    std::fill(taken.begin() + static_cast<std::ptrdiff_t>(without), taken.end(), true);
    std::shuffle(taken.begin(), taken.end(), random_);
    return taken;
  }
  static std::string one_of(const char* fact, const char* prefix, const std::vector<bool>& taken) {
    std::string names;
    for (std::size_t i = 0; i < taken.size(); ++i) {
      if (taken[i]) names += fmt::format("{}{}{}", names.empty() ? "" : ", ", prefix, i);
    }
    return fmt::format("{} in <{}>", fact, names);
  }
  std::string most_layouts() { return one_of("layout", "layout", most(kLayouts, 1)); }

  // Two different switches.
  std::pair<Wish, Wish> two() {
    const std::size_t first = pick(switches_), step = 1 + pick(switches_ - 1);
    const bool value = pick(3) != 0;
    return {{first, value}, {(first + step) % switches_, pick(3) != 0}};
  }
  static std::string text_of(const Wish& own) {
    return fmt::format("{}has{}", own.value ? "" : "not ", own.fact);
  }
  Wish a_switch() { return two().first; }

  // What a rule of an oracle asks for, all but a few architectures left out.
  Asked some_case(std::size_t architectures) {
    const auto [first, second] = two();
    return {most(kArchitectures, kArchitectures - architectures), {first, second}, {}};
  }
  static std::string text_of(const Asked& own) {
    return fmt::format("{} and {} and {}", one_of("gfx", "gfx", own.architectures),
                       text_of(own.all[0]), text_of(own.all[1]));
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
      runs_.push_back({std::vector<bool>(kArchitectures, true), {}, {}});
      return needs(most_layouts());
    }
    const auto both = two(), either = two();
    runs_.push_back({most(kArchitectures, 3 + pick(3)), {both.first, both.second}, {either}});
    needs(one_of("gfx", "gfx", runs_.back().architectures));
    needs(one_of("activation", "act", most(kActivations, 1)));
    needs(fmt::format("{} or {}", most_layouts(), text_of(a_switch())));
    needs(fmt::format("{} and {}", text_of(both.first), text_of(both.second)));
    needs(fmt::format("{} or {}", text_of(either.first), text_of(either.second)));
  }

  std::size_t running(const Asked& where) const {
    return static_cast<std::size_t>(std::count_if(
        runs_.begin(), runs_.end(), [&](const Asked& own) { return own.meets(where); }));
  }

  // So many kernels that run where the rule applies, or as many as there are.
  std::string list(std::size_t oracle, const Asked& where, std::size_t length) {
    std::vector<std::size_t> order(kKernels);
    for (std::size_t i = 0; i < kKernels; ++i) order[i] = i;
    std::shuffle(order.begin(), order.end(), random_);
    std::string names;
    for (std::size_t i = 0; i < kKernels && length > 0; ++i) {
      if (!runs_[order[i]].meets(where)) continue;
      names += (names.empty() ? "" : ", ") + kernel(oracle, order[i]);
      --length;
    }
    return names;
  }
  void block(std::size_t oracle) {
    text_ += fmt::format("decision oracle{} {{\n  target none{}\n", oracle, oracle);
    runs_.clear();
    for (std::size_t i = 0; i < kKernels; ++i) kernel_lines(oracle, i);
    text_ += fmt::format("  none{0} when scheme != scheme{0}\n", oracle);
    for (std::size_t i = 0; i + 1 < kKernels; ++i) {
      text_ += fmt::format("  only {} when asked == kernel{}\n", kernel(oracle, i), i);
    }
    for (std::size_t rule = 0; rule < kListRules; ++rule) {
      Asked where = some_case(3);
      while (running(where) < 2) where = some_case(3);
      text_ += fmt::format("  first of {} when {}\n", list(oracle, where, 2 + pick(3)), text_of(where));
    }
    for (std::size_t rule = 0; rule < 2; ++rule) {
      text_ += fmt::format("  refuse when {} because \"nobody wrote it\"\n", text_of(some_case(2)));
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
                           kernel(oracle, rule % 2 == 0 ? kKernels - 1 : rule % (kKernels - 1)),
                           text_of(a_switch()));
    }
    text_ += "native otherwise\n";
  }

  std::mt19937_64 random_;
  const std::size_t switches_;
  std::vector<Asked> runs_;  // of the oracle's kernels
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
    const std::string_view what = order ? kList : kRuns;
    std::size_t at = result.find(what, (2 * i + 1) * text.size() / (2 * edits));
    if (at == std::string::npos) at = result.rfind(what);
    SWITCHYARD_CHECK(at != std::string::npos);
    const std::size_t first = at + what.size(), comma = result.find(", ", first);
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
