#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/parse/lex.h"

namespace switchyard {

// The canonical layout of one item, for format.cpp: on one line when it fits in 100 columns, else
// broken before operators and after commas, lists that do not fit spread over lines of their own,
// and `because` and the documentation on lines of their own. Only white space is decided here.
class ItemLayout {
 public:
  // `tokens`: the item's, without comments. `comments`: those between its first and last token.
  // The layout does not depend on the line breaks of the source, except that a comment keeps
  // standing behind the token whose line it shares, or on a line of its own.
  ItemLayout(std::string_view source, std::vector<Token> tokens, std::vector<Token> comments,
             std::uint32_t indent);

  // Without a line break at the end.
  std::string render();

 private:
  enum class Role : std::uint8_t { kPlain, kOpen, kClose };  // brackets that hold a list

  void find_roles();
  void find_levels();
  void one_line();
  void broken();

  bool space_before(std::size_t index) const;
  std::string_view text(const Token& token) const {
    return source_.substr(token.begin, token.end - token.begin);
  }
  // Columns of the tokens [begin, end) on one line, without the space before the first.
  std::uint32_t width(std::size_t begin, std::size_t end) const;
  bool comment_inside(std::size_t begin, std::size_t end) const;
  std::size_t matching(std::size_t open) const;
  std::size_t chunk_end(std::size_t begin) const;
  bool list_spreads(std::size_t open) const;

  void new_line(std::uint32_t indent);
  void put(std::size_t index);
  void put_comments(std::size_t before, std::uint32_t indent);

  // An opportunity to break before a token; the lower, the better to break at.
  static constexpr int kNoBreak = 1 << 20;
  static constexpr int kPart = -1;  // because, from, replaces, documentation, `->`

  std::string_view source_;
  std::vector<Token> tokens_;
  std::vector<Token> comments_;
  std::uint32_t indent_;
  std::vector<Role> roles_;
  std::vector<int> levels_;
  std::size_t next_comment_ = 0;

  std::string out_;
  std::uint32_t column_ = 0;
  bool fresh_ = true;        // nothing stands on the line yet
  bool must_break_ = false;  // a comment ended the line
};

}  // namespace switchyard
