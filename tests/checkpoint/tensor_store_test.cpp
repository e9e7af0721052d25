#include "runtime/checkpoint/tensor_store.h"

#include <catch2/catch.hpp>

#include "runtime/checkpoint/safetensors_writer.h"
#include "tests/checkpoint/scratch_folder.h"

namespace switchyard::checkpoint {
namespace {

using Catch::Matchers::Contains;

TensorSource tensor(std::string name, char value) {
  return {std::move(name), Dtype::u8, {2}, [value](std::span<std::byte> bytes) {
            for (std::byte& byte : bytes) byte = std::byte(value);
          }};
}

std::string error_of_open(const ScratchFolder& folder) {
  const auto store = TensorStore::open(folder.path());
  REQUIRE_FALSE(store);
  return store.error().message;
}

TEST_CASE("one file") {
  const ScratchFolder folder;
  REQUIRE(write_safetensors(folder.file("model.safetensors"), {tensor("a", 'x')}));
  auto store = TensorStore::open(folder.path());
  REQUIRE(store);
  CHECK(store->has("a"));
  CHECK(store->get("a")->bytes[0] == std::byte('x'));
  CHECK_FALSE(store->has("b"));
  CHECK_THAT(store->get("A").error().message,
             Contains("tensor `A` is not in") && Contains("model.safetensors") &&
                 Contains("the next name there is `a`"));
}

TEST_CASE("shards are found through the index, and opened when they are needed") {
  const ScratchFolder folder;
  REQUIRE(write_safetensors(folder.file("one.safetensors"), {tensor("a", 'x')}));
  REQUIRE(write_safetensors(folder.file("two.safetensors"), {tensor("b", 'y')}));
  folder.write("model.safetensors.index.json",
               R"({"metadata": {"total_size": 4}, "weight_map": {"a": "one.safetensors",
                   "b": "two.safetensors", "c": "two.safetensors", "d": "lost.safetensors"}})");
  auto store = TensorStore::open(folder.path());
  REQUIRE(store);
  CHECK(store->get("b")->bytes[0] == std::byte('y'));
  CHECK(store->get("a")->bytes[0] == std::byte('x'));
  CHECK_THAT(store->location_of("b"), Contains("two.safetensors"));
  CHECK_THAT(store->get("c").error().message,
             Contains("tensor `c` is not in") && Contains("although"));
  CHECK_THAT(store->get("d").error().message,
             Contains("cannot open") && Contains("lost.safetensors") && Contains("tensor `d`"));
  CHECK_THAT(store->get("e").error().message, Contains("model.safetensors.index.json"));
}

TEST_CASE("folders without weights, and broken indices") {
  const ScratchFolder folder;
  CHECK_THAT(error_of_open(folder), Contains("has neither model.safetensors nor"));
  const auto index = [&](std::string_view text) {
    folder.write("model.safetensors.index.json", text);
    return error_of_open(folder);
  };
  CHECK_THAT(index("{"), Contains("not valid JSON"));
  CHECK_THAT(index("{}"), Contains("`weight_map` is missing"));
  CHECK_THAT(index(R"({"weight_map": []})"), Contains("$.weight_map: [] is not an object"));
  CHECK_THAT(index(R"({"weight_map": {"a": 1}})"), Contains("$.weight_map.a: 1 is not a string"));
  for (const char* name : {"../x.safetensors", "/x", "", ".."}) {
    CHECK_THAT(index(std::string(R"({"weight_map": {"a": ")") + name + "\"}}"),
               Contains("is not the name of a file in this folder"));
  }
  folder.write("model.safetensors", "short");
  CHECK_THAT(error_of_open(folder), Contains("5 bytes"));
}

}  // namespace
}  // namespace switchyard::checkpoint
