#include "compiler/source/utf8.h"

#include <string>

#include <catch2/catch.hpp>

namespace switchyard {
namespace {

// RFC 3629, section 3: the one encoding of every code point.
std::string encode(char32_t c) {
  if (c < 0x80) return {static_cast<char>(c)};
  if (c < 0x800) return {static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 0x3F))};
  if (c < 0x10000) {
    return {static_cast<char>(0xE0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3F)),
            static_cast<char>(0x80 | (c & 0x3F))};
  }
  return {static_cast<char>(0xF0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 0x3F)),
          static_cast<char>(0x80 | (c >> 6 & 0x3F)), static_cast<char>(0x80 | (c & 0x3F))};
}

TEST_CASE("every code point is decoded, surrogates are not") {
  std::size_t wrong = 0;
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    const std::string bytes = encode(c);
    const CodePoint point = decode_utf8(bytes, 0);
    const bool surrogate = c >= 0xD800 && c <= 0xDFFF;
    const bool right = surrogate ? point.character == kNotUtf8
                                 : point.character == c && point.length == bytes.size();
    if (!right) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("what is not UTF-8 is one byte of nothing") {
  for (const char* bytes : {"\x80", "\xBF", "\xC0\xAF", "\xC1\xBF", "\xE0\x80\xAF", "\xE0\x9F\xBF",
                            "\xF0\x80\x80\xAF", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xFE",
                            "\xFF", "\xC3", "\xE2\x82", "\xF0\x9F\x98", "\xC3(", "\xE2(\xA1"}) {
    const CodePoint point = decode_utf8(bytes, 0);
    CHECK(point.character == kNotUtf8);
    CHECK(point.length == 1);
  }
}

TEST_CASE("columns") {
  CHECK(display_width(U'a') == 1);
  CHECK(display_width(U'\u00e9') == 1);
  CHECK(display_width(U'\u0301') == 0);
  CHECK(display_width(U'\u200b') == 0);
  CHECK(display_width(U'\u65e5') == 2);
  CHECK(display_width(U'\uac00') == 2);
  CHECK(display_width(U'\uff21') == 2);
  CHECK(display_width(U'\U0001f600') == 2);
  CHECK(display_width(U'\x1b') == 0);
}

}  // namespace
}  // namespace switchyard
