#include "compiler/driver/verify_settings.h"

#include <algorithm>
#include <filesystem>
#include <span>
#include <string_view>

#include <fmt/format.h>

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include "compiler/diagnostic/did_you_mean.h"
#include "compiler/diagnostic/snippet.h"

namespace switchyard::driver {
namespace {

std::string_view type_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table: return "a table";
    case toml::node_type::array: return "an array";
    case toml::node_type::string: return "a string";
    case toml::node_type::integer: return "an integer";
    case toml::node_type::floating_point: return "a float";
    case toml::node_type::boolean: return "a boolean";
    case toml::node_type::date: return "a date";
    case toml::node_type::time: return "a time";
    case toml::node_type::date_time: return "a date with a time";
    case toml::node_type::none: break;
  }
  return "nothing";
}

class Reader {
 public:
  explicit Reader(std::string path) : path_(std::move(path)) {
    const std::string folder = std::filesystem::path(path_).parent_path().generic_string();
    folder_ = folder.empty() ? "." : folder;
  }

  void read(const toml::table& document) {
    known(document, "the file", {"verify", "allow"});
    if (const toml::node* verify = document.get("verify")) {
      if (const toml::table* table = verify->as_table()) {
        read_verify(*table);
      } else {
        wrong_type("verify", *verify, "a table: `[verify]`");
      }
    }
    if (const toml::node* allow = document.get("allow")) read_allow(*allow);
  }

  void mistake(const toml::source_position& at, std::string text) {
    mistakes_.push_back({at, fmt::format("{}:{}:{}: {}", path_, at.line, at.column, std::move(text))});
  }

  tl::expected<VerifySettings, std::vector<Error>> result() {
    if (mistakes_.empty()) return std::move(settings_);
    std::stable_sort(mistakes_.begin(), mistakes_.end(),
                     [](const Mistake& a, const Mistake& b) { return a.at < b.at; });
    std::vector<Error> errors;
    for (Mistake& one : mistakes_) errors.push_back({std::move(one.text)});
    return tl::unexpected(std::move(errors));
  }

 private:
  struct Mistake {
    toml::source_position at;
    std::string text;
  };

  void known(const toml::table& table, std::string_view where, const std::vector<std::string>& keys) {
    for (const auto& [key, node] : table) {
      if (std::find(keys.begin(), keys.end(), key.str()) != keys.end()) continue;
      std::string meant = did_you_mean_text(key.str(), keys);
      if (meant.empty()) meant = fmt::format("it knows `{}`", fmt::join(keys, "`, `"));
      mistake(key.source().begin,
              fmt::format("{} has no key `{}`; {}", where, printable(key.str()), meant));
    }
  }

  void wrong_type(std::string_view key, const toml::node& node, std::string_view wanted) {
    mistake(node.source().begin, fmt::format("`{}` is {}; write {}", key, type_of(node), wanted));
  }

  const std::string* text_of(std::string_view key, const toml::node& node, std::string_view wanted) {
    if (const auto* text = node.as_string()) return &text->get();
    wrong_type(key, node, wanted);
    return nullptr;
  }

  // Each string of an array, in its order.
  template <typename Take>
  void each_text(const toml::table& table, std::string_view key, std::string_view wanted, Take take) {
    const toml::node* node = table.get(key);
    if (node == nullptr) return;
    const toml::array* array = node->as_array();
    if (array == nullptr) return wrong_type(key, *node, wanted);
    for (const toml::node& own : *array) {
      if (const std::string* text = text_of(key, own, wanted)) take(*text, own.source().begin);
    }
  }

  void read_verify(const toml::table& table) {
    known(table, "`[verify]`", {"capabilities", "deny", "max-warnings"});
    each_text(table, "deny", "an array of codes or names: `deny = [\"SlowerTarget\"]`",
              [&](const std::string& text, const toml::source_position& at) {
                const auto info = finding_named(text);
                if (!info) return mistake(at, info.error().message);
                settings_.rules.denied.insert((*info)->code);
              });
    each_text(table, "capabilities", "an array of files: `capabilities = [\"kernels.requires\"]`",
              [&](const std::string& text, const toml::source_position&) {
                settings_.capabilities.push_back((std::filesystem::path(folder_) / text).string());
              });
    const toml::node* most = table.get("max-warnings");
    if (most == nullptr) return;
    const auto* number = most->as_integer();
    if (number == nullptr) return wrong_type("max-warnings", *most, "a number: `max-warnings = 3`");
    if (number->get() < 0) {
      return mistake(most->source().begin, "`max-warnings` is negative; 0 is the least");
    }
    settings_.rules.max_warnings = static_cast<std::size_t>(number->get());
    settings_.has_max_warnings = true;
  }

  void read_allow(const toml::node& node) {
    constexpr std::string_view kWanted = "a table for each: `[[allow]]`";
    const toml::array* array = node.as_array();
    if (array == nullptr) return wrong_type("allow", node, kWanted);
    for (const toml::node& own : *array) {
      if (const toml::table* table = own.as_table()) {
        read_acceptance(*table);
      } else {
        wrong_type("allow", own, kWanted);
      }
    }
  }

  void read_acceptance(const toml::table& table) {
    known(table, "`[[allow]]`", {"because", "code", "files"});
    const toml::source_position at = table.source().begin;
    Acceptance acceptance;
    const toml::node* code = table.get("code");
    const toml::node* because = table.get("because");
    const toml::node* files = table.get("files");
    if (code == nullptr) mistake(at, "this `[[allow]]` names no finding; add `code = \"SY0325\"`");
    if (because == nullptr) mistake(at, "this `[[allow]]` gives no reason; add `because = \"…\"`");
    if (code != nullptr) {
      if (const std::string* text = text_of("code", *code, "a code or name: `code = \"SY0325\"`")) {
        const auto info = acceptable_finding(*text);
        if (info) {
          acceptance.code = (*info)->code;
        } else {
          mistake(code->source().begin, info.error().message);
        }
      }
    }
    if (because != nullptr) {
      if (const std::string* text = text_of("because", *because, "the reason: `because = \"…\"`")) {
        acceptance.because = *text;
        if (text->find_first_not_of(" \t\r\n") == std::string::npos) {
          mistake(because->source().begin, "this `because` gives no reason: its text is empty");
        }
      }
    }
    if (files != nullptr) {
      if (const std::string* text = text_of("files", *files, "a pattern: `files = \"old/*.policy\"`")) {
        acceptance.files = *text;
        if (text->empty()) mistake(files->source().begin, "`files` matches none; leave it out for all");
      }
    }
    acceptance.folder = folder_;
    settings_.rules.allowed.push_back(std::move(acceptance));
  }

  std::string path_, folder_;
  VerifySettings settings_;
  std::vector<Mistake> mistakes_;
};

// The first line, if any, with more dots than a person writes. toml++ limits how deep values nest, not how
// deep dotted keys do, and frees the tables of `a.a.a. … = 1` recursively.
std::optional<toml::source_index> dotted_line(std::string_view text) {
  constexpr std::size_t kMaxDots = 4'096;
  toml::source_index line = 1;
  std::size_t dots = 0;
  for (const char c : text) {
    if (c == '\n') {
      ++line;
      dots = 0;
    } else if (c == '.' && ++dots > kMaxDots) {
      return line;
    }
  }
  return std::nullopt;
}

}  // namespace

tl::expected<VerifySettings, std::vector<Error>> read_verify_settings(const std::string& path,
                                                                      const std::string& text) {
  Reader reader(path);
  if (const auto line = dotted_line(text)) {
    reader.mistake({*line, 1}, "this line has more than 4096 dots; break it into shorter ones");
    return reader.result();
  }
  const toml::parse_result document = toml::parse(text, path);
  if (document) {
    reader.read(document.table());
  } else {
    reader.mistake(document.error().source().begin,
                   fmt::format("this is not TOML: {}", printable(document.error().description())));
  }
  return reader.result();
}

std::optional<std::string> settings_of(const std::string& policy) {
  namespace fs = std::filesystem;
  std::error_code unusable;  // a folder that cannot be looked into holds nothing for us
  const fs::path parent = policy == "-" ? fs::path() : fs::path(policy).parent_path();
  const fs::path start = parent.empty() ? fs::path(".") : parent;
  const fs::path whole = fs::weakly_canonical(start, unusable);
  fs::path root = whole;  // the repository's; outside of one, the policy's own folder
  for (fs::path folder = whole;; folder = folder.parent_path()) {
    if (fs::exists(folder / ".git", unusable)) {
      root = folder;
      break;
    }
    if (!folder.has_relative_path()) break;
  }
  for (fs::path folder = whole;; folder = folder.parent_path()) {
    const fs::path settings = folder / "policyc.toml";
    if (fs::exists(settings, unusable)) {
      const bool absolute = fs::path(policy).is_absolute();  // messages name it as the policy is named
      return (absolute ? settings : fs::proximate(settings, unusable)).generic_string();
    }
    if (folder == root) return std::nullopt;
  }
}

}  // namespace switchyard::driver
