#include <map>
#include <set>

#include "compiler/diagnostic/registry.h"
#include "compiler/verify/check.h"

// Is something declared that nothing uses? What an imported file declares is there for all that
// import it and need not be used by each.
namespace switchyard {

namespace {

using Place = std::pair<FileId, std::uint32_t>;
Place place_of(Span span) { return {span.file, span.begin}; }

Diagnostic& report(Check& check, const Declaration& own) {
  switch (own.kind) {
    case Declaration::Kind::kFact:
      return check.sink.report(diag::UnusedFact, own.span, own.name);
    case Declaration::Kind::kSet:
      return check.sink.report(diag::UnusedSet, own.span, own.name);
    case Declaration::Kind::kLet:
      return check.sink.report(diag::UnusedLet, own.span, own.name);
    case Declaration::Kind::kTarget:
      break;
  }
  return check.sink.report(diag::UnusedTarget, own.span, own.name);
}

}  // namespace

void check_unused(Check& check) {
  const Model& model = check.model;
  std::set<Place> chosen;  // where the names of targets that rules choose are declared
  for (const Rule& rule : model.rules) {
    for (const Entry& entry : rule.entries) {
      chosen.insert(place_of(model.targets[model.outcomes[entry.outcome].target].span));
    }
  }
  std::map<Place, const Target*> targets;
  for (const Target& target : model.targets) targets.emplace(place_of(target.span), &target);
  for (const Declaration& own : model.declarations) {
    if (own.span.file != model.file) continue;
    const bool used = own.kind == Declaration::Kind::kTarget ? chosen.contains(place_of(own.span))
                                                             : own.uses > 0;
    if (used) continue;
    Diagnostic& found = report(check, own);
    if (own.uses == 0) {
      if (auto fix = remove_item(check.sources, own.item, "remove its declaration")) {
        found.fixes.push_back(std::move(*fix));
      }
      continue;
    }
    for (const Requirement& line : targets.at(place_of(own.span))->requirements) {
      found.with_note(line.span, "what it requires does not matter either");
    }
  }
}

}  // namespace switchyard
