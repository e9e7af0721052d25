#include "runtime/decide/residual.h"

#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "runtime/decide/bit_vectors.h"
#include "runtime/decide/decide.h"
#include "runtime/decide/fact_row.h"
#include "runtime/decide/inputs.h"
#include "runtime/decide/residual_parts.h"
#include "runtime/table/fact_code.h"

namespace switchyard {

using residual::Step;

struct ResidualTable::Contents {
  Form form = Form::kCells;
  std::vector<Step> steps;  // every open fact, in order; all but kCells: checks alone
  std::vector<Decision> cells;
  residual::Diagram diagram;
  std::unique_ptr<residual::Boxes> boxes;
  residual::Domains domains;        // empty: the steps check
  std::vector<StaticFact> statics;  // kWhole
  std::vector<std::uint32_t> read;
};

namespace {

std::int64_t load(const unsigned char* facts, std::uint32_t offset, bool wide) {
  if (wide) {
    std::int64_t code;
    std::memcpy(&code, facts + offset, sizeof code);
    return code;
  }
  std::int32_t code;
  std::memcpy(&code, facts + offset, sizeof code);
  return code;
}

std::uint32_t weight_of(const TableView& table, const Step& step, std::int64_t code,
                        std::uint64_t from_low) {
  switch (step.kind) {
    case Step::Kind::kCheck:
      return 0;
    case Step::Kind::kArray:
      return step.weights[from_low];
    case Step::Kind::kBounds: {
      std::size_t passed = 0;
      for (const std::int64_t bound : step.bounds) passed += code >= bound ? 1 : 0;
      return step.weights[passed];
    }
    case Step::Kind::kClass:
      return step.weights[class_of(table.axes[step.fact], code)];
  }
  return 0;
}

std::uint32_t walk(const TableView& table, const residual::Diagram& diagram,
                   const unsigned char* facts) {
  std::uint32_t at = diagram.root;
  while ((at & format::kLeafBit) == 0) {
    const std::uint32_t fact = diagram.nodes[at];
    const std::int64_t code = load(facts, table.facts[fact].offset, table.facts[fact].wide);
    at = diagram.nodes[at + 1 + class_of(table.axes[fact], code)];
  }
  return at & ~format::kLeafBit;
}

bool in_domains(const residual::Domains& domains, const unsigned char* facts) {
  std::uint32_t bad = 0;
  for (std::size_t f = 0; f < domains.low.size(); ++f) {
    std::uint32_t code;
    std::memcpy(&code, facts + 4 * f, sizeof code);
    bad |= static_cast<std::uint32_t>(code - static_cast<std::uint32_t>(domains.low[f]) >
                                      domains.span[f]);
  }
  return bad == 0;
}

[[gnu::noinline]] Decision bad_fact(const residual::Domains& domains, const unsigned char* facts) {
  std::uint32_t f = 0;
  for (;; ++f) {
    std::uint32_t code;
    std::memcpy(&code, facts + 4 * f, sizeof code);
    if (code - static_cast<std::uint32_t>(domains.low[f]) > domains.span[f]) break;
  }
  return {Decision::Kind::kBadFact, Decision::kNone, f, Decision::kNone};
}

// On a copy of the struct that has the static facts.
[[gnu::noinline]] Decision decide_whole(const Table& table, const std::vector<StaticFact>& statics,
                                        const unsigned char* facts) {
  alignas(8) unsigned char row[residual::kMostStruct];
  std::memcpy(row, facts, table.facts_size());
  for (const StaticFact& fact : statics) {
    const FactView& view = table.view().facts[fact.fact];
    const auto narrow = static_cast<std::int32_t>(fact.code);
    if (view.wide) {
      std::memcpy(row + view.offset, &fact.code, sizeof fact.code);
    } else {
      std::memcpy(row + view.offset, &narrow, sizeof narrow);
    }
  }
  return decide(table, row);
}

// The facts by index, checked.
Expected<residual::Known> known_facts(const Table& table, std::span<const StaticFact> facts) {
  residual::Known known(table.facts().size());
  for (const StaticFact& fact : facts) {
    if (fact.fact >= known.size()) {
      return fail(fmt::format("the policy `{}` has {} facts, so there is none of index {} to bind",
                              table.policy(), known.size(), fact.fact));
    }
    if (known[fact.fact]) {
      return fail(
          fmt::format("fact `{}` is bound twice; bind it once", table.facts()[fact.fact].name));
    }
    known[fact.fact] = fact.code;
  }
  return known;
}

bool in_domain(const FactView& fact, std::int64_t code) {
  return code >= fact.low && code <= fact.high;
}

// The first known fact outside its domain; the number of facts if there is none.
std::uint32_t first_bad(const TableView& table, const residual::Known& known) {
  std::uint32_t f = 0;
  while (f < known.size() && (!known[f] || in_domain(table.facts[f], *known[f]))) ++f;
  return f;
}

std::vector<Step> checks_of_open(const TableView& table, const residual::Known& known,
                                 std::uint32_t before) {
  std::vector<Step> out;
  for (std::uint32_t f = 0; f < before; ++f) {
    if (!known[f]) out.push_back(residual::check_of(table.facts[f], f));
  }
  return out;
}

// Of many facts, the domains are checked at once, and the steps that only check go.
void check_at_once(const TableView& table, const residual::Known& known, std::vector<Step>& steps,
                   residual::Domains& domains) {
  if (!table.all_narrow || steps.size() <= residual::kMostChecks) return;
  domains.low = table.narrow_low;
  domains.span = table.narrow_span;
  for (std::uint32_t f = 0; f < known.size(); ++f) {
    if (known[f]) domains.span[f] = ~0u;
  }
  std::erase_if(steps, [](const Step& step) { return step.kind == Step::Kind::kCheck; });
}

}  // namespace

Decision ResidualTable::decide(const void* facts) const noexcept {
  const Contents& contents = *contents_;
  const TableView& view = table_.view();
  const auto* bytes = static_cast<const unsigned char*>(facts);
  if (contents.form == Form::kWhole) return decide_whole(table_, contents.statics, bytes);
  if (!contents.domains.low.empty() && !in_domains(contents.domains, bytes)) [[unlikely]] {
    return bad_fact(contents.domains, bytes);
  }
  std::uint32_t cell = 0;
  for (const Step& step : contents.steps) {
    const std::int64_t code = load(bytes, step.offset, step.wide);
    const std::uint64_t from_low =
        static_cast<std::uint64_t>(code) - static_cast<std::uint64_t>(step.low);
    if (from_low > step.span) [[unlikely]] {
      return {Decision::Kind::kBadFact, Decision::kNone, step.fact, Decision::kNone};
    }
    cell += weight_of(view, step, code, from_low);
  }
  if (contents.form == Form::kCells) return contents.cells[cell];
  if (contents.form == Form::kDiagram) return view.decisions[walk(view, contents.diagram, bytes)];
  const Inputs inputs{view, bytes, nullptr};
  return view.decisions[scan_bits(contents.boxes->block, inputs, best_vector_unit())];
}

ResidualTable::Form ResidualTable::form() const noexcept { return contents_->form; }

std::size_t ResidualTable::bytes() const noexcept {
  const Contents& c = *contents_;
  std::size_t out = sizeof c + c.cells.size() * sizeof(Decision) + c.diagram.nodes.size() * 4 +
                    c.domains.low.size() * 8;
  if (c.boxes != nullptr) {
    out += sizeof *c.boxes + c.boxes->bits.size() * 8 + c.boxes->leaves.size() * 4;
  }
  for (const Step& step : c.steps) {
    out += sizeof step + step.weights.size() * 4 + step.bounds.size() * 8;
  }
  return out;
}

std::vector<std::uint32_t> ResidualTable::read_facts() const { return contents_->read; }

Expected<ResidualTable> ResidualTable::bind(const Table& table, const FactRow& row) {
  std::vector<StaticFact> known;
  const std::vector<FactInfo>& facts = table.facts();
  for (std::uint32_t i = 0; i < facts.size(); ++i) {
    if (row.is_set(i)) known.push_back({i, code_in(row.data(), facts[i])});
  }
  return bind(table, known);
}

Expected<ResidualTable> ResidualTable::bind(const Table& table, std::span<const StaticFact> facts) {
  const auto known = known_facts(table, facts);
  if (!known) return tl::unexpected(known.error());
  const TableView& view = table.view();
  auto out = std::make_shared<Contents>();
  const auto count = static_cast<std::uint32_t>(view.facts.size());
  const std::uint32_t bad = first_bad(view, *known);
  out->steps = checks_of_open(view, *known, bad);
  if (bad < count) {
    out->cells = {{Decision::Kind::kBadFact, Decision::kNone, bad, Decision::kNone}};
    return ResidualTable(table, std::move(out));
  }
  const auto open = residual::open_facts(view, *known);
  if (open) {
    if (auto cells = residual::make_cells(table, *known, *open)) {
      out->steps = std::move(cells->steps);
      out->cells = std::move(cells->cells);
      for (const Step& step : out->steps) {
        if (step.kind != Step::Kind::kCheck) out->read.push_back(step.fact);
      }
      check_at_once(view, *known, out->steps, out->domains);
      return ResidualTable(table, std::move(out));
    }
  }
  const BlockView& last = view.blocks.back();
  const auto block = static_cast<std::uint32_t>(view.blocks.size() - 1);
  if (open && last.complete && last.engine == Engine::kWalk) {
    out->form = Form::kDiagram;
    out->diagram = residual::restrict_diagram(view, last, *known);
  } else if (open && last.complete && last.engine == Engine::kBits) {
    out->form = Form::kBoxes;
    out->boxes = residual::restrict_boxes(view, block, *known, *open);
  } else {
    out->form = Form::kWhole;
    out->statics.assign(facts.begin(), facts.end());
    if (table.facts_size() > residual::kMostStruct) {
      return fail(
          fmt::format("the facts of `{}` take {} bytes, more than the {} that can be bound; "
                      "decide with the table itself",
                      table.policy(), table.facts_size(), residual::kMostStruct));
    }
  }
  for (std::uint32_t f = 0; f < count; ++f) {
    if ((*known)[f]) continue;
    bool reads = !open || out->form == Form::kWhole;
    for (std::size_t i = 0; !reads && i < open->size(); ++i) {
      reads = (*open)[i].fact == f && (*open)[i].groups > 1;
    }
    if (reads) out->read.push_back(f);
  }
  check_at_once(view, *known, out->steps, out->domains);
  return ResidualTable(table, std::move(out));
}

}  // namespace switchyard
