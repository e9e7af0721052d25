#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace switchyard::emit_detail {

// The names of one C++ scope, made of names of a policy, which may be any text. All differ, and none
// is a keyword, a name that C++ reserves for the implementation, or without a lower-case letter, as
// macros are.
class CppNames {
 public:
  // `reserved`: names that this scope has already, or that must keep their meaning in it.
  explicit CppNames(std::set<std::string> reserved) : taken_(std::move(reserved)) {}

  // A name for each, in order. Those that C++ takes as they are stay so, whatever the others become:
  // characters that C++ does not take turn into underscores, and what is not free gets one more, or a
  // digit, at its end. Depends on the names and their order alone.
  std::vector<std::string> take(const std::vector<std::string>& names);
  std::string take(const std::string& name);

 private:
  bool free(const std::string& name) const;

  std::set<std::string> taken_;
};

}  // namespace switchyard::emit_detail
