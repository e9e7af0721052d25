#include "compiler/diff/fact_union.h"

#include <algorithm>

#include <fmt/format.h>

#include "compiler/sema/domain.h"

namespace switchyard::diff {

namespace {

constexpr std::size_t kMaxFlags = 16;

bool open_ended(const Fact& fact) { return fact.kind == FactKind::kName; }

sema::Intervals one(std::int64_t code) { return {{code, code}}; }

std::int64_t index_in(const std::vector<std::string>& symbols, const std::string& symbol) {
  return std::find(symbols.begin(), symbols.end(), symbol) - symbols.begin();
}

// By code of `own`, the codes of `whole`. An unlisted name is `other`, so the `other` of a name is
// every symbol that only the other side lists and what neither does.
std::vector<sema::Intervals> images_of(const Fact& own, const Fact& whole) {
  std::vector<sema::Intervals> images;
  sema::Intervals listed;
  for (const std::string& symbol : own.symbols) {
    images.push_back(one(index_in(whole.symbols, symbol)));
    listed = sema::unite(listed, images.back());
  }
  if (open_ended(own)) images.push_back(sema::subtract({{whole.low, whole.high}}, listed));
  return images;
}

sema::Intervals listed_in(const Fact& own, const Fact& whole) {
  sema::Intervals listed;
  for (const std::string& symbol : own.symbols) {
    listed = sema::unite(listed, one(index_in(whole.symbols, symbol)));
  }
  if (open_ended(own)) listed = sema::unite(listed, one(whole.high));
  return listed;
}

CodeMap flag_map(const Fact& own, const Fact& whole) {
  std::vector<std::uint32_t> bits;
  for (const std::string& symbol : own.symbols) {
    bits.push_back(static_cast<std::uint32_t>(index_in(whole.symbols, symbol)));
  }
  return CodeMap::flags(std::move(bits));
}

std::string with_article(const Fact& fact) {
  const std::string_view word = sema::type_word(fact.kind);
  const bool vowel = fact.kind == FactKind::kEnum || fact.kind == FactKind::kInt;
  return fmt::format("{} {}", vowel ? "an" : "a", word);
}

}  // namespace

CodeMap CodeMap::same(Interval own, Interval whole) {
  CodeMap map;
  map.own_ = own;
  map.whole_ = whole;
  return map;
}

CodeMap CodeMap::symbols(std::vector<sema::Intervals> images) {
  CodeMap map;
  map.kind_ = Kind::kSymbols;
  map.images_ = std::move(images);
  return map;
}

CodeMap CodeMap::flags(std::vector<std::uint32_t> bits) {
  CodeMap map;
  map.kind_ = Kind::kFlags;
  map.bits_ = std::move(bits);
  return map;
}

std::int64_t CodeMap::flags_of(std::int64_t own) const {
  std::int64_t result = 0;
  for (std::size_t i = 0; i < bits_.size(); ++i) {
    if ((own >> i) & 1) result |= std::int64_t{1} << bits_[i];
  }
  return result;
}

sema::Intervals CodeMap::domain() const {
  sema::Intervals result;
  switch (kind_) {
    case Kind::kSame:
      return {own_};
    case Kind::kSymbols:
      for (const sema::Intervals& image : images_) result = sema::unite(result, image);
      return result;
    case Kind::kFlags:
      for (std::int64_t code = 0; code >> bits_.size() == 0; ++code) {
        const std::int64_t united = flags_of(code);
        result.push_back({united, united});
      }
      return sema::normalized(std::move(result));
  }
  return result;
}

Atom CodeMap::image(const Atom& atom, FactId fact) const {
  Atom result = atom;
  result.fact = fact;
  switch (kind_) {
    case Kind::kSame:
      if (atom.kind != Atom::Kind::kIn) break;
      for (Interval& interval : result.intervals) {
        if (interval.low == own_.low) interval.low = whole_.low;
        if (interval.high == own_.high) interval.high = whole_.high;
      }
      break;
    case Kind::kSymbols:
      result.intervals.clear();
      for (const Interval& interval : atom.intervals) {
        for (std::int64_t code = interval.low; code <= interval.high; ++code) {
          result.intervals =
              sema::unite(result.intervals, images_[static_cast<std::size_t>(code)]);
        }
      }
      break;
    case Kind::kFlags:
      if (atom.kind != Atom::Kind::kIn) {
        result.operand = flags_of(atom.operand);
        break;
      }
      result.intervals.clear();
      for (const Interval& interval : atom.intervals) {
        for (std::int64_t code = interval.low; code <= interval.high; ++code) {
          const std::int64_t united = flags_of(code);
          result.intervals.push_back({united, united});
        }
      }
      result.intervals = sema::normalized(std::move(result.intervals));
      break;
  }
  return result;
}

tl::expected<FactUnion, std::string> unite(const Fact& old_fact, const Fact& new_fact) {
  const auto symbolic = [](const Fact& fact) {
    return fact.kind == FactKind::kEnum || fact.kind == FactKind::kName;
  };
  if (old_fact.kind != new_fact.kind && !(symbolic(old_fact) && symbolic(new_fact))) {
    return tl::unexpected(fmt::format(
        "fact `{}` is {} in the old policy and {} in the new one, so its values cannot be compared",
        new_fact.name, with_article(old_fact), with_article(new_fact)));
  }
  FactUnion result;
  Fact& fact = result.fact = new_fact;
  fact.default_code.reset();
  if (symbolic(old_fact)) {
    if (old_fact.kind != new_fact.kind) fact.kind = FactKind::kName;
    // An enum may list the symbol that stands for the rest in a name.
    const bool open = open_ended(fact);
    fact.symbols.clear();
    for (const Fact* side : {&old_fact, &new_fact}) {
      for (const std::string& symbol : side->symbols) {
        if (open && symbol == "other") continue;
        const bool known = index_in(fact.symbols, symbol) <
                           static_cast<std::int64_t>(fact.symbols.size());
        if (!known) fact.symbols.push_back(symbol);
      }
    }
    fact.low = 0;
    fact.high = static_cast<std::int64_t>(fact.symbols.size()) - (open ? 0 : 1);
    result.from_old = CodeMap::symbols(images_of(old_fact, fact));
    result.from_new = CodeMap::symbols(images_of(new_fact, fact));
    result.listed_old = listed_in(old_fact, fact);
    result.listed_new = listed_in(new_fact, fact);
    return result;
  }
  if (fact.kind == FactKind::kFlags) {
    fact.symbols = old_fact.symbols;
    for (const std::string& symbol : new_fact.symbols) {
      const bool known =
          index_in(fact.symbols, symbol) < static_cast<std::int64_t>(fact.symbols.size());
      if (!known) fact.symbols.push_back(symbol);
    }
    if (fact.symbols.size() > kMaxFlags) {
      return tl::unexpected(fmt::format(
          "flags `{}` have {} symbols in the two policies together, and a fact may have {}",
          fact.name, fact.symbols.size(), kMaxFlags));
    }
    fact.low = 0;
    fact.high = (std::int64_t{1} << fact.symbols.size()) - 1;
    result.from_old = flag_map(old_fact, fact);
    result.from_new = flag_map(new_fact, fact);
  } else {
    fact.low = std::min(old_fact.low, new_fact.low);
    fact.high = std::max(old_fact.high, new_fact.high);
    const Interval whole{fact.low, fact.high};
    result.from_old = CodeMap::same({old_fact.low, old_fact.high}, whole);
    result.from_new = CodeMap::same({new_fact.low, new_fact.high}, whole);
  }
  result.listed_old = result.from_old.domain();
  result.listed_new = result.from_new.domain();
  return result;
}

}  // namespace switchyard::diff
