#include <fmt/format.h>

#include "compiler/diagnostic/registry.h"
#include "compiler/sema/resolution.h"
#include "compiler/sema/subject.h"

// Literals, symbols and parameters as codes of a domain.
namespace switchyard::sema {

std::string spell_value(const ast::Value& value) {
  struct Speller {
    std::string operator()(const ast::Name& v) const {
      return v.quoted ? fmt::format("\"{}\"", v.text) : v.text;
    }
    std::string operator()(const ast::Integer& v) const { return std::to_string(v.value); }
    std::string operator()(const ast::Version& v) const {
      return spell_version(version_code(v.major, v.minor, v.patch));
    }
    std::string operator()(const ast::Boolean& v) const { return v.value ? "true" : "false"; }
  };
  return std::visit(Speller{}, value);
}

std::string describe_value(const ast::Value& value) {
  struct Describer {
    std::string operator()(const ast::Name& v) const {
      return v.quoted ? "a quoted symbol" : "a symbol";
    }
    std::string operator()(const ast::Integer&) const { return "an integer"; }
    std::string operator()(const ast::Version&) const { return "a version"; }
    std::string operator()(const ast::Boolean&) const { return "a bool"; }
  };
  return std::visit(Describer{}, value);
}

namespace {

using Code = std::optional<std::int64_t>;

Code mismatch(Resolution& r, const Domain& domain, const ast::Value& value) {
  Diagnostic& diagnostic =
      r.sink->report(diag::TypeMismatch, ast::span_of(value), domain.owner, domain.type,
                     spell_value(value), describe_value(value));
  if (domain.declared) diagnostic.with_note(*domain.declared, "declared here");
  return std::nullopt;
}

Code unknown_symbol(Resolution& r, const Domain& domain, const ast::Name& name) {
  const bool open = domain.type == "a name";
  const Declared* set = find(r.set_names, name.text);
  const bool look = r.sink->error_count() < 100;
  Diagnostic& diagnostic =
      r.sink->report(diag::UnknownSymbol, name.span, name.text, domain.owner);
  if (domain.declared) diagnostic.with_note(*domain.declared, "its values are declared here");
  if (set != nullptr) {
    diagnostic.with_note(set->span, fmt::format("`{}` is a set; write `in {}`, without `<>`",
                                                name.text, name.text));
  }
  if (open) {
    diagnostic.with_help("declare it there, or write `other` for every name that is not listed");
  }
  if (look) suggest(diagnostic, name.text, name.span, domain.symbols);
  return std::nullopt;
}

Code named(Resolution& r, const Domain& domain, const ast::Value& value, const ast::Name& name,
           const Context& context) {
  std::int64_t argument = 0;
  const Parameter* parameter =
      name.quoted ? nullptr : find_parameter(r, context, name.text, &argument);
  const bool symbols = domain.kind == Domain::Kind::kSymbols;
  const Code code = symbols ? symbol_code(domain, name.text) : std::nullopt;
  if (parameter == nullptr) {
    if (code) return code;
    return symbols ? unknown_symbol(r, domain, name) : mismatch(r, domain, value);
  }
  if (code) {
    r.sink->report(diag::AmbiguousSymbol, name.span, name.text, domain.owner,
                   fmt::format("the parameter `{}`", name.text))
        .with_note(parameter->span, "the parameter is declared here")
        .with_fix("quoted, it is the symbol", name.span, fmt::format("\"{}\"", name.text));
    return std::nullopt;
  }
  if (symbols && !parameter->is_integer) {
    // A symbol that the domain lacks equals none of its values.
    return symbol_code(domain, parameter->symbols[static_cast<std::size_t>(argument)]).value_or(-1);
  }
  if (domain.kind == Domain::Kind::kInt && parameter->is_integer) return argument;
  r.sink->report(diag::TypeMismatch, name.span, domain.owner, domain.type, name.text,
                 parameter->is_integer ? "an int parameter" : "an enum parameter")
      .with_note(parameter->span, "the parameter is declared here");
  return std::nullopt;
}

}  // namespace

std::optional<std::int64_t> code_of(Resolution& r, const Domain& domain, const ast::Value& value,
                                    const Context& context) {
  if (const auto* name = std::get_if<ast::Name>(&value)) {
    return named(r, domain, value, *name, context);
  }
  if (domain.textual) {
    const std::string text = spell_value(value);
    const Code code = symbol_code(domain, text);
    return code ? code : unknown_symbol(r, domain, {text, false, ast::span_of(value)});
  }
  if (const auto* integer = std::get_if<ast::Integer>(&value)) {
    if (domain.kind == Domain::Kind::kInt) return integer->value;
    if (domain.kind != Domain::Kind::kVersion) return mismatch(r, domain, value);
    if (integer->value >= 0 && integer->value <= 65535) {
      return version_code(static_cast<std::uint16_t>(integer->value), 0, 0);
    }
    r.sink->report(diag::BadVersion, integer->span, integer->value);
    return std::nullopt;
  }
  if (const auto* version = std::get_if<ast::Version>(&value)) {
    if (domain.kind != Domain::Kind::kVersion) return mismatch(r, domain, value);
    return version_code(version->major, version->minor, version->patch);
  }
  const auto& boolean = std::get<ast::Boolean>(value);
  if (domain.kind != Domain::Kind::kBool) return mismatch(r, domain, value);
  return boolean.value ? 1 : 0;
}

void warn_outside(Resolution& r, const ast::Value& value, std::int64_t code, const Domain& domain,
                  std::optional<FactId> fact) {
  const bool ordered = domain.kind == Domain::Kind::kInt || domain.kind == Domain::Kind::kVersion;
  if (!fact || !ordered || !domain.bounded || (domain.low <= code && code <= domain.high)) return;
  if (std::holds_alternative<ast::Name>(value)) return;  // a parameter's value, not a literal
  const Span span = ast::span_of(value);
  if (!r.warned.emplace(span.file, span.begin, *fact).second) return;
  Diagnostic& diagnostic =
      r.sink->report(diag::LiteralOutsideDomain, span, spell_value(value), domain.owner,
                     spell_range(domain));
  if (domain.declared) diagnostic.with_note(*domain.declared, "declared here");
}

}  // namespace switchyard::sema
