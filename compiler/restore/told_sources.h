#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "compiler/source/source_file.h"
#include "runtime/base/error.h"
#include "runtime/format/policy_table_generated.h"

namespace switchyard::restoring {

inline constexpr std::uint32_t kMaxToldLines = 1u << 22;    // lines of all files together
inline constexpr std::size_t kMaxToldBytes = 64u << 20;     // bytes of all texts together

// Source files made of what a table tells of them: pieces of text, each at its "file:line".
class ToldSources {
 public:
  using PieceId = std::uint32_t;

  // `text_section` must outlive this; ranges were checked when the table was opened.
  explicit ToldSources(std::string_view text_section) : section_(text_section) {}

  // The same text at the same place is one piece.
  PieceId add(const format::Text& location, const format::Text& text);

  // Makes the files: the pieces of a line side by side, in the order in which they were added. A
  // piece whose line is taken by an earlier one of several lines gets another file of that name.
  // Fails past kMaxToldBytes.
  Expected<void> lay_out(SourceMap& sources);

  // After lay_out: the whole piece.
  Span span(PieceId piece) const { return pieces_[piece].span; }
  std::string_view text(const format::Text& text) const {
    return section_.substr(text.begin(), text.size());
  }

 private:
  struct Piece {
    std::string_view location, text;
    Span span;
  };
  std::string_view section_;
  std::vector<Piece> pieces_;
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>, PieceId> known_;
};

}  // namespace switchyard::restoring
