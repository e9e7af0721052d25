#include "runtime/prepared/prepared_file.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/process/process.h"

namespace switchyard {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

constexpr std::size_t kHeader = 248, kPayload = 4096;

std::vector<std::byte> some_bytes(std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 7 + i / 251);
  return bytes;
}

struct Written {
  testing::TemporaryFolder folder;
  kernels::ThreadPool pool{2};
  std::string layout = "panels of 16, 64 x 32";
  Hash weights{{3, 4}};
  std::vector<std::byte> bytes;
  std::string path = folder.path("layer.prepared");

  explicit Written(std::size_t size = 1000) : bytes(some_bytes(size)) {
    REQUIRE(write_prepared(path, layout, weights, bytes, pool));
  }

  PreparedFile read() { return read_prepared(path, weights, pool); }

  // The file with these bytes instead.
  PreparedFile read(const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
    return read();
  }
};

}  // namespace

TEST_CASE("what was written is read, of any size", "[prepared]") {
  const std::size_t piece = std::size_t{4} << 20;
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{1000}, piece, piece + 1, 2 * piece + 12345}) {
    CAPTURE(size);
    Written written(size);
    const PreparedFile file = written.read();
    CHECK(file.problem == "");
    CHECK(file.layout == written.layout);
    REQUIRE(file.bytes);
    const auto bytes = file.bytes->bytes();
    CHECK(std::equal(bytes.begin(), bytes.end(), written.bytes.begin(), written.bytes.end()));
    CHECK(reinterpret_cast<std::uintptr_t>(bytes.data()) % 64 == 0);
    CHECK(std::filesystem::file_size(written.path) == kPayload + size);
  }
}

TEST_CASE("no file is no problem", "[prepared]") {
  Written written;
  std::filesystem::remove(written.path);
  const PreparedFile file = written.read();
  CHECK(!file.bytes);
  CHECK(file.problem == "");
}

TEST_CASE("other weights are named and not used", "[prepared]") {
  Written written;
  written.weights.words[1] ^= 1;
  const PreparedFile other = written.read();
  CHECK(other.problem == written.path + " is of other weights");
  CHECK(!other.foreign);
  CHECK(!other.bytes);
}

TEST_CASE("a layout's name is 1 to 183 bytes", "[prepared]") {
  Written written;
  written.layout = std::string(183, 'x');
  REQUIRE(
      write_prepared(written.path, written.layout, written.weights, written.bytes, written.pool));
  CHECK(written.read().layout == written.layout);
  for (const std::size_t size : {0, 184}) {
    const auto ok = write_prepared(written.path, std::string(size, 'x'), written.weights,
                                   written.bytes, written.pool);
    REQUIRE(!ok);
    CHECK_THAT(ok.error().message, Contains("the layout's name has "));
  }
  CHECK(written.read().layout == written.layout);
}

TEST_CASE("a file that is damaged anywhere is not used", "[prepared]") {
  Written written;
  const std::string whole = testing::read_file(written.path);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    if (at >= kHeader && at < kPayload) continue;  // zeros that nobody reads
    for (const int bit : {0, 3, 7}) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
      const PreparedFile file = written.read(damaged);
      CAPTURE(at, bit);
      REQUIRE(!file.bytes);
      REQUIRE_THAT(file.problem, StartsWith(written.path + " "));
      REQUIRE(file.foreign == (at < 8));
    }
  }
  CHECK(written.read(whole).bytes);
}

TEST_CASE("a file of another length is not used", "[prepared]") {
  Written written;
  const std::string whole = testing::read_file(written.path);
  for (std::size_t size = 0; size < whole.size(); size += size < 260 || size > 4080 ? 1 : 97) {
    const PreparedFile file = written.read(whole.substr(0, size));
    CAPTURE(size, file.problem);
    REQUIRE(!file.bytes);
    REQUIRE(!file.foreign);
    REQUIRE_THAT(file.problem, Contains(" is truncated: "));
  }
  CHECK(written.read(whole + "x").problem == written.path + " is longer than it says");
}

TEST_CASE("a header that names more bytes than there is memory for is an error", "[prepared]") {
  Written written;
  std::string whole = testing::read_file(written.path);
  for (const int byte : {16, 20, 23}) {
    std::string large = whole;
    large[static_cast<std::size_t>(byte)] = '\x7F';
    CHECK(!written.read(large).bytes);
  }
  CHECK(!PreparedBytes::allocate(std::size_t{1} << 60));
}

TEST_CASE("an older format is named", "[prepared]") {
  Written written;
  std::string old = testing::read_file(written.path);
  old[8] = 0;
  CHECK(written.read(old).problem ==
        written.path + " has version 0 of the format, and this program reads 1");
}

TEST_CASE("what is none of ours is said to be foreign", "[prepared]") {
  Written written;
  const PreparedFile file = written.read("{\"a\": 1}");
  CHECK(file.foreign);
  CHECK(file.problem == written.path + " holds no prepared weights");
  for (const std::string& path : {written.folder.path(), std::string("/dev/zero")}) {
    const PreparedFile other = read_prepared(path, written.weights, written.pool);
    CHECK(other.foreign);
    CHECK(other.problem == path + " is not a regular file");
  }
  const std::string pipe = written.folder.path("pipe");
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(read_prepared(pipe, written.weights, written.pool).foreign);  // and it does not wait
}

TEST_CASE("a file that cannot be written leaves what was there", "[prepared]") {
  Written written;
  CHECK_THAT(write_prepared(written.folder.path("no/such"), written.layout, written.weights,
                            written.bytes, written.pool)
                 .error()
                 .message,
             StartsWith("cannot write " + written.folder.path("no/such") + ": "));
  CHECK(std::distance(std::filesystem::directory_iterator(written.folder.path()), {}) == 1);
  CHECK(written.read().bytes);
}

TEST_CASE("a folder's file is named by device and weights", "[prepared]") {
  const testing::TemporaryFolder folder;
  const Hash weights{{0xAB, 0x1}};
  CHECK(prepared_path(folder.path(), "cpu", weights) ==
        folder.path("cpu-000000000000000100000000000000ab.prepared"));
  CHECK(prepared_path(folder.path("x"), "cpu", weights) == folder.path("x"));
}

}  // namespace switchyard
