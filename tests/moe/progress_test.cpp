#include "runtime/moe/progress.h"

#include <catch2/catch.hpp>
#include <memory>

#include "tests/process/process.h"

namespace switchyard::moe {
namespace {

// Runs `steps` at made-up times, and gives what was written.
std::string written(bool terminal, const std::vector<double>& times) {
  const testing::TemporaryFolder folder;
  const std::string path = folder.path("out");
  std::FILE* const file = std::fopen(path.c_str(), "w");
  REQUIRE(file != nullptr);
  double now = 100;
  {
    Progress progress("preparing layer 3", file, terminal, [&] { return now; });
    std::uint64_t done = 0;
    for (const double time : times) {
      now = 100 + time;
      progress.update(++done * 1'000'000, 4'000'000);
    }
  }
  std::fclose(file);
  return testing::read_file(path);
}

TEST_CASE("progress: a bar on a terminal, gone at the end") {
  CHECK(written(true, {0.3, 0.35, 0.5}) ==
        "\rpreparing layer 3 [######..................]  25% of 4.0 MB\x1b[K"
        "\rpreparing layer 3 [##################......]  75% of 4.0 MB\x1b[K"
        "\r\x1b[K");
  CHECK(written(true, {0.3, 1, 2, 3, 4}).find("100% of 4.0 MB") != std::string::npos);
}

TEST_CASE("progress: nothing of what is done at once") {
  CHECK(written(true, {0.01, 0.02, 0.1}).empty());
  CHECK(written(false, {0.5, 1, 2.9}).empty());
}

TEST_CASE("progress: elsewhere one line, where it takes long") {
  CHECK(written(false, {1, 3.1, 4, 50}) == "moe: preparing layer 3: 50% of 4.0 MB after 3 s\n");
}

}  // namespace
}  // namespace switchyard::moe
