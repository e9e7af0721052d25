#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

#include "runtime/decide/decide.h"
#include "runtime/format/version.h"
#include "runtime/table/inspect.h"
#include "runtime/table/table.h"
#include "tests/emit/random_tables.h"
#include "tests/process/process.h"
#include "tests/region/random_model.h"
#include "tests/table/edit_table.h"

namespace switchyard::testing {
namespace {

std::vector<std::byte> sample() {
  std::mt19937_64 random(42);
  return compile(random_model(random, {})).table(DeciderChoice::kAuto);
}

std::string write(const TemporaryFolder& folder, const std::string& name,
                  std::span<const std::byte> bytes) {
  return folder.write(name, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

// The error that opening gives; it must name the file and contain `part`.
void fails(const std::string& path, const std::string& part) {
  const auto table = Table::open(path);
  REQUIRE_FALSE(table.has_value());
  INFO(table.error().message);
  CHECK(table.error().message.find(path) != std::string::npos);
  CHECK(table.error().message.find(part) != std::string::npos);
}

}  // namespace

TEST_CASE("a written table opens, by file and from memory, as what was written") {
  const TemporaryFolder folder;
  const std::vector<std::byte> bytes = sample();
  const auto table = Table::open(write(folder, "a.table", bytes));
  REQUIRE(table.has_value());
  CHECK(table->policy() == "random");
  CHECK(table->format_major() == kFormatMajor);
  CHECK(table->format_minor() == kFormatMinor);
  CHECK(table->hash().size() == 32);
  CHECK(std::vector(table->bytes().begin(), table->bytes().end()) == bytes);
  const auto copy = Table::from_bytes(bytes);
  REQUIRE(copy.has_value());
  CHECK(copy->hash() == table->hash());
  CHECK(inspect(*copy) == inspect(*table));
  CHECK(inspect(*table).find(table->hash()) != std::string::npos);
  CHECK(inspect(*table).find("format    1.1") != std::string::npos);
  CHECK(inspect(*table).find("policyc ") != std::string::npos);
}

TEST_CASE("facts lie as C lays out a struct") {
  std::mt19937_64 random(3);
  for (int i = 0; i < 50; ++i) {
    const auto table =
        Table::from_bytes(compile(random_model(random, {})).table(DeciderChoice::kAuto));
    REQUIRE(table.has_value());
    std::size_t end = 0;
    for (const FactInfo& fact : table->facts()) {
      CHECK(fact.offset % fact.width == 0);
      CHECK(fact.offset >= end);
      CHECK(fact.offset - end < fact.width);
      CHECK((fact.width == 8) == (fact.kind == FactInfo::Kind::kVersion));
      CHECK(table->fact_index(fact.name) == static_cast<std::uint32_t>(&fact - table->facts().data()));
      end = fact.offset + fact.width;
    }
    CHECK(table->facts_size() >= end);
    CHECK(table->facts_size() % table->facts_alignment() == 0);
    CHECK_FALSE(table->fact_index("nothing").has_value());
  }
}

TEST_CASE("files that are no table say what they are") {
  const TemporaryFolder folder;
  const std::vector<std::byte> bytes = sample();
  fails(folder.path() + "/missing.table", "No such file");
  fails(folder.path(), "is a folder");
  fails(write(folder, "empty.table", {}), "is empty");
  fails(folder.write("text.table", "policy a\ntarget b\nb otherwise\n"), "is not a Switchyard table");
  fails(folder.write("short.table", "P"), "is not a Switchyard table");
  fails("/dev/null", "not a regular file");
  const std::string fifo = folder.path() + "/pipe";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  fails(fifo, "not a regular file");
  const std::string locked = write(folder, "locked.table", bytes);
  REQUIRE(::chmod(locked.c_str(), 0) == 0);
  if (::geteuid() != 0) fails(locked, "Permission denied");
}

TEST_CASE("truncated, extended and damaged tables are refused") {
  const TemporaryFolder folder;
  const std::vector<std::byte> bytes = sample();
  for (const std::size_t size : {std::size_t{8}, std::size_t{40}, std::size_t{63}, std::size_t{64},
                                 bytes.size() / 2, bytes.size() - 1}) {
    fails(write(folder, "cut.table", std::span(bytes).first(size)), "truncated");
  }
  std::vector<std::byte> longer = bytes;
  longer.push_back(std::byte{0});
  fails(write(folder, "longer.table", longer), "1 bytes follow its end");
  for (std::size_t at = 8; at < bytes.size(); at += 97) {
    std::vector<std::byte> other = bytes;
    other[at] ^= std::byte{4};
    const auto table = Table::from_bytes(other, "flipped");
    REQUIRE_FALSE(table.has_value());
    CHECK(table.error().message.find("flipped") != std::string::npos);
  }
}

TEST_CASE("another major format is refused, naming both and the remedy; another minor is read") {
  const TemporaryFolder folder;
  const auto with_version = [&](std::uint16_t major, std::uint16_t minor) {
    std::vector<std::byte> bytes = sample();
    std::memcpy(bytes.data() + offsetof(format::FileHeader, major), &major, sizeof major);
    std::memcpy(bytes.data() + offsetof(format::FileHeader, minor), &minor, sizeof minor);
    hash_again(bytes);
    return bytes;
  };
  for (const std::uint16_t major : {0, 2, 9}) {
    const std::string path = write(folder, "major.table", with_version(major, 3));
    fails(path, std::to_string(major) + ".3");
    fails(path, "1.x");
    fails(path, "policyc");
  }
  const auto newer = Table::from_bytes(with_version(1, 7));
  REQUIRE(newer.has_value());
  CHECK(newer->format_minor() == 7);
}

TEST_CASE("an unknown section is ignored when it is optional, and an error when it is not") {
  const std::vector<std::byte> bytes = sample();
  const auto known = Table::from_bytes(bytes);
  const auto optional = Table::from_bytes(with_unknown_section(bytes, true));
  if (!optional) FAIL(optional.error().message);
  CHECK(optional->rules().size() == known->rules().size());
  const auto required = Table::from_bytes(with_unknown_section(bytes, false));
  REQUIRE_FALSE(required.has_value());
  CHECK(required.error().message.find("format 1.2") != std::string::npos);
  CHECK(required.error().message.find("format 1.1") != std::string::npos);
  CHECK(required.error().message.find("newer libswitchyard") != std::string::npos);
}

TEST_CASE("a replaced file does not disturb the table that was open") {
  const TemporaryFolder folder;
  std::mt19937_64 random(5);
  const Compiled before = compile(random_model(random, {}));
  const std::string path = write(folder, "a.table", before.table(DeciderChoice::kAuto));
  const auto table = Table::open(path);
  REQUIRE(table.has_value());
  const std::string old = inspect(*table);
  const std::string other =
      write(folder, "b.table", compile(random_model(random, {})).table(DeciderChoice::kAuto));
  REQUIRE(std::rename(other.c_str(), path.c_str()) == 0);
  CHECK(inspect(*table) == old);
  CHECK(Table::open(path)->hash() != table->hash());
}

}  // namespace switchyard::testing
