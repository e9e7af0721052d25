#include <catch2/catch.hpp>
#include <cstring>
#include <string>

#include "runtime/checkpoint/safetensors.h"
#include "runtime/checkpoint/safetensors_writer.h"
#include "tests/checkpoint/scratch_folder.h"

namespace switchyard::checkpoint {
namespace {

using Catch::Matchers::Contains;

std::string error_of(std::string_view bytes) {
  const auto parsed = parse_safetensors(as_bytes(bytes), "f.safetensors");
  REQUIRE_FALSE(parsed.has_value());
  return parsed.error().message;
}

// A file whose header is `header`, with `data` bytes behind it.
std::string error_of_header(std::string_view header, std::size_t data) {
  return error_of(safetensors_bytes(header, std::string(data, 'x')));
}

TEST_CASE("a written file reads back") {
  const ScratchFolder folder;
  const std::string path = folder.file("model.safetensors");
  const auto fill = [](char first) {
    return [first](std::span<std::byte> bytes) {
      for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = std::byte(first + char(i));
    };
  };
  REQUIRE(write_safetensors(path, {{"b.weight", Dtype::bf16, {2, 3}, fill('a')},
                                   {"a \"quoted\" name", Dtype::f32, {}, fill('A')},
                                   {"empty", Dtype::u8, {0, 7}, fill('0')},
                                   {"fp4", Dtype::f4, {2, 4}, fill('4')}}));
  const auto file = SafetensorsFile::open(path);
  REQUIRE(file);
  REQUIRE(file->tensors().size() == 4);
  const TensorEntry* entry = file->find("b.weight");
  REQUIRE(entry != nullptr);
  const TensorView view = file->view(*entry);
  CHECK(view.dtype == Dtype::bf16);
  CHECK(to_text(view.shape) == "[2, 3]");
  CHECK(std::memcmp(view.bytes.data(), "abcdefghijkl", 12) == 0);
  CHECK(view.bytes.size() == 12);
  CHECK(file->view(*file->find("a \"quoted\" name")).bytes.size() == 4);
  CHECK(file->view(*file->find("fp4")).bytes.size() == 4);
  CHECK(file->view(*file->find("empty")).bytes.empty());
  CHECK(file->find("c") == nullptr);
}

TEST_CASE("all dtypes have a name that reads back") {
  for (int i = 0; i <= static_cast<int>(Dtype::f64); ++i) {
    const Dtype dtype = static_cast<Dtype>(i);
    CHECK(dtype_from_name(name_of(dtype)) == dtype);
    CHECK(bits_of(dtype) >= 4);
  }
  CHECK_FALSE(dtype_from_name("Q4"));
}

TEST_CASE("lengths that cannot be") {
  CHECK_THAT(error_of(""), Contains("f.safetensors: 0 bytes"));
  CHECK_THAT(error_of("1234567"), Contains("7 bytes") && Contains("copy it again"));
  std::string huge(16, '\xFF');
  CHECK_THAT(error_of(huge), Contains("past the limit"));
  CHECK_THAT(error_of(safetensors_bytes("{}", "").substr(0, 9)), Contains("only 1 follow"));
  CHECK_THAT(error_of(safetensors_bytes("", "")), Contains("does not start with"));
  CHECK_THAT(error_of(safetensors_bytes("[]", "")), Contains("does not start with"));
}

TEST_CASE("headers that are not JSON of the right form") {
  CHECK_THAT(error_of_header("{", 0), Contains("not valid JSON"));
  CHECK_THAT(error_of_header("{} {}", 0), Contains("not valid JSON"));
  CHECK_THAT(error_of_header("{\"\xFF\": 1}", 0), Contains("not valid JSON"));
  CHECK_THAT(error_of_header(R"({"a": 1})", 0), Contains("$.a: 1 is not an object"));
  CHECK_THAT(error_of_header(R"({"__metadata__": {"n": 1}})", 0),
             Contains("$.__metadata__.n: metadata is text"));
  CHECK_THAT(error_of_header(std::string("{\"a\":") + std::string(2000, '['), 0),
             Contains("not valid JSON"));
}

TEST_CASE("tensors that contradict themselves") {
  const auto tensor = [](std::string_view dtype, std::string_view shape,
                         std::string_view offsets) {
    return std::string(R"({"a.b": {"dtype": )") + std::string(dtype) + R"(, "shape": )" +
           std::string(shape) + R"(, "data_offsets": )" + std::string(offsets) + "}}";
  };
  CHECK(parse_safetensors(as_bytes(safetensors_bytes(tensor(R"("F32")", "[2]", "[0, 8]"),
                                                     "12345678")),
                          "f"));
  CHECK_THAT(error_of_header(tensor(R"("F33")", "[2]", "[0, 8]"), 8),
             Contains("$[\"a.b\"].dtype") && Contains("unknown dtype \"F33\""));
  CHECK_THAT(error_of_header(tensor("7", "[2]", "[0, 8]"), 8), Contains("not a string"));
  CHECK_THAT(error_of_header(tensor(R"("F32")", "2", "[0, 8]"), 8), Contains("not a list"));
  CHECK_THAT(error_of_header(tensor(R"("F32")", "[-2]", "[0, 8]"), 8), Contains("-2 is negative"));
  CHECK_THAT(error_of_header(tensor(R"("F32")", "[2.0]", "[0, 8]"), 8),
             Contains("2.0 is not an integer"));
  CHECK_THAT(error_of_header(tensor(R"("F32")", "[99999999999999999999]", "[0, 8]"), 8),
             Contains("f.safetensors: header"));
  CHECK_THAT(error_of_header(tensor(R"("F32")", "[4611686018427387904, 4]", "[0, 8]"), 8),
             Contains("no number of bytes"));
  CHECK_THAT(error_of_header(tensor(R"("F4")", "[3]", "[0, 1]"), 1),
             Contains("no number of bytes"));
  CHECK_THAT(error_of_header(tensor(R"("F32")", "[3]", "[0, 8]"), 8),
             Contains("[3] elements of F32 take 12 bytes, but data_offsets span 8"));
  CHECK_THAT(error_of_header(tensor(R"("F32")", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "[0, 4]"),
                             4),
             Contains("17 dimensions"));
  CHECK_THAT(error_of_header(tensor(R"("F32")", "[2]", "[0]"), 8), Contains("1 numbers instead"));
  CHECK_THAT(error_of_header(tensor(R"("F32")", "[2]", "[-8, 0]"), 8), Contains("-8 is negative"));
  CHECK_THAT(error_of_header(tensor(R"("F32")", "[2]", "[8, 0]"), 8), Contains("after its end"));
  CHECK_THAT(error_of_header(tensor(R"("F32")", "[2]", "[0, 8]"), 7),
             Contains("the file holds 7 bytes of tensors"));
  CHECK_THAT(error_of_header(R"({"a": {"shape": [], "data_offsets": [0, 4]}})", 4),
             Contains("`dtype` is missing"));
  CHECK_THAT(error_of_header(R"({"a": {"dtype": "F32", "data_offsets": [0, 4]}})", 4),
             Contains("`shape` is missing"));
  CHECK_THAT(error_of_header(R"({"a": {"dtype": "F32", "shape": []}})", 4),
             Contains("`data_offsets` is missing"));
  CHECK_THAT(
      error_of_header(
          R"({"a": {"dtype": "F32", "shape": [], "data_offsets": [0, 4], "strides": []}})", 4),
      Contains("$.a.strides: unknown field"));
}

TEST_CASE("overlaps, holes, bytes behind the end, names given twice") {
  const auto two = [](std::string_view first, std::string_view second) {
    return std::string(R"({"a": {"dtype": "U8", "shape": [4], "data_offsets": )") +
           std::string(first) + R"(}, "b": {"dtype": "U8", "shape": [4], "data_offsets": )" +
           std::string(second) + "}}";
  };
  CHECK(parse_safetensors(as_bytes(safetensors_bytes(two("[4, 8]", "[0, 4]"), "12345678")), "f"));
  CHECK_THAT(error_of_header(two("[0, 4]", "[2, 6]"), 6),
             Contains("`a` and `b` overlap at byte 2"));
  CHECK_THAT(error_of_header(two("[0, 4]", "[0, 4]"), 4), Contains("overlap"));
  CHECK_THAT(error_of_header(two("[0, 4]", "[5, 9]"), 9),
             Contains("bytes 4 to 5 before tensor `b` belong to no tensor"));
  CHECK_THAT(error_of_header(two("[1, 5]", "[5, 9]"), 9), Contains("bytes 0 to 1"));
  CHECK_THAT(error_of_header(two("[0, 4]", "[4, 8]"), 11), Contains("the last 3 bytes"));
  CHECK_THAT(error_of_header(R"({"a": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]},
                                 "a": {"dtype": "U8", "shape": [1], "data_offsets": [1, 2]}})",
                             2),
             Contains("$.a: named twice"));
}

TEST_CASE("files that cannot be opened") {
  const ScratchFolder folder;
  const auto missing = SafetensorsFile::open(folder.file("none.safetensors"));
  REQUIRE_FALSE(missing);
  CHECK_THAT(missing.error().message, Contains("cannot open") && Contains("none.safetensors"));
  const auto directory = SafetensorsFile::open(folder.path());
  REQUIRE_FALSE(directory);
  CHECK_THAT(directory.error().message, Contains("not a regular file"));
  folder.write("empty", "");
  const auto empty = SafetensorsFile::open(folder.file("empty"));
  REQUIRE_FALSE(empty);
  CHECK_THAT(empty.error().message, Contains("0 bytes"));
}

TEST_CASE("a file that cannot be written leaves nothing behind") {
  const ScratchFolder folder;
  const auto written = write_safetensors(folder.file("no/such/folder.safetensors"), {});
  REQUIRE_FALSE(written);
  CHECK_THAT(written.error().message, Contains("cannot write"));
}

}  // namespace
}  // namespace switchyard::checkpoint
