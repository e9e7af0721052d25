// Parsing from several threads at once gives each what it would have got alone.

#include <catch2/catch.hpp>
#include <string>
#include <thread>
#include <vector>

#include "tests/parse/corpus.h"

namespace switchyard {
namespace {

TEST_CASE("threads do not disturb each other") {
  std::vector<std::string> texts, expected;
  for (const CorpusFile& file : read_corpus()) {
    if (file.text.size() > 8000) continue;
    texts.push_back(file.text);
    const Parsed parsed(file.text);
    expected.push_back(parsed.dumped() + parsed.findings());
  }
  std::vector<std::vector<std::string>> got(4);
  std::vector<std::thread> threads;
  for (auto& mine : got) {
    threads.emplace_back([&texts, &mine] {
      for (const std::string& text : texts) {
        const Parsed parsed(text);
        mine.push_back(parsed.dumped() + parsed.findings());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& mine : got) CHECK(mine == expected);
}

}  // namespace
}  // namespace switchyard
