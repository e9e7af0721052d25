#pragma once

#include <string>
#include <string_view>

#include <antlr4-runtime.h>

namespace switchyard {

// A text as ANTLR's lexer reads it, a byte at a time, so that token positions are byte offsets and
// nothing is copied or decoded. Bytes above 0x7E are given as 0x7F: the grammar admits them only in
// comments and quoted text, and the lexer caches transitions for 7-bit characters only.
// The text must outlive the stream.
class ByteStream final : public antlr4::CharStream {
 public:
  explicit ByteStream(std::string_view text) : text_(text) {}

  void consume() override { ++position_; }
  size_t LA(ssize_t i) override;
  ssize_t mark() override { return 0; }
  void release(ssize_t) override {}
  size_t index() override { return position_; }
  void seek(size_t index) override { position_ = index; }
  size_t size() override { return text_.size(); }
  std::string getSourceName() const override { return {}; }
  std::string getText(const antlr4::misc::Interval& interval) override;
  std::string toString() const override { return std::string(text_); }

 private:
  std::string_view text_;
  size_t position_ = 0;
};

}  // namespace switchyard
