#include "tests/mutation/mutants.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <string_view>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "compiler/parse/grammar_lock.h"
#include "compiler/parse/lex.h"
#include "compiler/parse/parse.h"
#include "compiler/sema/resolve.h"

namespace switchyard::testing {
namespace {

const std::map<std::string_view, std::vector<std::string>> kOperators = {
    {"==", {"!="}},        {"!=", {"=="}},       {"<", {"<=", ">="}},
    {"<=", {"<", ">"}},    {">", {">=", "<="}},  {">=", {">", "<"}},
    {"and", {"or"}},       {"or", {"and"}},      {"not", {""}},
    {"in", {"not in"}},    {"implies", {"and"}}, {"any", {"all"}},
    {"all", {"any"}},      {"|", {"&", "-"}},    {"&", {"|", "-"}},
    {"-", {"|", "&"}},     {"only", {"first of"}}, {"can", {"not can"}},
    {"true", {"false"}},   {"false", {"true"}},  {"matters", {"irrelevant"}},
    {"irrelevant", {"matters"}}};

// Words behind which `<` opens a set.
const std::set<std::string_view> kBeforeSet = {"in", "any", "all", "=", "|", "&", "-", "("};

class Mutating {
 public:
  explicit Mutating(const std::string& text) : text_(text) {
    const FileId file = sources_.add("mutated.policy", text);
    DiagnosticSink sink;
    policy_ = parse_policy(sources_, file, sink);
    std::optional<Model> model = resolve(policy_, sources_, sink);
    REQUIRE_FALSE(sink.has_errors());
    REQUIRE(model);
    model_ = std::move(*model);
    const std::lock_guard lock(grammar_mutex());
    tokens_ = lex(sources_, file, sink).tokens;
    tokens_.pop_back();  // the end of the file
    REQUIRE_FALSE(sink.has_errors());
  }

  std::vector<Mutant> run() {
    collect_successors();
    collect_attributes();
    for (std::size_t i = 0; i < tokens_.size(); ++i) token(i);
    for (const ast::File& file : policy_.files) orders(file.items);
    return std::move(mutants_);
  }

 private:
  std::string_view word(const Token& token) const {
    return std::string_view(text_).substr(token.begin, token.end - token.begin);
  }

  void replace(std::uint32_t begin, std::uint32_t end, const std::string& by, std::string what) {
    std::string text = text_;
    text.replace(begin, end - begin, by);
    const bool attribute = std::any_of(attributes_.begin(), attributes_.end(), [&](Span span) {
      return span.begin <= begin && end <= span.end;
    });
    const auto line = 1 + std::count(text_.begin(), text_.begin() + begin, '\n');
    mutants_.push_back({fmt::format("line {}: {}", line, what), std::move(text), attribute});
  }
  void replace(const Token& token, const std::string& by) {
    replace(token.begin, token.end, by, fmt::format("`{}` becomes `{}`", word(token), by));
  }

  // In every list of names that stand for one another, what follows a name.
  void succeed(const std::vector<std::string>& names) {
    for (std::size_t i = 0; names.size() > 1 && i < names.size(); ++i) {
      successors_[names[i]].insert(names[(i + 1) % names.size()]);
    }
  }
  void collect_successors() {
    for (FactId fact = 0; fact < model_.declared_facts; ++fact) {
      const Fact& own = model_.facts[fact];
      std::vector<std::string> symbols;
      const std::size_t count = own.symbols.size();
      for (std::size_t i = 0; i < count; ++i) {
        symbols.push_back(own.kind == FactKind::kFlags ? own.symbols[i]
                                                       : spell(own, static_cast<std::int64_t>(i)));
      }
      succeed(symbols);
    }
    for (const Block& block : model_.blocks) {
      std::vector<std::string> names;
      for (const TargetId target : block.targets) names.push_back(model_.targets[target].name);
      succeed(names);
    }
    std::map<std::string, std::set<std::string>> values;
    for (const Target& target : model_.targets) {
      for (const Parameter& parameter : target.parameters) succeed(parameter.symbols);
      for (const Attribute& attribute : target.attributes) {
        values[attribute.name].insert(attribute.value);
      }
    }
    for (const auto& [name, all] : values) succeed({all.begin(), all.end()});
  }
  void collect_attributes() {
    for (const ast::File& file : policy_.files) {
      for (const ast::Item& item : file.items) {
        const auto* target = std::get_if<ast::Target>(&item.node);
        if (target == nullptr) continue;
        for (const ast::Attribute& attribute : target->attributes) {
          attributes_.push_back(span_of(attribute.value));
        }
      }
    }
  }

  void token(std::size_t i) {
    const Token& token = tokens_[i];
    const std::string_view text = word(token), before = i == 0 ? "" : word(tokens_[i - 1]);
    if (text == "<" && kBeforeSet.count(before) > 0) {
      in_set_ = true;
      return;
    }
    if (text == ">" && in_set_) {
      in_set_ = false;
      return;
    }
    if (text == "first" && i + 1 < tokens_.size() && word(tokens_[i + 1]) == "of") {
      return replace(token.begin, tokens_[i + 1].end, "only", "`first of` becomes `only`");
    }
    // `not in`, `not can` without their `not` are mutants already.
    if (before == "not" && (text == "in" || text == "can")) return;
    if (const auto found = kOperators.find(text); found != kOperators.end()) {
      for (const std::string& by : found->second) replace(token, by);
      return;
    }
    if (text[0] >= '0' && text[0] <= '9') return number(token);
    if (const auto found = successors_.find(std::string(text)); found != successors_.end()) {
      for (const std::string& by : found->second) replace(token, by);
      return;
    }
    if (text[0] == '"') replace(token, std::string(text.substr(0, text.size() - 1)) + " changed\"");
  }

  // The last number of the token: an integer is one, a version several.
  void number(const Token& token) {
    std::string digits;
    const std::string_view text = word(token);
    for (const char c : text) {
      if (c == '.') digits.clear();
      else if (c != '_') digits += c;
    }
    INFO("an integer or a version: " << text);
    REQUIRE(digits.find_first_not_of("0123456789") == std::string::npos);
    const std::string whole = text.find('.') == std::string_view::npos
                                  ? ""
                                  : std::string(text.substr(0, text.rfind('.') + 1));
    for (const int step : {1, -1}) {
      replace(token, fmt::format("{}{}", whole, std::stoll(digits) + step));
    }
  }

  void swap(Span a, Span b, const std::string& what) {
    const auto of = [&](Span span) { return text_.substr(span.begin, span.end - span.begin); };
    replace(a.begin, b.end, of(b) + text_.substr(a.end, b.begin - a.end) + of(a), what);
  }
  void orders(const std::vector<ast::Item>& items) {
    const ast::Item* before = nullptr;
    for (const ast::Item& item : items) {
      if (const auto* decision = std::get_if<ast::Decision>(&item.node)) orders(decision->items);
      const auto* rule = std::get_if<ast::Rule>(&item.node);
      if (rule == nullptr) continue;
      for (std::size_t i = 1; i < rule->entries.size(); ++i) {
        swap(rule->entries[i - 1].span, rule->entries[i].span, "entries swapped");
      }
      if (before != nullptr) swap(before->span, item.span, "rules swapped");
      before = &item;
    }
  }

  const std::string text_;
  SourceMap sources_;
  ast::Policy policy_;
  Model model_;
  std::vector<Token> tokens_;
  std::map<std::string, std::set<std::string>> successors_;
  std::vector<Span> attributes_;
  bool in_set_ = false;
  std::vector<Mutant> mutants_;
};

}  // namespace

std::string with_imports(const std::string& path) {
  SourceMap sources;
  const Expected<FileId> file = sources.load(path);
  INFO(path);
  REQUIRE(file);
  std::string text(sources.file(*file).text());
  static const std::regex import("(^|\n)import \"([^\"]*)\"");
  std::smatch found;
  while (std::regex_search(text, found, import)) {
    const std::filesystem::path imported =
        std::filesystem::path(path).parent_path() / found[2].str();
    text = found.prefix().str() + found[1].str() + with_imports(imported.string()) +
           found.suffix().str();
  }
  return text;
}

std::vector<Mutant> mutants(const std::string& text) { return Mutating(text).run(); }

}  // namespace switchyard::testing
