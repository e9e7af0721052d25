#include "runtime/table/table.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "runtime/table/file_bytes.h"
#include "runtime/table/structure.h"
#include "runtime/table/view.h"

namespace switchyard {

struct Table::Contents {
  explicit Contents(FileBytes bytes) : file(std::move(bytes)) {}

  FileBytes file;
  TableView view;
  DensePlan plan;
  std::vector<std::uint32_t> plan_luts;
  std::vector<Decision> plan_cells;
  std::string policy, compiler;
  std::vector<FactInfo> facts;
  std::vector<TargetInfo> targets;
  std::vector<OutcomeInfo> outcomes;
  std::vector<RuleInfo> rules;
  std::vector<AssumptionInfo> assumptions;
  std::vector<BlockInfo> blocks;
  std::vector<std::vector<std::uint32_t>> faster;
  std::vector<std::uint32_t> by_name;  // facts
  std::size_t facts_size = 0, facts_alignment = 4;

  void describe();
  void make_plan();
  static Expected<Table> make(FileBytes file, const std::string& name);
};

namespace {

std::string text_of(const flatbuffers::String* string) {
  return string == nullptr ? std::string() : string->str();
}

// Not copied: many rules may name one long text.
std::string_view text_of(const Sections& sections, const format::Text& text) {
  return {sections.text.data() + text.begin(), text.size()};
}

std::vector<std::string> texts_of(
    const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* strings) {
  std::vector<std::string> out;
  if (strings == nullptr) return out;
  for (const flatbuffers::String* string : *strings) out.push_back(string->str());
  return out;
}

std::vector<std::uint32_t> numbers_of(const flatbuffers::Vector<std::uint32_t>* numbers) {
  if (numbers == nullptr) return {};
  return {numbers->begin(), numbers->end()};
}

FactInfo info_of(const format::Fact& fact, std::uint32_t offset) {
  FactInfo out;
  out.name = fact.name()->str();
  out.kind = static_cast<FactInfo::Kind>(fact.kind());
  out.low = fact.low();
  out.high = fact.high();
  out.symbols = texts_of(fact.symbols());
  if (fact.has_default()) out.default_code = fact.default_code();
  out.source = static_cast<FactInfo::Source>(fact.source());
  out.source_key = text_of(fact.source_key());
  out.replaces = text_of(fact.replaces());
  out.doc = text_of(fact.doc());
  out.width = fact.width();
  out.offset = offset;
  return out;
}

TargetInfo info_of(const format::Target& target) {
  TargetInfo out;
  out.name = target.name()->str();
  out.block = target.block();
  out.doc = text_of(target.doc());
  if (target.parameters() != nullptr) {
    for (const format::Parameter* parameter : *target.parameters()) {
      out.parameters.push_back({parameter->name()->str(), parameter->is_integer(), parameter->low(),
                                parameter->high(), texts_of(parameter->symbols()),
                                parameter->default_value()});
    }
  }
  if (target.attributes() != nullptr) {
    for (const format::Attribute* attribute : *target.attributes()) {
      out.attributes.push_back(
          {attribute->name()->str(), attribute->value()->str(), attribute->is_integer()});
    }
  }
  return out;
}

}  // namespace

void Table::Contents::describe() {
  const Sections& sections = view.sections;
  const format::PolicyTable& from = *sections.policy;
  policy = from.policy()->str();
  compiler = from.compiler()->str();
  for (std::uint32_t f = 0; f < view.facts.size(); ++f) {
    facts.push_back(info_of(*from.facts()->Get(f), view.facts[f].offset));
    if (facts.back().width == 8) facts_alignment = 8;
    facts_size = facts.back().offset + facts.back().width;
  }
  facts_size = (facts_size + facts_alignment - 1) / facts_alignment * facts_alignment;
  for (const format::Target* target : *from.targets()) targets.push_back(info_of(*target));
  for (const format::Outcome* outcome : *from.outcomes()) {
    OutcomeInfo info{outcome->refused(), 0, {}};
    if (!info.refused) {
      info.target = outcome->target();
      for (std::uint32_t p = 0; p < targets[info.target].parameters.size(); ++p) {
        info.parameters.push_back(from.parameter_values()->Get(outcome->first_parameter() + p));
      }
    }
    outcomes.push_back(std::move(info));
  }
  for (const format::Rule* rule : *from.rules()) {
    rules.push_back({static_cast<RuleInfo::Kind>(rule->kind()), rule->block(), rule->otherwise(),
                     text_of(sections, rule->because()), text_of(sections, rule->text()),
                     text_of(sections, rule->location())});
  }
  if (from.assumptions() != nullptr) {
    for (const format::Assumption* assumption : *from.assumptions()) {
      assumptions.push_back({text_of(sections, assumption->text()),
                             text_of(sections, assumption->location())});
    }
  }
  for (const format::Block* block : *from.blocks()) {
    blocks.push_back({block->name()->str(), numbers_of(block->targets()), block->first_row(),
                      block->rows(), static_cast<Engine>(block->engine()), block->complete()});
  }
  if (from.faster() != nullptr) {
    for (const format::Chain* chain : *from.faster()) faster.push_back(numbers_of(chain->targets()));
  }
  by_name.resize(facts.size());
  std::iota(by_name.begin(), by_name.end(), 0u);
  std::sort(by_name.begin(), by_name.end(),
            [&](std::uint32_t a, std::uint32_t b) { return facts[a].name < facts[b].name; });
}

// The inline path of decide(): few int32 facts with small domains, dense array.
void Table::Contents::make_plan() {
  constexpr std::uint32_t kLargestLut = 4'096;
  constexpr std::uint64_t kMostCells = 4'096;  // 64 KiB
  const BlockView& block = view.blocks.back();
  const std::size_t count = view.facts.size();
  const std::uint64_t cells = view.sections.policy->blocks()->Get(
      static_cast<std::uint32_t>(view.blocks.size() - 1))->size();
  if (block.engine != Engine::kDense || !view.all_narrow || count == 0 ||
      count > DensePlan::kMaxFacts || cells > kMostCells) {
    return;
  }
  for (const std::uint32_t span : view.narrow_span) {
    if (span >= kLargestLut) return;
  }
  std::vector<std::size_t> begins;
  for (std::size_t f = 0; f < count; ++f) {
    begins.push_back(plan_luts.size());
    for (std::int64_t code = view.facts[f].low; code <= view.facts[f].high; ++code) {
      const std::uint32_t cell = class_of(view.axes[f], code) * block.strides[f];
      plan_luts.push_back(cell * static_cast<std::uint32_t>(sizeof(Decision)));
    }
  }
  for (std::size_t f = 0; f < count; ++f) {
    plan.fact[f] = {plan_luts.data() + begins[f], view.narrow_low[f], view.narrow_span[f]};
  }
  plan.facts = static_cast<std::uint32_t>(count);
  for (std::uint64_t c = 0; c < cells; ++c) plan_cells.push_back(view.decisions[block.cells[c]]);
  plan.cells = plan_cells.data();
}

Expected<Table> Table::Contents::make(FileBytes file, const std::string& name) {
  auto sections = read_sections(file.bytes(), name);
  if (!sections) return fail(sections.error().message);
  std::string wrong = check_policy(*sections);
  if (wrong.empty()) wrong = check_engines(*sections);
  if (!wrong.empty()) {
    return fail(fmt::format("the table `{}` is damaged: {}; write it again with policyc", name, wrong));
  }
  auto contents = std::make_shared<Contents>(std::move(file));
  contents->view = make_view(*sections);
  contents->describe();
  contents->make_plan();
  return Table(std::move(contents));
}

Table::Table(std::shared_ptr<const Contents> contents)
    : contents_(std::move(contents)), plan_(&contents_->plan), view_(&contents_->view) {}

Expected<Table> Table::open(const std::string& path) {
  auto file = FileBytes::map(path);
  if (!file) return fail(file.error().message);
  return Contents::make(std::move(*file), path);
}

Expected<Table> Table::from_bytes(std::span<const std::byte> bytes, const std::string& name) {
  return Contents::make(FileBytes::copy(bytes), name);
}

const std::string& Table::policy() const { return contents_->policy; }
const std::vector<FactInfo>& Table::facts() const { return contents_->facts; }
const std::vector<TargetInfo>& Table::targets() const { return contents_->targets; }
const std::vector<OutcomeInfo>& Table::outcomes() const { return contents_->outcomes; }
const std::vector<RuleInfo>& Table::rules() const { return contents_->rules; }
const std::vector<AssumptionInfo>& Table::assumptions() const { return contents_->assumptions; }
const std::vector<BlockInfo>& Table::blocks() const { return contents_->blocks; }
const std::vector<std::vector<std::uint32_t>>& Table::faster() const { return contents_->faster; }
std::size_t Table::facts_size() const { return contents_->facts_size; }
std::size_t Table::facts_alignment() const { return contents_->facts_alignment; }
const std::string& Table::hash() const { return contents_->view.sections.hash; }
const std::string& Table::compiler() const { return contents_->compiler; }
std::uint16_t Table::format_major() const { return contents_->view.sections.major; }
std::uint16_t Table::format_minor() const { return contents_->view.sections.minor; }
std::span<const std::byte> Table::bytes() const { return contents_->file.bytes(); }

std::optional<std::uint32_t> Table::fact_index(std::string_view name) const {
  const auto& facts = contents_->facts;
  const auto& order = contents_->by_name;
  const auto found =
      std::lower_bound(order.begin(), order.end(), name, [&](std::uint32_t f, std::string_view text) {
        return facts[f].name < text;
      });
  if (found == order.end() || facts[*found].name != name) return std::nullopt;
  return *found;
}

}  // namespace switchyard
