#include "runtime/table/direct_rows.h"

#include <algorithm>
#include <new>

#include "runtime/table/view.h"

namespace switchyard {

namespace {

constexpr std::align_val_t kAlignment{64};

}  // namespace

void DirectRows::Delete::operator()(std::uint64_t* words) const {
  ::operator delete(words, kAlignment);
}

void use_direct_rows(const TableView& table, BlockView& block) {
  if (table.facts.size() > kMaxDirectFacts) return;
  DirectRows& direct = block.direct;
  std::size_t copied = 0;
  std::vector<ArrayBitFact> others;
  for (const ArrayBitFact& fact : block.array_bit_facts) {
    const std::uint32_t index = fact.offset / 4;  // all facts are int32
    const std::uint32_t codes = table.narrow_span[index] + 1;
    bool plain = codes <= kMaxDirectCodes && codes != 0;
    const bool fits = plain;
    for (std::uint32_t code = 0; plain && code < codes; ++code) plain = fact.array[code] == code;
    const std::size_t bytes = std::size_t{codes} * block.row_words * sizeof(std::uint64_t);
    if (!fits || (!plain && copied + bytes > kMaxCopiedBytes)) {
      others.push_back(fact);
      continue;
    }
    if (direct.facts.empty()) {
      direct.address.resize(table.facts.size());
      direct.stride.resize(table.facts.size());
      direct.low = table.narrow_low;
    }
    const std::uint64_t* rows = fact.rows;
    if (!plain) {
      auto* copy = static_cast<std::uint64_t*>(::operator new(bytes, kAlignment));
      direct.copies.emplace_back(copy);
      copied += bytes;
      for (std::uint32_t code = 0; code < codes; ++code) {
        std::copy_n(fact.rows + std::size_t{fact.array[code]} * block.row_words, block.row_words,
                    copy + std::size_t{code} * block.row_words);
      }
      rows = copy;
    }
    direct.address[index] = reinterpret_cast<std::uintptr_t>(rows);
    direct.stride[index] = block.row_words * static_cast<std::uint32_t>(sizeof(std::uint64_t));
    direct.facts.push_back(static_cast<std::uint16_t>(index));
  }
  std::sort(direct.facts.begin(), direct.facts.end());
  block.array_bit_facts = std::move(others);
}

}  // namespace switchyard
