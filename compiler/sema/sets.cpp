#include <algorithm>

#include "compiler/diagnostic/registry.h"
#include "compiler/sema/resolution.h"

// Set algebra over the codes of a domain. A named set has no type of its own: it is read in the
// domain of each fact that it is compared with.
namespace switchyard::sema {

namespace {

// The named sets that a set expression mentions, in source order. Expressions are as deep as the
// parser allows, and `a | b | c` leans left: this walks with its own stack.
std::vector<const ast::Name*> references(const ast::Set& set) {
  std::vector<const ast::Name*> found;
  std::vector<const ast::Set*> pending = {&set};
  while (!pending.empty()) {
    const ast::Set* one = pending.back();
    pending.pop_back();
    if (const auto* reference = std::get_if<ast::Set::Reference>(&one->node)) {
      found.push_back(&reference->name);
    } else if (const auto* binary = std::get_if<ast::Set::Binary>(&one->node)) {
      pending.push_back(binary->right.get());
      pending.push_back(binary->left.get());
    }
  }
  return found;
}

std::optional<Intervals> element_codes(Resolution& r, const ast::Value& value, const Domain& domain,
                                       std::optional<FactId> fact, const Context& context) {
  const auto code = code_of(r, domain, value, context);
  if (!code) return std::nullopt;
  warn_outside(r, value, *code, domain, fact);
  return Intervals{{*code, *code}};
}

std::optional<Intervals> literal_codes(Resolution& r, const ast::Set::Literal& literal,
                                       const Domain& domain, std::optional<FactId> fact,
                                       const Context& context) {
  Intervals all;
  bool good = true;
  for (const ast::SetElement& element : literal.elements) {
    const auto* value = std::get_if<ast::Value>(&element);
    const auto codes = value != nullptr
                           ? element_codes(r, *value, domain, fact, context)
                           : codes_of(r, std::get<ast::Range>(element), domain, fact, context);
    if (codes) {
      all.insert(all.end(), codes->begin(), codes->end());
    } else {
      good = false;
    }
  }
  if (!good) return std::nullopt;
  return normalized(std::move(all));
}

std::optional<Intervals> combine(ast::Set::Binary::Op op, const std::optional<Intervals>& left,
                                 const std::optional<Intervals>& right) {
  if (!left || !right) return std::nullopt;
  switch (op) {
    case ast::Set::Binary::Op::kUnion: return unite(*left, *right);
    case ast::Set::Binary::Op::kIntersection: return intersect(*left, *right);
    case ast::Set::Binary::Op::kDifference: return subtract(*left, *right);
  }
  return std::nullopt;
}

// Post-order over the expression with explicit stacks; named sets that it mentions have values.
std::optional<Intervals> expression_codes(
    Resolution& r, const ast::Set& set, const Domain& domain, std::optional<FactId> fact,
    const Context& context,
    const std::map<std::uint32_t, std::optional<Intervals>>& named) {
  std::vector<std::pair<const ast::Set*, bool>> pending = {{&set, false}};
  std::vector<std::optional<Intervals>> values;
  while (!pending.empty()) {
    const auto [one, seen] = pending.back();
    pending.pop_back();
    if (const auto* literal = std::get_if<ast::Set::Literal>(&one->node)) {
      values.push_back(literal_codes(r, *literal, domain, fact, context));
    } else if (const auto* reference = std::get_if<ast::Set::Reference>(&one->node)) {
      const Declared* declared = find(r.set_names, reference->name.text);
      if (declared == nullptr) {
        const Declared* other = find(r.values, reference->name.text);
        Diagnostic& diagnostic =
            report_unknown("set", reference->name, spellings(r.set_names), *r.sink);
        if (other != nullptr) {
          diagnostic.with_note(other->span, fmt::format("`{}` is a {}", reference->name.text,
                                                        noun(other->sort)));
        } else if (symbol_code(domain, reference->name.text)) {
          diagnostic.with_fix("a set of one symbol", reference->name.span,
                              fmt::format("<{}>", reference->name.text));
        }
        values.push_back(std::nullopt);
      } else {
        mark_named(r, *declared);
        values.push_back(named.at(declared->index));
      }
    } else {
      const auto& binary = std::get<ast::Set::Binary>(one->node);
      if (!seen) {
        pending.emplace_back(one, true);
        pending.emplace_back(binary.right.get(), false);
        pending.emplace_back(binary.left.get(), false);
        continue;
      }
      const auto right = std::move(values.back());
      values.pop_back();
      const auto left = std::move(values.back());
      values.pop_back();
      values.push_back(combine(binary.op, left, right));
    }
  }
  return values.back();
}

// The named sets that `set` needs, each after those that it needs itself.
std::vector<std::uint32_t> needed(const Resolution& r, const ast::Set& set) {
  std::vector<std::uint32_t> order;
  std::set<std::uint32_t> entered;
  std::vector<std::pair<std::uint32_t, bool>> pending;
  const auto push = [&](const ast::Set& of) {
    for (const ast::Name* name : references(of)) {
      const Declared* declared = find(r.set_names, name->text);
      if (declared != nullptr) pending.emplace_back(declared->index, false);
    }
  };
  push(set);
  while (!pending.empty()) {
    const auto [index, done] = pending.back();
    pending.pop_back();
    if (done) {
      order.push_back(index);
    } else if (entered.insert(index).second) {
      pending.emplace_back(index, true);
      if (!r.sets[index].broken) push(*r.sets[index].source->set);
    }
  }
  return order;
}

}  // namespace

std::optional<Intervals> codes_of(Resolution& r, const ast::Range& range, const Domain& domain,
                                  std::optional<FactId> fact, const Context& context) {
  if (domain.kind != Domain::Kind::kInt && domain.kind != Domain::Kind::kVersion) {
    Diagnostic& diagnostic =
        r.sink->report(diag::RangeWithoutOrder, range.span, domain.owner, domain.type);
    if (domain.declared) diagnostic.with_note(*domain.declared, "declared here");
    return std::nullopt;
  }
  const auto low = code_of(r, domain, range.low, context);
  const auto high = code_of(r, domain, range.high, context);
  if (!low || !high) return std::nullopt;
  if (*low > *high) {
    const bool literal = !std::holds_alternative<ast::Name>(range.low) &&
                         !std::holds_alternative<ast::Name>(range.high);
    if (!literal) return Intervals{};  // a parameter's value: empty for this use
    r.sink->report(diag::EmptyRange, range.span, spell_value(range.low), spell_value(range.high))
        .with_help("the smaller bound comes first");
    return std::nullopt;
  }
  warn_outside(r, range.low, *low, domain, fact);
  warn_outside(r, range.high, *high, domain, fact);
  return Intervals{{*low, *high}};
}

std::optional<Intervals> codes_of(Resolution& r, const ast::Set& set, const Domain& domain,
                                  std::optional<FactId> fact, const Context& context) {
  // A named set may not mention parameters, so its value is the same wherever it is used.
  Context plain = context;
  plain.target.reset();
  std::map<std::uint32_t, std::optional<Intervals>> named;
  for (const std::uint32_t index : needed(r, set)) {
    const auto cached = fact ? r.set_values.find({index, *fact}) : r.set_values.end();
    if (cached != r.set_values.end()) {
      named.emplace(index, cached->second);
      continue;
    }
    std::optional<Intervals> value;
    if (!r.sets[index].broken) {
      value = expression_codes(r, *r.sets[index].source->set, domain, fact, plain, named);
    }
    if (fact) r.set_values.emplace(std::pair(index, *fact), value);
    named.emplace(index, std::move(value));
  }
  return expression_codes(r, set, domain, fact, context, named);
}

void check_sets(Resolution& r) {
  enum class Mark : std::uint8_t { kNew, kOpen, kDone };
  std::vector<Mark> marks(r.sets.size(), Mark::kNew);
  struct Step {
    std::uint32_t set;
    std::vector<const ast::Name*> uses;
    std::size_t next = 0;
  };
  for (std::uint32_t start = 0; start < r.sets.size(); ++start) {
    if (marks[start] != Mark::kNew) continue;
    std::vector<Step> path;
    const auto enter = [&](std::uint32_t set) {
      marks[set] = Mark::kOpen;
      path.push_back({set, references(*r.sets[set].source->set)});
    };
    enter(start);
    while (!path.empty()) {
      if (path.back().next == path.back().uses.size()) {
        marks[path.back().set] = Mark::kDone;
        path.pop_back();
        continue;
      }
      const ast::Name& use = *path.back().uses[path.back().next++];
      const Declared* declared = find(r.set_names, use.text);
      if (declared == nullptr) continue;
      if (marks[declared->index] == Mark::kNew) {
        enter(declared->index);
      } else if (marks[declared->index] == Mark::kOpen) {
        const auto first = std::find_if(path.begin(), path.end(), [&](const Step& step) {
          return step.set == declared->index;
        });
        std::string shown;
        for (auto step = first; step != path.end(); ++step) {
          shown += r.sets[step->set].source->name.text + " -> ";
          r.sets[step->set].broken = true;
        }
        Diagnostic& diagnostic = r.sink->report(diag::DefinitionCycle, declared->span, "set",
                                                use.text, shown + use.text);
        for (auto step = first; step != path.end(); ++step) {
          const ast::Name& read = *step->uses[step->next - 1];
          diagnostic.with_note(read.span, fmt::format("`{}` reads `{}` here",
                                                      r.sets[step->set].source->name.text,
                                                      read.text));
        }
      }
    }
  }
}

}  // namespace switchyard::sema
