// What `policyc fmt` writes means what was read, keeps every comment, and stays as it is when it is
// formatted again.

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/parse/corpus.h"

namespace switchyard {
namespace {

std::vector<std::string> comments(const std::string& text) {
  std::vector<std::string> found;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (text[i] == '#' && !quoted) {
      std::size_t end = text.find('\n', i);
      if (end == std::string::npos) end = text.size();
      std::string comment = text.substr(i, end - i);
      while (!comment.empty() && std::string(" \t\r").find(comment.back()) != std::string::npos) {
        comment.pop_back();
      }
      found.push_back(comment);
      i = end;
    }
  }
  return found;
}

TEST_CASE("formatting keeps the tree and the comments, and is idempotent") {
  std::size_t formatted_files = 0;
  for (const CorpusFile& file : read_corpus()) {
    const Parsed before(file.text);
    if (before.sink.has_errors()) continue;
    INFO(file.path);
    ++formatted_files;
    const std::string formatted = before.formatted();
    const Parsed after(formatted);
    CHECK(after.findings() == "");
    CHECK(after.dumped() == before.dumped());
    CHECK(after.formatted() == formatted);
    CHECK(comments(formatted) == comments(file.text));
    CHECK(formatted.find("\n\n\n") == std::string::npos);
    CHECK(formatted.find(" \n") == std::string::npos);
    CHECK(formatted.find('\t') == std::string::npos);
  }
  CHECK(formatted_files >= 15);
}

TEST_CASE("lines are at most 100 columns where they can be broken") {
  std::string text = "let long = a0";
  for (int i = 1; i < 200; ++i) text += (i % 3 == 0 ? " or a" : " and a") + std::to_string(i);
  text += "\nset s = <b0";
  for (int i = 1; i < 200; ++i) text += ", b" + std::to_string(i);
  text += ">\nt when x in <c0";
  for (int i = 1; i < 200; ++i) text += ", c" + std::to_string(i);
  text += "> because \"r\"\n";
  const std::string formatted = Parsed(text).formatted();
  std::size_t begin = 0;
  for (std::size_t end = formatted.find('\n'); end != std::string::npos;
       end = formatted.find('\n', begin)) {
    CHECK(end - begin <= 100);
    begin = end + 1;
  }
  CHECK(Parsed(formatted).formatted() == formatted);
}

TEST_CASE("the layout of the source does not matter") {
  const std::string expected =
      "fact a : enum { x, y } = x  # why\n"
      "t(m = -1) when a == x and not (b or c) because \"r\"\n";
  CHECK(Parsed("fact a:enum{x,y}=x # why\nt(m=-1)when a==x and not(b or c)because\"r\"")
            .formatted() == expected);
  CHECK(Parsed("fact\n a\n:\nenum\n{\nx\n,\ny\n}\n=\nx # why\n\tt ( m = - 1 ) when\r\n a == x and\n"
               "not ( b\nor c ) because\n\n\n\"r\"\r\n\r\n")
            .formatted() == expected);
}

}  // namespace
}  // namespace switchyard
