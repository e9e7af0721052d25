#include "compiler/emit/cpp_names.h"

#include <algorithm>
#include <utility>

namespace switchyard::emit_detail {

namespace {

// <cctype> asks the locale.
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z'); }

// Keywords of C++20 and GNU C++, and macros of common platforms that have small letters.
bool is_word(const std::string& name) {
  static const std::set<std::string> kWords = {
      "alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "break",
      "case", "catch", "char", "char8_t", "char16_t", "char32_t", "class", "compl", "concept",
      "const", "consteval", "constexpr", "constinit", "const_cast", "continue", "co_await",
      "co_return", "co_yield", "decltype", "default", "delete", "do", "double", "dynamic_cast",
      "else", "enum", "explicit", "export", "extern", "false", "float", "for", "friend", "goto",
      "if", "import", "inline", "int", "long", "module", "mutable", "namespace", "new", "noexcept",
      "not", "not_eq", "nullptr", "operator", "or", "or_eq", "private", "protected", "public",
      "register", "reinterpret_cast", "requires", "return", "short", "signed", "sizeof", "static",
      "static_assert", "static_cast", "struct", "switch", "template", "this", "thread_local",
      "throw", "true", "try", "typedef", "typeid", "typename", "typeof", "union", "unsigned",
      "using", "virtual", "void", "volatile", "wchar_t", "while", "xor", "xor_eq",
      "assert", "complex", "errno", "i386", "imaginary", "linux", "offsetof", "stderr", "stdin",
      "stdout", "unix"};
  return kWords.count(name) != 0;
}

// The nearest thing that C++ takes for an identifier of a user.
std::string identifier(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const char taken = is_letter(c) || is_digit(c) ? c : '_';
    // Two underscores in a row belong to the implementation, as one at the begin does.
    if (taken != '_' || out.empty() || out.back() != '_') out += taken;
  }
  if (out.empty() || !is_letter(out[0])) out.insert(out.begin(), 'v');
  return out;
}

}  // namespace

bool CppNames::free(const std::string& name) const {
  return !is_word(name) && taken_.count(name) == 0;
}

std::vector<std::string> CppNames::take(const std::vector<std::string>& names) {
  std::vector<std::string> out(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool fine = identifier(names[i]) == names[i] && free(names[i]) &&
                      std::any_of(names[i].begin(), names[i].end(), is_lower);
    if (fine) taken_.insert(out[i] = names[i]);
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!out[i].empty()) continue;
    std::string name = identifier(names[i]);
    // A macro's name ends in a letter or a digit.
    if (std::none_of(name.begin(), name.end(), is_lower) && name.back() != '_') name += '_';
    while (!free(name)) name += name.back() == '_' ? '1' : '_';
    taken_.insert(out[i] = std::move(name));
  }
  return out;
}

std::string CppNames::take(const std::string& name) { return take(std::vector{name})[0]; }

}  // namespace switchyard::emit_detail
