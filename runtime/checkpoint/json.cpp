#include "runtime/checkpoint/json.h"

#include <fmt/format.h>

#include <algorithm>

namespace switchyard::checkpoint {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kMaximalDepth = 256;

// `.key`, or `["key"]` where the key is not an identifier.
std::string step(std::string_view key) {
  const bool plain = !key.empty() && std::all_of(key.begin(), key.end(), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
  return plain ? fmt::format(".{}", key) : fmt::format("[\"{}\"]", key);
}

// The path of a name that one object has twice, or nothing. The depth is bounded by the parser.
std::optional<std::string> repeated_name(const std::string& path, dom::element element) {
  dom::object object;
  dom::array array;
  if (element.get(object) == simdjson::SUCCESS) {
    std::vector<std::string_view> names;
    for (const dom::key_value_pair field : object) names.push_back(field.key);
    std::sort(names.begin(), names.end());
    const auto twice = std::adjacent_find(names.begin(), names.end());
    if (twice != names.end()) return path + step(*twice);
    for (const dom::key_value_pair field : object) {
      if (auto found = repeated_name(path + step(field.key), field.value)) return found;
    }
  } else if (element.get(array) == simdjson::SUCCESS) {
    std::size_t index = 0;
    for (const dom::element item : array) {
      if (auto found = repeated_name(fmt::format("{}[{}]", path, index++), item)) return found;
    }
  }
  return std::nullopt;
}

// Where the first number stands that the parser does not take: it does not tell itself.
std::optional<std::string> find_bad_number(std::string_view text) {
  constexpr std::string_view kOfNumbers = "+-.0123456789eE";
  constexpr std::size_t kShown = 40;
  std::size_t line = 1;
  std::size_t line_start = 0;
  dom::parser parser;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') {
      ++line;
      line_start = i + 1;
    } else if (c == '"') {
      for (++i; i < text.size() && text[i] != '"'; ++i) i += text[i] == '\\' ? 1 : 0;
    } else if (c == '-' || (c >= '0' && c <= '9')) {
      const std::string_view number =
          text.substr(i, std::min(text.find_first_not_of(kOfNumbers, i), text.size()) - i);
      if (parser.parse(number.data(), number.size()).error() != simdjson::SUCCESS) {
        return fmt::format("line {}, column {}: {}{} is not a JSON number of 64 bits", line,
                           i - line_start + 1, number.substr(0, kShown),
                           number.size() > kShown ? "…" : "");
      }
      i += number.size() - 1;
    }
  }
  return std::nullopt;
}

}  // namespace

Json Json::child(std::string_view key, dom::element element) const {
  return Json(where_, path_ + step(key), element);
}

std::optional<Json> Json::find(std::string_view key) const {
  dom::object object;
  if (element_.get(object) != simdjson::SUCCESS) return std::nullopt;
  dom::element element;
  if (object.at_key(key).get(element) != simdjson::SUCCESS || element.is_null()) {
    return std::nullopt;
  }
  return child(key, element);
}

Expected<Json> Json::at(std::string_view key, std::string_view what) const {
  if (!is_object()) return error(fmt::format("{} is not an object", text()));
  if (std::optional<Json> found = find(key)) return *found;
  return error(fmt::format("`{}` is missing: {}", key, what));
}

Expected<std::int64_t> Json::integer() const {
  std::int64_t value = 0;
  if (element_.get(value) == simdjson::SUCCESS && element_.is_int64()) return value;
  return error(fmt::format("{} is not an integer of 64 bits", text()));
}

Expected<double> Json::number() const {
  double value = 0;
  if (element_.is_number() && element_.get(value) == simdjson::SUCCESS) return value;
  return error(fmt::format("{} is not a number", text()));
}

Expected<bool> Json::boolean() const {
  bool value = false;
  if (element_.get(value) == simdjson::SUCCESS) return value;
  return error(fmt::format("{} is neither true nor false", text()));
}

Expected<std::string> Json::string() const {
  std::string_view value;
  if (element_.get(value) == simdjson::SUCCESS) return std::string(value);
  return error(fmt::format("{} is not a string", text()));
}

Expected<std::vector<std::pair<std::string, Json>>> Json::members() const {
  dom::object object;
  if (element_.get(object) != simdjson::SUCCESS) {
    return error(fmt::format("{} is not an object", text()));
  }
  std::vector<std::pair<std::string, Json>> result;
  for (const dom::key_value_pair field : object) {
    result.emplace_back(std::string(field.key), child(field.key, field.value));
  }
  return result;
}

Expected<std::vector<Json>> Json::elements() const {
  dom::array array;
  if (element_.get(array) != simdjson::SUCCESS) {
    return error(fmt::format("{} is not a list", text()));
  }
  std::vector<Json> result;
  std::size_t index = 0;
  for (const dom::element item : array) {
    result.push_back(Json(where_, fmt::format("{}[{}]", path_, index++), item));
  }
  return result;
}

std::string Json::text() const {
  constexpr std::size_t kShown = 60;
  std::string result = simdjson::minify(element_);
  if (result.size() > kShown) {
    std::size_t cut = kShown;
    while (cut > 0 && (static_cast<unsigned char>(result[cut]) & 0xC0) == 0x80) --cut;
    result.resize(cut);
    result += "…";
  }
  return result;
}

tl::unexpected<Error> Json::error(std::string_view message) const {
  return fail(fmt::format("{}: {}: {}", *where_, path_, message));
}

tl::unexpected<Error> Json::error_at(std::string_view key, std::string_view message) const {
  return fail(fmt::format("{}: {}{}: {}", *where_, path_, step(key), message));
}

Expected<JsonDocument> JsonDocument::parse(std::string_view text, std::string where) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";  // some editors write one
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    text.remove_prefix(kByteOrderMark.size());
  }
  JsonDocument document;
  document.where_ = std::make_unique<const std::string>(std::move(where));
  document.parser_ = std::make_unique<dom::parser>();
  if (document.parser_->allocate(std::max<std::size_t>(text.size(), 64), kMaximalDepth) !=
      simdjson::SUCCESS) {
    return fail(fmt::format("{}: not enough memory for {} bytes of JSON", *document.where_,
                            text.size()));
  }
  const simdjson::error_code code =
      document.parser_->parse(text.data(), text.size()).get(document.root_);
  if (code != simdjson::SUCCESS) {
    std::string problem = simdjson::error_message(code);
    if (code == simdjson::NUMBER_ERROR) {
      if (auto found = find_bad_number(text)) problem = std::move(*found);
    }
    return fail(fmt::format("{}: not valid JSON: {}; check the file, or copy it again",
                            *document.where_, problem));
  }
  if (auto repeated = repeated_name("$", document.root_)) {
    return fail(fmt::format("{}: {}: named twice in one object; keep one of the two",
                            *document.where_, *repeated));
  }
  return document;
}

}  // namespace switchyard::checkpoint
