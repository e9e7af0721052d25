#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "compiler/source/source_file.h"

namespace switchyard::restoring {

// Finds where the parts of a text stand in it, one behind the other.
class ClausePlaces {
 public:
  explicit ClausePlaces(const SourceMap& sources) : sources_(sources) {}

  // `text` in the span `owner` from byte `from` on (of the file), as whole words; `owner` itself when
  // it is not there, which tables written by policyc never need. Together all calls look at no more
  // than kMaxLooks places: past it everything is `owner`.
  Span find(Span owner, std::uint32_t from, std::string_view text);

  // A use of the target `name`, its values included: "packed(block_m = 16)".
  Span find_use(Span owner, std::uint32_t from, std::string_view name);

 private:
  static constexpr std::size_t kMaxLooks = std::size_t{1} << 30;

  const SourceMap& sources_;
  std::size_t looks_left_ = kMaxLooks;
};

}  // namespace switchyard::restoring
