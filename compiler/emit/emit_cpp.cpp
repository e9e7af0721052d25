#include "compiler/emit/emit_cpp.h"

#include <cctype>
#include <iterator>
#include <set>

#include <fmt/format.h>

namespace switchyard {

namespace {

// C++ names of facts and symbols: what is not a letter, digit or underscore becomes an underscore;
// keywords and names that would collide get one more at the end.
class Names {
 public:
  std::string take(std::string_view name) {
    std::string out;
    for (const char c : name) {
      out += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    }
    if (out.empty() || std::isdigit(static_cast<unsigned char>(out[0])) != 0) out = "v" + out;
    // Names with two underscores in a row, or one before a capital, belong to the implementation.
    for (std::size_t at; (at = out.find("__")) != std::string::npos;) out.erase(at, 1);
    if (out[0] == '_') out = "v" + out;
    while (is_keyword(out) || taken_.count(out) != 0) out += out.back() == '_' ? "1" : "_";
    taken_.insert(out);
    return out;
  }

 private:
  static bool is_keyword(const std::string& name) {
    static const std::set<std::string> kWords = {
        "alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "break",
        "case", "catch", "char", "char8_t", "char16_t", "char32_t", "class", "compl", "concept",
        "const", "consteval", "constexpr", "constinit", "const_cast", "continue", "co_await",
        "co_return", "co_yield", "decltype", "default", "delete", "do", "double", "dynamic_cast",
        "else", "enum", "explicit", "export", "extern", "false", "float", "for", "friend", "goto",
        "if", "inline", "int", "long", "mutable", "namespace", "new", "noexcept", "not", "not_eq",
        "nullptr", "operator", "or", "or_eq", "private", "protected", "public", "register",
        "reinterpret_cast", "requires", "return", "short", "signed", "sizeof", "static",
        "static_assert", "static_cast", "struct", "switch", "template", "this", "thread_local",
        "throw", "true", "try", "typedef", "typeid", "typename", "union", "unsigned", "using",
        "virtual", "void", "volatile", "wchar_t", "while", "xor", "xor_eq",
        // macros of common platforms
        "linux", "unix", "NULL", "EOF", "errno", "assert", "stdin", "stdout", "stderr"};
    return kWords.count(name) != 0;
  }

  std::set<std::string> taken_;
};

// A comment cannot be left by what a policy says.
std::string comment(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\n' || c == '\r' || c == '\\' ? ' ' : c;
  return out;
}

class Header {
 public:
  explicit Header(const Table& table) : table_(table) {}

  std::string run() {
    Names outer;
    const std::string space = outer.take(table_.policy());
    const std::string type = outer.take("Facts");
    std::vector<std::string> types, fields;
    Names field_names;
    line("#pragma once");
    line("");
    line("// The facts of the policy {}, as its table reads them. Written by {}", comment(table_.policy()),
         table_.compiler() + " --emit=cpp; do not edit.");
    line("// Fill a Facts, then ask: switchyard::decide(table, &facts).");
    line("");
    line("#include <cstddef>");
    line("#include <cstdint>");
    line("");
    line("#include \"runtime/decide/decide.h\"");
    line("");
    line("namespace switchyard_policy::{} {{", space);
    line("");
    line("// Table::hash() of the table that this header was written for.");
    line("inline constexpr char kTableHash[] = \"{}\";", table_.hash());
    line("");
    for (const FactInfo& fact : table_.facts()) types.push_back(declare(fact, outer));
    line("struct {} {{", type);
    for (std::size_t f = 0; f < table_.facts().size(); ++f) {
      const FactInfo& fact = table_.facts()[f];
      fields.push_back(field_names.take(fact.name));
      line("  {} {} = {};{}", types[f], fields[f], initial(fact, types[f]), remark(fact));
    }
    line("}};");
    for (std::size_t f = 0; f < table_.facts().size(); ++f) {
      line("static_assert(offsetof({}, {}) == {} && sizeof({}::{}) == {});", type, fields[f],
           table_.facts()[f].offset, type, fields[f], table_.facts()[f].width);
    }
    if (!table_.facts().empty()) line("static_assert(sizeof({}) == {});", type, table_.facts_size());
    line("");
    line("// Whether `table` is the one that this header was written for; another one may have other facts.");
    line("inline bool fits(const ::switchyard::Table& table) {{ return table.hash() == kTableHash; }}");
    line("");
    line("inline ::switchyard::Decision decide(const ::switchyard::Table& table, const {}& facts) noexcept {{",
         type);
    line("  return ::switchyard::decide(table, &facts);");
    line("}}");
    line("");
    line("}}  // namespace switchyard_policy::{}", space);
    return std::move(out_);
  }

 private:
  template <typename... Args>
  void line(fmt::format_string<Args...> text, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), text, std::forward<Args>(args)...);
    out_ += '\n';
  }

  static std::string integer(const FactInfo& fact) {
    return fact.width == 8 ? "::std::int64_t" : "::std::int32_t";
  }

  // The type of the fact's member, declared first where it needs that.
  std::string declare(const FactInfo& fact, Names& outer) {
    std::vector<std::string> symbols = fact.symbols;
    switch (fact.kind) {
      case FactInfo::Kind::kBool:
      case FactInfo::Kind::kInt: return integer(fact);
      case FactInfo::Kind::kVersion: version_helper(outer); return integer(fact);
      case FactInfo::Kind::kSwitch: symbols = {"unset", "off", "on"}; break;
      case FactInfo::Kind::kName: symbols.push_back("other"); break;
      case FactInfo::Kind::kEnum:
      case FactInfo::Kind::kFlags: break;
    }
    std::string name = fact.name;
    name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
    name = outer.take(name);
    const bool flags = fact.kind == FactInfo::Kind::kFlags;
    if (flags) {
      line("// Bits of {}.", comment(fact.name));
      line("struct {} {{", name);
      line("  enum : ::std::int32_t {{");
    } else {
      line("enum class {} : {} {{", name, integer(fact));
    }
    Names inner;
    for (std::size_t i = 0; i < symbols.size(); ++i) {
      line("  {}{} = {},", flags ? "  " : "", inner.take(symbols[i]),
           flags ? std::int64_t{1} << i : static_cast<std::int64_t>(i));
    }
    if (flags) line("  }};");
    line("}};");
    line("");
    return flags ? integer(fact) : name;
  }

  void version_helper(Names& outer) {
    if (has_version_) return;
    has_version_ = true;
    line("constexpr ::std::int64_t {}(::std::int64_t major, ::std::int64_t minor = 0, ::std::int64_t patch = 0) {{",
         outer.take("version"));
    line("  return major << 32 | minor << 16 | patch;");
    line("}}");
    line("");
  }

  // The default, or the smallest value; never outside the domain.
  static std::string initial(const FactInfo& fact, const std::string& type) {
    const std::int64_t code = fact.default_code.value_or(fact.low);
    // The smallest int64 has no literal.
    const std::string literal = code == INT64_MIN ? "INT64_MIN" : std::to_string(code);
    if (type.compare(0, 7, "::std::") == 0) return literal;
    return fmt::format("static_cast<{}>({})", type, literal);
  }

  static std::string remark(const FactInfo& fact) {
    std::string out;
    if (fact.kind == FactInfo::Kind::kBool) out = "0 or 1";
    if (fact.kind == FactInfo::Kind::kInt || fact.kind == FactInfo::Kind::kVersion) {
      out = spell(fact, fact.low) + " .. " + spell(fact, fact.high);
    }
    if (!fact.doc.empty()) out += (out.empty() ? "" : "; ") + comment(fact.doc);
    return out.empty() ? out : "  // " + out;
  }

  const Table& table_;
  std::string out_;
  bool has_version_ = false;
};

}  // namespace

std::string emit_cpp(const Table& table) { return Header(table).run(); }

}  // namespace switchyard
