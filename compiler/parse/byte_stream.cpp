#include "compiler/parse/byte_stream.h"

#include <algorithm>

namespace switchyard {

size_t ByteStream::LA(ssize_t i) {
  if (i == 0) return 0;
  const ssize_t at = static_cast<ssize_t>(position_) + (i > 0 ? i - 1 : i);
  if (at < 0 || at >= static_cast<ssize_t>(text_.size())) return IntStream::EOF;
  return std::min<size_t>(static_cast<unsigned char>(text_[static_cast<size_t>(at)]), 0x7F);
}

std::string ByteStream::getText(const antlr4::misc::Interval& interval) {
  if (interval.a < 0 || interval.b < interval.a) return {};
  const auto begin = std::min(static_cast<size_t>(interval.a), text_.size());
  const auto end = std::min(static_cast<size_t>(interval.b) + 1, text_.size());
  return std::string(text_.substr(begin, end - begin));
}

}  // namespace switchyard
