#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "compiler/emit/write_file.h"
#include "tests/process/process.h"

namespace switchyard::testing {
namespace {

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

std::size_t files_in(const std::string& folder) {
  const std::filesystem::directory_iterator files(folder);
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

}  // namespace

TEST_CASE("a file is replaced as a whole, and nothing else is left in its folder") {
  const TemporaryFolder folder;
  const std::string path = folder.path("a.table");
  REQUIRE(write_file(path, bytes_of("first")));
  CHECK(read_file(path) == "first");
  REQUIRE(write_file(path, bytes_of("second, longer")));
  CHECK(read_file(path) == "second, longer");
  REQUIRE(write_file(path, {}));
  CHECK(read_file(path).empty());
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("a written file has the permissions of any new file") {
  const TemporaryFolder folder;
  const mode_t before = ::umask(027);
  const auto written = write_file(folder.path("a.table"), bytes_of("x"));
  ::umask(before);
  REQUIRE(written);
  struct stat status {};
  REQUIRE(::stat(folder.path("a.table").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0640);
}

TEST_CASE("what cannot be written is said, and leaves everything as it was") {
  const TemporaryFolder folder;
  const auto fails = [&](const std::string& path, const std::string& part) {
    const auto written = write_file(path, bytes_of("x"));
    REQUIRE_FALSE(written.has_value());
    INFO(written.error().message);
    CHECK(written.error().message.find(part) != std::string::npos);
    CHECK(written.error().message.find(path) != std::string::npos);
  };
  fails(folder.path(), "a folder");
  fails(folder.path("no/such/a.table"), "there is no folder `" + folder.path("no/such/") + "`");
  fails(folder.path() + "/", "a folder");
  fails("/dev/null", "not a regular file");
  const std::string plain = folder.write("plain", "text");
  fails(plain + "/a.table", "Not a directory");
  CHECK(read_file(plain) == "text");
  CHECK(files_in(folder.path()) == 1);
}

}  // namespace switchyard::testing
