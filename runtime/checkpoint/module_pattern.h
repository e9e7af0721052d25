#pragma once

#include <memory>
#include <regex>
#include <string>
#include <string_view>
#include <variant>

#include "runtime/base/error.h"

namespace switchyard::checkpoint {

// A pattern over module paths (`model.layers.3.mlp.experts.0.gate_proj`) as quantisation configs
// write them: a plain name; a glob with `*` (which crosses dots), `?`, `[abc]` and `[!abc]`, as
// Python's fnmatch; or `re:` and a regular expression that matches from the start of the path, as
// Python's re.match.
class ModulePattern {
 public:
  // Fails on a regular expression that does not parse or is longer than 1,000 characters.
  static Expected<ModulePattern> parse(std::string_view text);

  // Whether it matches this path. A plain name also matches what lies inside the module it names.
  bool matches(std::string_view module) const;

  // Expressions are slow to match. One that names no digit sees all digits alike, so that its
  // answer for `experts.7` is that for `experts.3`.
  bool is_expression() const { return expression_ != nullptr; }
  bool tells_digits_apart() const {
    return text_.find_first_of("0123456789[") != std::string::npos;
  }

 private:
  ModulePattern() = default;

  std::string text_;
  bool glob_ = false;
  std::shared_ptr<const std::regex> expression_;
};

}  // namespace switchyard::checkpoint
