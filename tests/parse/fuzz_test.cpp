// Whatever the text, the parser ends with a tree and findings that can be shown, and a text without
// errors survives formatting. Set SWITCHYARD_SEED to repeat a run.

#include <catch2/catch.hpp>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "compiler/diagnostic/render.h"
#include "tests/parse/corpus.h"

namespace switchyard {
namespace {

std::uint64_t seed() {
  static const std::uint64_t chosen = [] {
    const char* given = std::getenv("SWITCHYARD_SEED");
    const std::uint64_t value = given ? std::strtoull(given, nullptr, 10) : std::random_device()();
    std::cout << "SWITCHYARD_SEED=" << value << "\n";
    return value;
  }();
  return chosen;
}

class Random {
 public:
  explicit Random(std::uint64_t stream) : engine_(seed() * 2654435761u + stream) {}
  std::size_t below(std::size_t bound) { return engine_() % bound; }
  template <typename T>
  const T& of(const std::vector<T>& items) {
    return items[below(items.size())];
  }

 private:
  std::mt19937_64 engine_;
};

void check(const std::string& text) {
  const Parsed parsed(text);
  const SourceFile& source = parsed.sources.file(0);
  for (const Diagnostic& found : parsed.sink.diagnostics()) {
    REQUIRE(found.span.begin <= found.span.end);
    REQUIRE(found.span.end <= source.text().size());
    REQUIRE_FALSE(found.message.empty());
    for (const Fix& fix : found.fixes) {
      for (const Fix::Edit& edit : fix.edits) REQUIRE(edit.span.end <= source.text().size());
    }
  }
  REQUIRE(render_human(parsed.sink.diagnostics(), parsed.sources).empty() ==
          parsed.sink.diagnostics().empty());
  REQUIRE_FALSE(render_json(parsed.sink.diagnostics(), parsed.sources).empty());
  REQUIRE((parsed.dumped() == parsed.dumped()));
  if (parsed.sink.has_errors()) return;
  const std::string formatted = parsed.formatted();
  const Parsed again(formatted);
  REQUIRE(again.findings() == "");
  REQUIRE((again.dumped() == parsed.dumped()));
  REQUIRE((again.formatted() == formatted));
}

const std::vector<std::string>& words() {
  static const std::vector<std::string> list = {"policy",
                                                "import",
                                                "fact",
                                                "assume",
                                                "let",
                                                "set",
                                                "target",
                                                "faster",
                                                "over",
                                                "refuse",
                                                "first",
                                                "of",
                                                "only",
                                                "never",
                                                "allow",
                                                "slower",
                                                "unsupported",
                                                "guarantee",
                                                "example",
                                                "decision",
                                                "when",
                                                "otherwise",
                                                "because",
                                                "requires",
                                                "and",
                                                "or",
                                                "not",
                                                "implies",
                                                "in",
                                                "has",
                                                "any",
                                                "all",
                                                "can",
                                                "true",
                                                "false",
                                                "bool",
                                                "enum",
                                                "name",
                                                "int",
                                                "version",
                                                "flags",
                                                "switch",
                                                "from",
                                                "env",
                                                "device",
                                                "model",
                                                "replaces",
                                                "matters",
                                                "irrelevant",
                                                "table",
                                                "overlay",
                                                "other",
                                                "a",
                                                "b",
                                                "x",
                                                "native",
                                                "packed",
                                                "==",
                                                "!=",
                                                "<",
                                                "<=",
                                                ">",
                                                ">=",
                                                "=",
                                                ":",
                                                ",",
                                                ".",
                                                "..",
                                                "->",
                                                "(",
                                                ")",
                                                "{",
                                                "}",
                                                "|",
                                                "&",
                                                "-",
                                                "%",
                                                "1",
                                                "64",
                                                "4K",
                                                "1.2",
                                                "9.9.9",
                                                "99999999999999999999",
                                                "\"text\"",
                                                "\"a\\n\"",
                                                "\"open",
                                                "'x'",
                                                "&&",
                                                "!",
                                                ";",
                                                "@",
                                                "é",
                                                "“",
                                                "\x01",
                                                "#c\n",
                                                "1_",
                                                "0x1",
                                                "if",
                                                "is",
                                                "\n",
                                                "\n",
                                                "\n",
                                                "\r\n",
                                                "\t"};
  return list;
}

TEST_CASE("random words never crash the parser") {
  Random random(1);
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    const std::size_t length = 1 + random.below(60);
    for (std::size_t i = 0; i < length; ++i) text += random.of(words()) + " ";
    INFO(text);
    check(text);
  }
}

TEST_CASE("random bytes never crash the parser") {
  Random random(2);
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    const std::size_t length = random.below(80);
    // Mostly text, so that the lexer gets beyond the check for UTF-8.
    const bool ascii = random.below(2) == 0;
    for (std::size_t i = 0; i < length; ++i) {
      text += static_cast<char>(ascii ? 1 + random.below(127) : random.below(256));
    }
    INFO(text);
    check(text);
  }
}

TEST_CASE("damaged policies never crash the parser") {
  Random random(3);
  const std::vector<CorpusFile> corpus = read_corpus();
  for (int round = 0; round < 3000; ++round) {
    const CorpusFile& file = random.of(corpus);
    std::string text = file.text;
    // A window, so that a round is short.
    if (text.size() > 1500) text = text.substr(random.below(text.size() - 1000), 1000);
    const std::size_t changes = 1 + random.below(4);
    for (std::size_t i = 0; i < changes && !text.empty(); ++i) {
      const std::size_t at = random.below(text.size());
      switch (random.below(5)) {
        case 0:
          text.erase(at, 1 + random.below(12));
          break;
        case 1:
          text.insert(at, " " + random.of(words()) + " ");
          break;
        case 2:
          text[at] = static_cast<char>(random.below(256));
          break;
        case 3:
          text.insert(at, text.substr(random.below(text.size()), random.below(40)));
          break;
        default:
          text.resize(at);
          break;
      }
    }
    INFO(file.path << "\n" << text);
    check(text);
  }
}

}  // namespace
}  // namespace switchyard
