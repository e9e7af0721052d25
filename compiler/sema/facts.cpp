#include <algorithm>

#include "compiler/diagnostic/registry.h"
#include "compiler/sema/resolution.h"

// `fact NAME : TYPE [= default] [from …] [replaces …]`.
namespace switchyard::sema {

namespace {

class Declaration {
 public:
  Declaration(Resolution& r, const ast::Fact& source) : r_(r), source_(source) {
    fact_.name = source.name.text;
    fact_.span = source.name.span;
    fact_.doc = source.doc ? source.doc->value : "";
  }

  void run() {
    std::visit([this](const auto& type) { read(type); }, source_.type.node);
    if (!broken_ && source_.default_value) read_default();
    read_source();
    r_.model.facts.push_back(std::move(fact_));
    r_.broken_facts.push_back(broken_);
  }

 private:
  void read(const ast::Type::Bool&) { fact_.kind = FactKind::kBool; }
  void read(const ast::Type::Enum& type) {
    fact_.kind = FactKind::kEnum;
    read_symbols(type.symbols);
    fact_.high = static_cast<std::int64_t>(fact_.symbols.size()) - 1;
  }
  void read(const ast::Type::OpenName& type) {
    fact_.kind = FactKind::kName;
    for (const ast::Name& symbol : type.symbols) {
      if (symbol.text != "other") continue;
      broken_ = true;
      r_.sink->report(diag::OtherDeclared, symbol.span)
          .with_help("every `name` fact has `other` already, for the names that are not listed");
    }
    read_symbols(type.symbols);
    fact_.high = static_cast<std::int64_t>(fact_.symbols.size());
  }
  void read(const ast::Type::Int& type) {
    fact_.kind = FactKind::kInt;
    fact_.low = type.low.value;
    fact_.high = type.high.value;
    check_range(std::to_string(fact_.low), std::to_string(fact_.high));
  }
  void read(const ast::Type::VersionRange& type) {
    fact_.kind = FactKind::kVersion;
    fact_.low = version_code(type.low.major, type.low.minor, type.low.patch);
    fact_.high = version_code(type.high.major, type.high.minor, type.high.patch);
    check_range(spell_version(fact_.low), spell_version(fact_.high));
  }
  void read(const ast::Type::Flags& type) {
    constexpr std::size_t kMostFlags = 16;
    fact_.kind = FactKind::kFlags;
    read_symbols(type.symbols);
    if (fact_.symbols.size() > kMostFlags) {
      broken_ = true;
      r_.sink->report(diag::TooManyFlags, source_.type.span, fact_.name, fact_.symbols.size())
          .with_help("split it into two facts");
    } else {
      fact_.high = (std::int64_t{1} << fact_.symbols.size()) - 1;
    }
  }
  void read(const ast::Type::Switch&) {
    fact_.kind = FactKind::kSwitch;
    fact_.high = 2;
  }

  void check_range(const std::string& low, const std::string& high) {
    if (fact_.low <= fact_.high) return;
    broken_ = true;
    r_.sink->report(diag::EmptyRange, source_.type.span, low, high)
        .with_help("the smaller bound comes first");
  }

  void read_symbols(const std::vector<ast::Name>& symbols) {
    std::map<std::string_view, Span> first;
    for (const ast::Name& symbol : symbols) {
      const auto [place, added] = first.try_emplace(symbol.text, symbol.span);
      if (added) {
        fact_.symbols.push_back(symbol.text);
      } else {
        broken_ = true;
        r_.sink->report(diag::DuplicateSymbol, symbol.span, symbol.text)
            .with_note(place->second, "first listed here");
      }
    }
    if (symbols.empty()) {
      broken_ = true;
      r_.sink->report(diag::NoSymbols, source_.type.span, fact_.name)
          .with_help("list at least one symbol between the braces");
    }
  }

  void read_default() {
    const auto& written = *source_.default_value;
    if (fact_.kind == FactKind::kSwitch) {
      const Span span = std::holds_alternative<ast::Value>(written)
                            ? ast::span_of(std::get<ast::Value>(written))
                            : std::get<ast::SetPtr>(written)->span;
      r_.sink->report(diag::SwitchDefault, span, fact_.name)
          .with_help("a switch that is not set is `unset`; say in the condition what that counts "
                     "as: `== on` or `!= off`");
      return;
    }
    const Domain domain = domain_of(fact_);
    Context plain;
    if (const auto* set = std::get_if<ast::SetPtr>(&written)) {
      if (fact_.kind != FactKind::kFlags) {
        r_.sink->report(diag::ComparedWithSet, (*set)->span, domain.owner, domain.type)
            .with_help("only a `flags` fact has a set for its default");
        return;
      }
      const auto symbols = codes_of(r_, **set, domain, std::nullopt, plain);
      if (!symbols) return;
      std::int64_t mask = 0;
      for (std::size_t i = 0; i < fact_.symbols.size(); ++i) {
        if (contains(*symbols, static_cast<std::int64_t>(i))) mask |= std::int64_t{1} << i;
      }
      fact_.default_code = mask;
      return;
    }
    const auto& value = std::get<ast::Value>(written);
    if (fact_.kind == FactKind::kFlags) {
      r_.sink->report(diag::FlagsDefault, ast::span_of(value), fact_.name)
          .with_fix("the default of flags is a set", ast::span_of(value),
                    "<" + spell_value(value) + ">");
      return;
    }
    const auto code = code_of(r_, domain, value, plain);
    if (!code) return;
    if (*code < fact_.low || *code > fact_.high) {
      r_.sink->report(diag::DefaultOutside, ast::span_of(value), spell_value(value), domain.owner,
                      spell_range(domain))
          .with_note(source_.type.span, "its range");
      return;
    }
    fact_.default_code = *code;
  }

  void read_source() {
    const bool from_env = source_.from && source_.from->kind == ast::FactSource::Kind::kEnv;
    if (source_.from) {
      const ast::FactSource& from = *source_.from;
      fact_.source = from_env ? Fact::Source::kEnv
                     : from.kind == ast::FactSource::Kind::kDevice ? Fact::Source::kDevice
                                                                   : Fact::Source::kModel;
      fact_.source_key = from.key.text;
      if (from_env) check_variable(from.key.text, from.key.span);
    }
    if (from_env && fact_.kind == FactKind::kBool && !source_.default_value) {
      r_.sink->report(diag::EnvBoolDefault, source_.from->span, fact_.name, fact_.source_key)
          .with_help("write what it is while the variable is not set, as in `: bool = false from "
                     "env …`, or make it a `switch`, which tells unset from off");
    }
    if (from_env && fact_.kind == FactKind::kFlags) {
      r_.sink->report(diag::EnvFlags, source_.from->span, fact_.name)
          .with_help(
              "an environment variable holds one value: declare a `switch` or `bool` for each");
    }
    if (!source_.replaces) return;
    fact_.replaces = source_.replaces->value;
    if (!from_env) {
      r_.sink->report(diag::ReplacesWithoutEnv, source_.replaces->span, fact_.name)
          .with_help("name the variable that replaces it: `from env \"NEW_NAME\"`");
    } else if (fact_.replaces == fact_.source_key) {
      r_.sink->report(diag::ReplacesItself, source_.replaces->span, fact_.replaces)
          .with_note(source_.from->span, "the variable that is read");
    }
    check_variable(fact_.replaces, source_.replaces->span);
  }

  void check_variable(const std::string& name, Span span) {
    const bool good = !name.empty() && name.find('=') == std::string::npos &&
                      name.find('\0') == std::string::npos && name.find(' ') == std::string::npos;
    if (!good) r_.sink->report(diag::BadVariable, span, name);
  }

  Resolution& r_;
  const ast::Fact& source_;
  Fact fact_;
  bool broken_ = false;
};

}  // namespace

void declare_fact(Resolution& r, const ast::Fact& fact) {
  const auto id = static_cast<FactId>(r.model.facts.size());
  if (declare(r.values, fact.name, Declared::Sort::kFact, id, *r.sink)) Declaration(r, fact).run();
}

}  // namespace switchyard::sema
