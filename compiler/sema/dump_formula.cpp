#include "compiler/sema/dump_formula.h"

#include <fmt/format.h>

#include "compiler/sema/names.h"
#include "compiler/sema/resolve.h"

namespace switchyard::sema {

namespace {

std::string dump_atom(const Model& model, const Atom& atom) {
  const Fact& fact = model.facts[atom.fact];
  if (atom.kind == Atom::Kind::kAny || atom.kind == Atom::Kind::kAll) {
    return fmt::format("{} has {} {}", fact.name, atom.kind == Atom::Kind::kAny ? "any" : "all",
                       spell(fact, atom.operand));
  }
  const bool modulo = atom.kind == Atom::Kind::kModulo;
  if (!modulo && fact.kind == FactKind::kBool) return fact.name;
  const auto one = [&](std::int64_t code) {
    return modulo ? std::to_string(code) : spell(fact, code);
  };
  const bool ordered = modulo || fact.kind == FactKind::kInt || fact.kind == FactKind::kVersion;
  std::string text;
  for (const Interval& part : atom.intervals) {
    if (ordered && part.low != part.high) {
      text += fmt::format("{}{} .. {}", text.empty() ? "" : ", ", one(part.low), one(part.high));
      continue;
    }
    for (std::int64_t code = part.low; code <= part.high; ++code) {
      text += (text.empty() ? "" : ", ") + one(code);
    }
  }
  return modulo ? fmt::format("{} % {} in <{}>", fact.name, atom.operand, text)
                : fmt::format("{} in <{}>", fact.name, text);
}

}  // namespace

std::string dump_formula(const Model& model, FormulaId root) {
  constexpr std::size_t kLongest = 4000;
  const Formulas& formulas = model.formulas;
  struct Piece {
    FormulaId id;
    const char* text;  // written instead of a formula, when not null
  };
  std::vector<Piece> pending = {{root, nullptr}};
  std::string out;
  while (!pending.empty()) {
    if (out.size() > kLongest) return out + "…";
    const Piece piece = pending.back();
    pending.pop_back();
    if (piece.text != nullptr) {
      out += piece.text;
      continue;
    }
    switch (formulas.kind(piece.id)) {
      case Formulas::Kind::kBottom:
        out += "false";
        break;
      case Formulas::Kind::kTop:
        out += "true";
        break;
      case Formulas::Kind::kAtom:
        out += dump_atom(model, formulas.atom(formulas.atom_of(piece.id)));
        break;
      case Formulas::Kind::kNot:
        out += "not ";
        pending.push_back({formulas.operands(piece.id)[0], nullptr});
        break;
      case Formulas::Kind::kAnd:
      case Formulas::Kind::kOr: {
        const bool conjunction = formulas.kind(piece.id) == Formulas::Kind::kAnd;
        const auto operands = formulas.operands(piece.id);
        out += '(';
        pending.push_back({0, ")"});
        for (std::size_t i = operands.size(); i-- > 0;) {
          pending.push_back({operands[i], nullptr});
          if (i > 0) pending.push_back({0, conjunction ? " and " : " or "});
        }
        break;
      }
    }
  }
  return out;
}

}  // namespace switchyard::sema
