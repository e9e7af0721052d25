#include "tests/sema/resolved.h"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "compiler/parse/parse.h"
#include "compiler/sema/resolve.h"

namespace switchyard::testing {

std::string Resolved::findings() const {
  std::string text;
  for (const Diagnostic& d : sink.diagnostics()) {
    text += fmt::format("{} {} ({})\n", d.info->code, d.message, sources.location(d.span));
    for (const Note& note : d.notes) text += "  note: " + note.text + "\n";
    for (const Fix& fix : d.fixes) {
      text += fmt::format("  fix: {} [{}]\n", fix.text, fix.edits[0].replacement);
    }
  }
  return text;
}

std::string Resolved::codes() const {
  std::string text;
  for (const Diagnostic& d : sink.diagnostics()) {
    text += (text.empty() ? "" : " ") + std::string(d.info->code);
  }
  return text;
}

bool Resolved::has(std::string_view code) const {
  return std::any_of(sink.diagnostics().begin(), sink.diagnostics().end(),
                     [&](const Diagnostic& d) { return d.info->code == code; });
}

std::string Resolved::fixed() const {
  const Diagnostic& d = sink.diagnostics().at(0);
  std::string text(sources.file(d.span.file).text());
  std::vector<Fix::Edit> edits = d.fixes.at(0).edits;
  std::sort(edits.begin(), edits.end(),
            [](const auto& a, const auto& b) { return a.span.begin > b.span.begin; });
  for (const Fix::Edit& edit : edits) {
    text.replace(edit.span.begin, edit.span.end - edit.span.begin, edit.replacement);
  }
  return text;
}

std::unique_ptr<const Resolved> resolve_text(const std::string& text) {
  auto resolved = std::make_unique<Resolved>();
  const FileId root = resolved->sources.add("test.policy", text);
  resolved->policy = parse_policy(resolved->sources, root, resolved->sink);
  if (!resolved->sink.has_errors()) {
    resolved->model = resolve(resolved->policy, resolved->sources, resolved->sink);
  }
  return resolved;
}

std::unique_ptr<const Resolved> resolve_lines(const std::string& lines) {
  return resolve_text(
      "fact a : bool fact b : bool fact c : bool\n"
      "fact e : enum { x, y, z } fact g : enum { z, y, x } fact h : enum { x, w }\n"
      "fact n : name { p, q } fact m : name { p }\n"
      "fact i : int 1 .. 64 fact j : int 1 .. 64 fact v : version 6.0 .. 9.99\n"
      "fact s : flags { ck, triton, hip } fact w : switch\n"
      "target fast target slow\n" +
      lines + "\nslow otherwise\n");
}

void check_all(const std::function<std::string(const std::string&)>& found,
               const std::vector<std::pair<std::string, std::string>>& expected) {
  for (const auto& [text, right] : expected) {
    INFO(text);
    CHECK(found(text) == right);
  }
}

bool holds(const Model& model, FormulaId formula, std::span<const std::int64_t> codes) {
  // Operands have smaller ids than their users, so one pass over the ids settles everything.
  const Formulas& formulas = model.formulas;
  std::vector<bool> value(formula + 1, false);
  for (FormulaId id = 0; id <= formula; ++id) {
    switch (formulas.kind(id)) {
      case Formulas::Kind::kBottom:
        break;
      case Formulas::Kind::kTop:
        value[id] = true;
        break;
      case Formulas::Kind::kAtom: {
        const Atom& atom = formulas.atom(formulas.atom_of(id));
        value[id] = atom.fact < codes.size() && atom.holds(codes[atom.fact]);
        break;
      }
      case Formulas::Kind::kNot:
        value[id] = !value[formulas.operands(id)[0]];
        break;
      case Formulas::Kind::kAnd:
      case Formulas::Kind::kOr: {
        const bool conjunction = formulas.kind(id) == Formulas::Kind::kAnd;
        value[id] = conjunction;
        for (const FormulaId part : formulas.operands(id)) {
          if (value[part] != conjunction) value[id] = !conjunction;
        }
        break;
      }
    }
  }
  return value[formula];
}

std::vector<RowDecision> decide_by_rows(const Model& model, std::vector<std::int64_t>& codes) {
  std::vector<RowDecision> decisions;
  for (std::size_t i = 0; i < model.assumptions.size(); ++i) {
    if (holds(model, model.assumptions[i].condition.formula, codes)) continue;
    decisions.assign(model.blocks.size(), {Evaluation::Kind::kExcluded, 0, i});
    return decisions;
  }
  for (const Block& block : model.blocks) {
    if (!decisions.empty() && decisions.back().kind != Evaluation::Kind::kTarget) {
      decisions.push_back(decisions.back());
      continue;
    }
    RowDecision decision{Evaluation::Kind::kUndecided};
    for (RowId row = block.first_row; row < block.first_row + block.row_count; ++row) {
      if (!holds(model, model.rows[row].formula, codes)) continue;
      const Outcome& outcome = model.outcomes[model.rows[row].outcome];
      decision.kind = outcome.refused ? Evaluation::Kind::kRefused : Evaluation::Kind::kTarget;
      decision.row = row;
      if (block.fact && !outcome.refused) {
        const auto chosen = std::find(block.targets.begin(), block.targets.end(), outcome.target);
        codes.resize(*block.fact + 1);
        codes[*block.fact] = chosen - block.targets.begin();
      }
      break;
    }
    decisions.push_back(decision);
  }
  return decisions;
}

std::string difference(const Resolved& resolved, const Evaluator& oracle,
                       const std::vector<std::int64_t>& given) {
  const Model& model = *resolved.model;
  std::vector<std::int64_t> codes = given;
  const std::vector<Evaluation> expected = oracle.evaluate(given);
  const std::vector<RowDecision> found = decide_by_rows(model, codes);
  for (std::size_t block = 0; block < model.blocks.size(); ++block) {
    const Evaluation& right = expected[block];
    const RowDecision& ours = found[block];
    bool same = right.kind == ours.kind;
    if (same && right.kind == Evaluation::Kind::kExcluded) {
      same = right.assumption == ours.assumption;
    }
    if (same &&
        (right.kind == Evaluation::Kind::kTarget || right.kind == Evaluation::Kind::kRefused)) {
      const Row& row = model.rows[ours.row];
      const Outcome& outcome = model.outcomes[row.outcome];
      same = row.entry == right.entry && model.rules[row.rule].span == right.rule->span &&
             outcome.parameters == right.parameters &&
             (outcome.refused || model.targets[outcome.target].name == right.target);
    }
    if (same) continue;
    std::string text = fmt::format("block {}: oracle {} `{}`, rows {} row {}; facts:", block,
                                   static_cast<int>(right.kind), right.target,
                                   static_cast<int>(ours.kind), ours.row);
    for (std::uint32_t i = 0; i < model.declared_facts; ++i) {
      text += fmt::format(" {}={}", model.facts[i].name, spell(model.facts[i], given[i]));
    }
    return text;
  }
  return "";
}

}  // namespace switchyard::testing
