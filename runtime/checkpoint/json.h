#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simdjson.h>

#include "runtime/base/error.h"

// JSON read by path: every value knows where it stands, so that an error can name it the way a
// user finds it, `config.json: $.quantization_config.exclude[3]: …`.
namespace switchyard::checkpoint {

class JsonDocument;

// A value of a JsonDocument, which must outlive it. Cheap to copy but for its path.
class Json {
 public:
  const std::string& path() const { return path_; }

  bool is_null() const { return element_.is_null(); }
  bool is_object() const { return element_.is_object(); }
  bool is_array() const { return element_.is_array(); }
  bool is_string() const { return element_.is_string(); }

  // A member of an object; nothing if this is no object, or has no such member, or it is null.
  std::optional<Json> find(std::string_view key) const;

  // The same, where absence is an error that says what the member is for.
  Expected<Json> at(std::string_view key, std::string_view what) const;

  // These fail if the value is of another type (`2.0` is no integer, `1` is a number).
  Expected<std::int64_t> integer() const;
  Expected<double> number() const;
  Expected<bool> boolean() const;
  Expected<std::string> string() const;
  Expected<std::vector<std::pair<std::string, Json>>> members() const;  // in the file's order
  Expected<std::vector<Json>> elements() const;

  // The value as JSON text, shortened to about 60 bytes: for messages.
  std::string text() const;

  // An error at this value: "FILE: PATH: MESSAGE".
  tl::unexpected<Error> error(std::string_view message) const;

  // The same at a member of this object, which may be absent: its default is wrong here.
  tl::unexpected<Error> error_at(std::string_view key, std::string_view message) const;

 private:
  friend class JsonDocument;
  Json(const std::string* where, std::string path, simdjson::dom::element element)
      : where_(where), path_(std::move(path)), element_(element) {}

  Json child(std::string_view key, simdjson::dom::element element) const;

  const std::string* where_;
  std::string path_;
  simdjson::dom::element element_;
};

// A parsed text. Movable: values stay valid.
class JsonDocument {
 public:
  // Fails on text that is not JSON, nests deeper than 256, or names a member of one object twice.
  // `where` names the file in messages.
  static Expected<JsonDocument> parse(std::string_view text, std::string where);

  Json root() const { return Json(where_.get(), "$", root_); }

 private:
  JsonDocument() = default;

  std::unique_ptr<const std::string> where_;
  std::unique_ptr<simdjson::dom::parser> parser_;
  simdjson::dom::element root_;
};

}  // namespace switchyard::checkpoint
