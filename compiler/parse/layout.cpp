#include "compiler/parse/layout.h"

#include <algorithm>

#include "PolicyParser.h"
#include "compiler/parse/token_kind.h"
#include "compiler/source/utf8.h"

namespace switchyard {
namespace {

using G = grammar::PolicyParser;

constexpr std::uint32_t kWidth = 100;

std::uint32_t columns(std::string_view text) {
  std::uint32_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    width += point.character == kNotUtf8
                 ? 1u
                 : static_cast<std::uint32_t>(display_width(point.character));
    at += point.length;
  }
  return width;
}

}  // namespace

ItemLayout::ItemLayout(std::string_view source, std::vector<Token> tokens,
                       std::vector<Token> comments, std::uint32_t indent)
    : source_(source),
      tokens_(std::move(tokens)),
      comments_(std::move(comments)),
      indent_(indent),
      roles_(tokens_.size(), Role::kPlain),
      levels_(tokens_.size(), kNoBreak) {
  find_roles();
  find_levels();
}

// `<` opens a set where no comparison can stand: after anything but an operand.
void ItemLayout::find_roles() {
  bool in_set = false;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    const std::uint16_t type = tokens_[i].type;
    if (type == G::OPEN_BRACE || type == G::OPEN_PAREN) {
      roles_[i] = Role::kOpen;
    } else if (type == G::CLOSE_BRACE || type == G::CLOSE_PAREN) {
      roles_[i] = Role::kClose;
    } else if (type == G::GT && in_set) {
      roles_[i] = Role::kClose;
      in_set = false;
    } else if (type == G::LT && i > 0) {
      const std::uint16_t before = tokens_[i - 1].type;
      const bool quantified =
          (before == G::ANY || before == G::ALL) && i > 1 && tokens_[i - 2].type == G::HAS;
      if (!ends_condition(before) || quantified) {
        roles_[i] = Role::kOpen;
        in_set = true;
      }
    }
  }
}

void ItemLayout::find_levels() {
  const std::uint16_t first = tokens_.front().type;
  int depth = 0;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (roles_[i] == Role::kClose) --depth;
    if (i > 0) {
      const int base = 4 * depth;
      switch (tokens_[i].type) {
        case G::IMPLIES:
          levels_[i] = base;
          break;
        case G::OR:
          levels_[i] = base + 1;
          break;
        case G::AND:
          levels_[i] = base + 2;
          break;
        case G::BAR:
        case G::AMPERSAND:
          levels_[i] = base + 3;
          break;
        case G::OVER:
          if (first == G::FASTER) levels_[i] = base + 3;
          break;
        case G::MINUS:
          if (tokens_[i + 1].type != G::INTEGER) levels_[i] = base + 3;
          break;
        case G::BECAUSE:
        case G::ARROW:
          if (depth == 0) levels_[i] = kPart;
          break;
        case G::FROM:
        case G::REPLACES:
          if (depth == 0 && first == G::FACT && i > 3) levels_[i] = kPart;
          break;
        case G::QUOTED: {
          const std::uint16_t before = tokens_[i - 1].type;
          const bool documents = (first == G::FACT || first == G::TARGET) &&
                                 i + 1 == tokens_.size() && before != G::ENV &&
                                 before != G::ASSIGN && depth == 0;
          if (documents) levels_[i] = kPart;
          break;
        }
        default:
          break;
      }
      if (tokens_[i - 1].type == G::COMMA) levels_[i] = base + 3;
    }
    if (roles_[i] == Role::kOpen) ++depth;
  }
}

bool ItemLayout::space_before(std::size_t i) const {
  if (i == 0) return false;
  const std::uint16_t type = tokens_[i].type, before = tokens_[i - 1].type;
  if (type == G::COMMA || type == G::DOT || before == G::DOT) return false;
  if (type == G::CLOSE_PAREN || before == G::OPEN_PAREN) return false;
  if (type == G::CLOSE_BRACE && before == G::OPEN_BRACE) return false;
  if (type == G::GT && roles_[i] == Role::kClose) return false;
  if (before == G::LT && roles_[i - 1] == Role::kOpen) return false;
  // A sign belongs to its number; a difference of sets has no number on its right.
  if (before == G::MINUS && type == G::INTEGER) return false;
  if (type == G::COLON) return tokens_.front().type != G::GUARANTEE;
  if (type == G::OPEN_PAREN && is_name(before)) {
    return i > 1 && (before == G::ANY || before == G::ALL) && tokens_[i - 2].type == G::HAS;
  }
  return true;
}

std::uint32_t ItemLayout::width(std::size_t begin, std::size_t end) const {
  std::uint32_t total = 0;
  for (std::size_t i = begin; i < end; ++i) {
    total += columns(text(tokens_[i])) + (i > begin && space_before(i) ? 1 : 0);
  }
  return total;
}

bool ItemLayout::comment_inside(std::size_t begin, std::size_t end) const {
  return std::any_of(comments_.begin(), comments_.end(), [&](const Token& comment) {
    return comment.begin >= tokens_[begin].end && comment.end <= tokens_[end - 1].begin;
  });
}

std::size_t ItemLayout::matching(std::size_t open) const {
  int depth = 0;
  for (std::size_t i = open; i < tokens_.size(); ++i) {
    if (roles_[i] == Role::kOpen) ++depth;
    if (roles_[i] == Role::kClose && --depth == 0) return i;
  }
  return tokens_.size() - 1;
}

// The end of what must fit on the line for a break before `begin` to be unnecessary.
std::size_t ItemLayout::chunk_end(std::size_t begin) const {
  std::size_t end = begin + 1;
  while (end < tokens_.size() && levels_[end] > levels_[begin]) ++end;
  return end;
}

// Whether a list of a declaration is spread over lines of its own: `enum {`, elements, `}`.
bool ItemLayout::list_spreads(std::size_t open) const {
  const std::uint16_t first = tokens_.front().type;
  if (first != G::FACT && first != G::TARGET && first != G::SET && first != G::EXAMPLE)
    return false;
  const std::size_t close = matching(open);
  return comment_inside(open, close + 1) || column_ + 1 + width(open, close + 1) > kWidth;
}

void ItemLayout::new_line(std::uint32_t indent) {
  out_ += '\n';
  out_.append(indent, ' ');
  column_ = indent;
  fresh_ = true;
  must_break_ = false;
}

void ItemLayout::put(std::size_t index) {
  if (!fresh_ && space_before(index)) {
    out_ += ' ';
    ++column_;
  }
  out_ += text(tokens_[index]);
  column_ += columns(text(tokens_[index]));
  fresh_ = false;
}

// Writes the comments that stand before token `before`.
void ItemLayout::put_comments(std::size_t before, std::uint32_t indent) {
  for (; next_comment_ < comments_.size(); ++next_comment_) {
    const Token& comment = comments_[next_comment_];
    if (comment.begin > tokens_[before].begin) return;
    const std::string_view gap =
        source_.substr(tokens_[before - 1].end, comment.begin - tokens_[before - 1].end);
    if (gap.find('\n') == std::string_view::npos) {
      out_ += "  ";
    } else if (!fresh_) {
      new_line(indent);
    }
    out_ += text(comment);
    fresh_ = false;
    must_break_ = true;
  }
}

void ItemLayout::one_line() {
  for (std::size_t i = 0; i < tokens_.size(); ++i) put(i);
}

void ItemLayout::broken() {
  const bool promise = tokens_.front().type == G::GUARANTEE;
  std::uint32_t inner = indent_ + 4;        // where a line goes on
  std::size_t spread_end = tokens_.size();  // closing bracket of the list that is spread now
  bool list_begins = false;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    const bool spreading = spread_end < tokens_.size();
    const std::uint32_t here = levels_[i] == kPart || spreading ? indent_ + 2 : inner;
    const std::uint32_t target = i == spread_end ? indent_ : here;
    if (i > 0) put_comments(i, i == spread_end ? indent_ + 2 : here);
    const bool reason = tokens_[i].type == G::BECAUSE && levels_[i] == kPart;
    const bool documents = tokens_[i].type == G::QUOTED && levels_[i] == kPart;
    bool breaks = must_break_ || list_begins || reason || i == spread_end;
    list_begins = false;
    if (promise && i > 0 && tokens_[i - 1].type == G::COLON) {
      breaks = true;
      inner = indent_ + 4;
      new_line(indent_ + 2);
      put(i);
      continue;
    }
    if (!breaks && levels_[i] != kNoBreak) {
      const std::uint32_t needed = width(i, chunk_end(i)) + (space_before(i) ? 1 : 0);
      breaks = column_ + needed > kWidth;
    }
    if (!breaks && documents) breaks = column_ + 1 + width(i, i + 1) > kWidth;
    if (breaks && i > 0) new_line(target);
    if (i == spread_end) spread_end = tokens_.size();
    put(i);
    if (roles_[i] == Role::kOpen && spread_end == tokens_.size() && list_spreads(i)) {
      spread_end = matching(i);
      list_begins = spread_end > i + 1;
    }
  }
}

std::string ItemLayout::render() {
  out_.append(indent_, ' ');
  column_ = indent_;
  if (comments_.empty() && indent_ + width(0, tokens_.size()) <= kWidth) {
    one_line();
  } else {
    broken();
  }
  return std::move(out_);
}

}  // namespace switchyard
