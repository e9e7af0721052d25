#include "compiler/emit/emit_cpp.h"

#include <iterator>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "compiler/emit/cpp_names.h"

namespace switchyard {

namespace {

using emit_detail::CppNames;

// What a policy says neither leaves a comment nor turns its text around, of which compilers warn.
std::string comment(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::string_view three = text.substr(i, 3);
    const bool turns = (three >= "\u202A" && three <= "\u202E") ||
                       (three >= "\u2066" && three <= "\u2069");
    if (three.size() == 3 && turns) {
      i += 2;
    } else {
      out += byte < 0x20 || byte == 0x7f || byte == '\\' ? ' ' : text[i];
    }
  }
  return out;
}

class Header {
 public:
  explicit Header(const Table& table) : table_(table) {}

  std::string run() {
    const std::string space = CppNames({}).take(table_.policy());
    name();
    std::vector<std::string> types;
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
    for (std::size_t f = 0; f < table_.facts().size(); ++f) {
      types.push_back(declare(table_.facts()[f], types_[f]));
    }
    line("struct Facts {{");
    for (std::size_t f = 0; f < table_.facts().size(); ++f) {
      const FactInfo& fact = table_.facts()[f];
      line("  {} {} = {};{}", types[f], fields_[f], initial(fact, types[f]), remark(fact));
    }
    line("}};");
    for (std::size_t f = 0; f < table_.facts().size(); ++f) {
      line("static_assert(offsetof(Facts, {}) == {} && sizeof(Facts::{}) == {});", fields_[f],
           table_.facts()[f].offset, fields_[f], table_.facts()[f].width);
    }
    if (!table_.facts().empty()) line("static_assert(sizeof(Facts) == {});", table_.facts_size());
    line("");
    line("// Whether `table` is the one that this header was written for; another one may have other facts.");
    line("inline bool fits(const ::switchyard::Table& table) {{ return table.hash() == kTableHash; }}");
    line("");
    line("inline ::switchyard::Decision decide(const ::switchyard::Table& table, const Facts& facts) noexcept {{");
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

  // Members are called like their facts, types likewise with a capital at the front, but unlike every
  // member: what names a type in a struct may not name a member too.
  void name() {
    std::vector<std::string> facts, types;
    for (const FactInfo& fact : table_.facts()) {
      facts.push_back(fact.name);
      if (!has_type(fact)) continue;
      std::string& type = types.emplace_back(fact.name);
      if (type[0] >= 'a' && type[0] <= 'z') type[0] = static_cast<char>(type[0] - 'a' + 'A');
    }
    fields_ = CppNames({"Facts"}).take(facts);
    std::set<std::string> reserved(fields_.begin(), fields_.end());
    reserved.insert({"Facts", "kTableHash", "fits", "decide", "version", "switchyard", "std"});
    types = CppNames(std::move(reserved)).take(types);
    auto next = types.begin();
    for (const FactInfo& fact : table_.facts()) types_.push_back(has_type(fact) ? *next++ : "");
  }

  static bool has_type(const FactInfo& fact) {
    return fact.kind == FactInfo::Kind::kEnum || fact.kind == FactInfo::Kind::kName ||
           fact.kind == FactInfo::Kind::kFlags || fact.kind == FactInfo::Kind::kSwitch;
  }

  static std::string integer(const FactInfo& fact) {
    return fact.width == 8 ? "::std::int64_t" : "::std::int32_t";
  }

  // The type of the fact's member, declared first where it needs that.
  std::string declare(const FactInfo& fact, const std::string& name) {
    std::vector<std::string> symbols = fact.symbols;
    switch (fact.kind) {
      case FactInfo::Kind::kBool:
      case FactInfo::Kind::kInt: return integer(fact);
      case FactInfo::Kind::kVersion: version_helper(); return integer(fact);
      case FactInfo::Kind::kSwitch: symbols = {"unset", "off", "on"}; break;
      case FactInfo::Kind::kName: symbols.push_back("other"); break;
      case FactInfo::Kind::kEnum:
      case FactInfo::Kind::kFlags: break;
    }
    const bool flags = fact.kind == FactInfo::Kind::kFlags;
    if (flags) {
      line("// Bits of {}.", comment(fact.name));
      line("struct {} {{", name);
      line("  enum : ::std::int32_t {{");
    } else {
      line("enum class {} : {} {{", name, integer(fact));
    }
    // In a struct no member may be called like it.
    const auto names = CppNames(flags ? std::set{name} : std::set<std::string>{}).take(symbols);
    for (std::size_t i = 0; i < symbols.size(); ++i) {
      line("  {}{} = {},", flags ? "  " : "", names[i],
           flags ? std::int64_t{1} << i : static_cast<std::int64_t>(i));
    }
    if (flags) line("  }};");
    line("}};");
    line("");
    return flags ? integer(fact) : name;
  }

  void version_helper() {
    if (has_version_) return;
    has_version_ = true;
    line("constexpr ::std::int64_t version(::std::int64_t major, ::std::int64_t minor = 0, ::std::int64_t patch = 0) {{");
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
  std::vector<std::string> fields_, types_;  // by fact
  std::string out_;
  bool has_version_ = false;
};

}  // namespace

std::string emit_cpp(const Table& table) { return Header(table).run(); }

}  // namespace switchyard
