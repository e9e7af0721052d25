#include "tests/diff/edits.h"

#include <algorithm>
#include <regex>
#include <sstream>
#include <vector>

#include <fmt/format.h>

#include "tests/diff/compared.h"

namespace switchyard::testing {
namespace {

class Edit {
 public:
  Edit(Random& random, const std::string& text) : random_(random) {
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines_.push_back(line);
  }

  std::string run() {
    switch (pick(15)) {
      case 0: move_rule(1); break;
      case 1: move_rule(5); break;
      case 2: drop_rule(); break;
      case 3: copy_rule(); break;
      case 4: replace("rule", " and ", " or "); break;
      case 5: replace("rule", " == ", " != "); break;
      case 6: replace("rule", R"(because ".*")", R"(because "another reason")"); break;
      case 7: replace("rule", R"((bm = )\d)", fmt::format("$01{}", 1 + pick(8))); break;
      case 8: replace("fact", R"(enum \{)", "name {"); break;
      case 9: replace("fact", R"(name \{)", "enum {"); break;
      case 13: replace("fact", R"( = (true|false))", ""); break;
      case 10: symbols(); break;
      case 11: range(); break;
      case 12: fact(); break;
      default: assume_or_rename();
    }
    std::string text;
    for (const std::string& line : lines_) text += line + "\n";
    return text;
  }

 private:
  std::size_t pick(std::size_t count) { return random_() % count; }

  bool is_rule(const std::string& line) const {
    static const std::regex rule(R"( *(t\d_\d|refuse|only|first of)\b.* (when|otherwise).*)");
    return std::regex_match(line, rule);
  }
  std::vector<std::size_t> places(const std::string& what) const {
    std::vector<std::size_t> result;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const bool fits = what == "rule" ? is_rule(lines_[i]) : lines_[i].rfind(what + " ", 0) == 0;
      if (fits) result.push_back(i);
    }
    return result;
  }
  std::optional<std::size_t> any(const std::string& what) {
    const std::vector<std::size_t> found = places(what);
    if (found.empty()) return std::nullopt;
    return found[pick(found.size())];
  }

  // Rules of one block stand together, one a line.
  void move_rule(std::size_t most) {
    const auto from = any("rule");
    if (!from) return;
    for (std::size_t at = *from, step = 0; step <= pick(most); ++step, ++at) {
      if (at + 1 >= lines_.size() || !is_rule(lines_[at + 1])) return;
      std::swap(lines_[at], lines_[at + 1]);
    }
  }
  void drop_rule() {
    if (const auto at = any("rule")) lines_.erase(lines_.begin() + static_cast<long>(*at));
  }
  void copy_rule() {
    const auto at = any("rule");
    if (!at) return;
    std::string copy = lines_[*at];
    const std::size_t when = copy.find(" when ");
    if (when != std::string::npos) copy.insert(when + 6, "not ");
    lines_.insert(lines_.begin() + static_cast<long>(*at), copy);
  }
  void replace(const std::string& what, const std::string& from, const std::string& to) {
    if (const auto at = any(what)) {
      lines_[*at] = std::regex_replace(lines_[*at], std::regex(from), to,
                                       std::regex_constants::format_first_only);
    }
  }

  void symbols() {
    const auto at = any("fact");
    if (!at) return;
    std::string& line = lines_[*at];
    const std::size_t open = line.find('{'), close = line.find('}');
    if (open == std::string::npos) return;
    std::vector<std::string> list;
    std::istringstream in(line.substr(open + 1, close - open - 1));
    for (std::string symbol; std::getline(in, symbol, ',');) list.push_back(symbol);
    for (std::string& symbol : list) {
      symbol.erase(0, symbol.find_first_not_of(' '));
      symbol.erase(symbol.find_last_not_of(' ') + 1);
    }
    switch (pick(4)) {
      case 0:
        std::reverse(list.begin(), list.end());
        break;
      case 1:
        if (list.size() > 1) list.erase(list.begin() + static_cast<long>(pick(list.size())));
        break;
      default:
        list.insert(list.begin() + static_cast<long>(pick(list.size() + 1)), "added");
    }
    line = fmt::format("{}{{ {} }}{}", line.substr(0, open), fmt::join(list, ", "),
                       line.substr(close + 1));
  }

  void range() {
    const auto at = any("fact");
    if (!at) return;
    std::smatch found;
    const std::string line = lines_[*at];
    static const std::regex bounds(R"((.*(?:int |version 3\.1\.))(-?\d+)( \.\. (?:3\.1\.)?)(-?\d+)(.*))");
    if (!std::regex_match(line, found, bounds)) return;
    int low = std::stoi(found[2]), high = std::stoi(found[4]);
    (pick(2) == 0 ? low : high) += static_cast<int>(pick(4)) - 1;
    lines_[*at] = fmt::format("{}{}{}{}{}", found[1].str(), low, found[3].str(), high, found[5].str());
  }

  void fact() {
    if (pick(3) == 0) {
      if (const auto at = any("fact")) lines_.erase(lines_.begin() + static_cast<long>(*at));
      return;
    }
    const auto at = any("rule");
    if (!at) return;
    static const std::vector<std::string> kinds = {"bool", "switch", "int 0 .. 3", "enum { u, v }"};
    static const std::vector<std::string> uses = {"new_fact", "new_fact == on", "new_fact >= 2",
                                                  "new_fact == v"};
    const std::size_t kind = pick(kinds.size());
    std::string rule = lines_[*at];
    const std::size_t when = rule.find(" when ");
    if (when == std::string::npos) return;
    const std::string rest = rule.substr(when + 6);
    rule = rule.substr(0, when + 6) + uses[kind];
    if (rule.find("refuse") != std::string::npos) rule += R"( because "new")";
    lines_.insert(lines_.begin() + static_cast<long>(*at), rule);
    lines_.insert(lines_.begin() + 1, "fact new_fact : " + kinds[kind]);
  }

  void assume_or_rename() {
    const auto assume = any("assume");
    if (assume && pick(2) == 0) {
      lines_.erase(lines_.begin() + static_cast<long>(*assume));
      return;
    }
    if (pick(2) == 0) {
      const std::string name = fmt::format("t{}_{}", pick(2), pick(3));
      for (std::string& line : lines_) {
        line = std::regex_replace(line, std::regex("\\b" + name + "\\b"), "renamed");
      }
      return;
    }
    const auto at = any("rule");
    if (!at) return;
    const std::string line = lines_[*at];
    const std::size_t when = line.find(" when "), because = line.find(" because ");
    if (when == std::string::npos) return;
    const std::string condition = line.substr(when + 6, because == std::string::npos
                                                            ? std::string::npos
                                                            : because - when - 6);
    lines_.insert(lines_.begin() + 1, "assume not (" + condition + ")");
  }

  Random& random_;
  std::vector<std::string> lines_;
};

}  // namespace

std::string edited(Random& random, const std::string& text) { return Edit(random, text).run(); }

std::string edited_often(Random& random, const std::string& text, std::size_t edits) {
  std::string after = text;
  for (std::size_t tries = 0; edits > 0 && tries < 40; ++tries) {
    const std::string next = edited(random, after);
    if (next == after || !resolves(next)) continue;
    after = next;
    --edits;
  }
  return after;
}

std::string retargeted(Random& random, const std::string& text, std::size_t rules) {
  std::string after = text;
  for (std::size_t i = 0; i < rules; ++i) {
    std::size_t at = after.find("when", random() % after.size());
    if (at == std::string::npos) at = after.find("when");
    char& target = after[at - 2];
    target = target == '0' ? '1' : '0';
  }
  return after;
}

}  // namespace switchyard::testing
