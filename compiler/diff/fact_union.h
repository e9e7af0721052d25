#pragma once

#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "compiler/sema/intervals.h"
#include "compiler/sema/model.h"

namespace switchyard::diff {

// How the codes of one declaration of a fact read as codes of the united fact.
class CodeMap {
 public:
  // Every code stays itself: bools, switches, ints, versions, decisions. `own` and `whole`: the
  // range of the declaration and of the united fact.
  static CodeMap same(Interval own, Interval whole);
  // enum, name: by own code, the united codes that it stands for (several for `other`).
  static CodeMap symbols(std::vector<sema::Intervals> images);
  // flags: by own symbol, its bit in the united fact.
  static CodeMap flags(std::vector<std::uint32_t> bits);

  // The united codes that the declaration has a value for.
  sema::Intervals domain() const;
  // The same condition on the united fact, right on `domain`. Where a range reaches the end of its
  // domain it is drawn out to that of the united one, so that `x >= 5` stays the same condition when
  // the domain grows.
  Atom image(const Atom& atom, FactId fact) const;

 private:
  std::int64_t flags_of(std::int64_t own) const;

  enum class Kind : std::uint8_t { kSame, kSymbols, kFlags } kind_ = Kind::kSame;
  Interval own_, whole_;
  std::vector<sema::Intervals> images_;
  std::vector<std::uint32_t> bits_;
};

struct FactUnion {
  Fact fact;  // texts and span are those of the new declaration
  CodeMap from_old, from_new;
  sema::Intervals listed_old, listed_new;  // united codes that each declaration lists by itself
};

// Two declarations of one name as one fact; an error's text says why there is none.
tl::expected<FactUnion, std::string> unite(const Fact& old_fact, const Fact& new_fact);

}  // namespace switchyard::diff
