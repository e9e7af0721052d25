#include <catch2/catch.hpp>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "runtime/prepared/prepared_file.h"
#include "tests/moe/moe.h"

// `moe run --cache` and `--isa` as a user runs them.
namespace switchyard::moe {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using nlohmann::json;

struct Model {
  TemporaryFolder folder;
  std::string policy = folder.write("p.policy", small_policy(4));
  std::string path = make("m", "1");
  std::string cache = folder.path("cache");  // a file that is not there yet

  std::string make(const std::string& name, const std::string& seed) const {
    REQUIRE(moe({"make-model", folder.path(name), "--scheme", "w_mxfp4", "--seed", seed}).status ==
            0);
    return folder.path(name);
  }
  std::vector<std::string> run(std::vector<std::string> options) const {
    std::vector<std::string> all = {"run",     "--policy", policy,    "--model",   path,
                                    "--layer", "1",        "--check", "--threads", "2"};
    all.insert(all.end(), options.begin(), options.end());
    return all;
  }
  // What is said of the cache, after a run that is right; its messages are in `err`.
  json cached(const std::string& named, std::string* err = nullptr) const {
    const ProcessResult result = moe(run({"--cache", named, "--json"}));
    CAPTURE(result.err);
    REQUIRE(result.status == 0);
    if (err != nullptr) *err = result.err;
    const json answer = json::parse(result.out);
    CHECK(answer["check"]["passed"] == true);
    return answer["cache"];
  }
  void write_cache(const std::string& text) const {
    std::ofstream(cache, std::ios::binary) << text;
  }
};

std::size_t files_in(const std::string& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

TEST_CASE("cache: written once, read after that, by every kernel of the layout") {
  const Model model;
  CHECK(model.cached(model.cache)["outcome"] == "written");
  const std::string whole = testing::read_file(model.cache);
  const json second = model.cached(model.cache);
  CHECK(second["outcome"] == "read");
  CHECK(second["path"] == model.cache);
  CHECK(!second.contains("problem"));
  CHECK((testing::read_file(model.cache) == whole));
  // 5 tokens: the policy's other kernel.
  const ProcessResult other = moe(model.run({"--cache", model.cache, "--tokens", "5"}));
  CHECK(other.status == 0);
  CHECK(other.err.empty());
  CHECK_THAT(other.out, Contains("decision  emulated") &&
                            Contains("cache     read from " + model.cache + " in "));
}

TEST_CASE("cache: nothing is kept on disk unless it was asked for") {
  const Model model;
  const std::size_t before = files_in(model.folder.path());
  const ProcessResult result = moe(model.run({}));
  CHECK(result.status == 0);
  CHECK_THAT(result.out, !Contains("cache "));
  CHECK(files_in(model.folder.path()) == before);
  CHECK(files_in(model.path) == files_in(model.make("n", "1")));
}

TEST_CASE("cache: a folder holds a file a layer, named by its weights") {
  const Model model;
  std::filesystem::create_directory(model.cache);
  CHECK(model.cached(model.cache)["outcome"] == "written");
  CHECK(model.cached(model.cache)["outcome"] == "read");
  std::vector<std::string> other = model.run({"--cache", model.cache});
  other[6] = "2";  // the layer
  CHECK_THAT(moe(other).out, Contains("cache     written to " + model.cache + "/cpu-"));
  CHECK(files_in(model.cache) == 2);
  CHECK(model.cached(model.cache)["outcome"] == "read");
}

TEST_CASE("cache: what is damaged, truncated or old is named, not used, and made anew") {
  const Model model;
  REQUIRE(model.cached(model.cache)["outcome"] == "written");
  const std::string whole = testing::read_file(model.cache);
  const auto with = [&](std::size_t at, char value) {
    std::string text = whole;
    text[at] = value;
    return text;
  };
  const std::pair<std::string, const char*> cases[] = {
      {"", "is truncated: it has 0 bytes, less than a header"},
      {whole.substr(0, 1000), "is truncated: it has 1000 bytes, less than a header"},
      {whole.substr(0, whole.size() - 1), "is truncated: it holds "},
      {whole + "x", "is longer than it says"},
      {with(8, 0), "has version 0 of the format, and this program reads 1"},
      {with(30, static_cast<char>(~whole[30])), "has a damaged header"},
      {with(5000, static_cast<char>(~whole[5000])),
       "is damaged: its bytes do not have their checksum"},
      {with(whole.size() - 1, static_cast<char>(~whole.back())),
       "is damaged: its bytes do not have their checksum"}};
  for (const auto& [text, problem] : cases) {
    CAPTURE(problem);
    model.write_cache(text);
    std::string err;
    CHECK(model.cached(model.cache, &err)["outcome"] == "written");
    CHECK_THAT(err, StartsWith("moe: " + model.cache + " " + problem) &&
                        Contains("; the weights are prepared from the checkpoint\n"));
    CHECK((testing::read_file(model.cache) == whole));
  }
}

TEST_CASE("cache: the prepared weights of another model, and a layout of another kernel") {
  Model model;
  REQUIRE(model.cached(model.cache)["outcome"] == "written");
  const std::string first = testing::read_file(model.cache);
  // The same place, size and shape: only what the tensors hold is different.
  model.path = model.make("m2", "2");
  std::string err;
  CHECK(model.cached(model.cache, &err)["outcome"] == "written");
  CHECK(err == "moe: " + model.cache +
                   " is of other weights; the weights are prepared from the checkpoint\n");
  CHECK(model.cached(model.cache)["outcome"] == "read");

  Hash weights;
  const std::string text = testing::read_file(model.cache);
  std::memcpy(&weights, text.data() + 40, sizeof(weights));
  kernels::ThreadPool pool(1);
  const std::vector<std::byte> bytes(text.size() - 4096);
  const std::size_t sizes[] = {bytes.size(), 100};
  for (const std::size_t size : sizes) {
    const std::string layout = size == 100 ? std::string(text.data() + 56) : "rows of nobody";
    REQUIRE(write_prepared(model.cache, layout, weights, std::span(bytes).first(size), pool));
    const json refused = model.cached(model.cache, &err);
    CHECK(refused["outcome"] == "written");
    CHECK_THAT(err, StartsWith("moe: " + model.cache + " does not serve this kernel: "));
    CHECK((testing::read_file(model.cache) == text));
  }
}

TEST_CASE("cache: a file that is none of ours stays, and so does a place that takes none") {
  const Model model;
  const std::string config = model.path + "/config.json";
  const std::string before = testing::read_file(config);
  std::string err;
  CHECK(model.cached(config, &err)["outcome"] == "none");
  CHECK(err == "moe: " + config +
                   " holds no prepared weights, so it is not replaced: name another file; the "
                   "weights are prepared from the checkpoint\n");
  CHECK(testing::read_file(config) == before);
  const std::string nowhere = model.folder.path("no/such");
  CHECK(model.cached(nowhere, &err)["outcome"] == "none");
  CHECK_THAT(err, StartsWith("moe: cannot write " + nowhere + ": No such file or directory"));
  CHECK_THAT(moe(model.run({"--cache", "/dev/null"})).out, Contains("not kept in /dev/null"));
}

TEST_CASE("isa: every path that this processor has is right, and the others are refused") {
  const Model model;
  const std::string help = moe({"run", "--help"}).out;
  std::size_t ran = 0;
  for (const std::string isa : {"portable", "avx2", "avx512", "avx512_bf16", "amx"}) {
    CAPTURE(isa);
    CHECK_THAT(help, Contains(isa));
    const ProcessResult result = moe(model.run({"--isa", isa, "--tokens", "3"}));
    CAPTURE(result.err);
    if (result.status == 0) {
      ++ran;
      CHECK_THAT(result.out, Contains("within the bound"));
    } else {
      CHECK(result.status == 2);
      CHECK_THAT(result.err, Contains(isa) && Contains("portable"));
    }
  }
  CHECK(ran >= 1);
  // One layout: what one path prepared serves another.
  REQUIRE(moe(model.run({"--cache", model.cache})).status == 0);
  CHECK_THAT(moe(model.run({"--cache", model.cache, "--isa", "portable"})).out,
             Contains("cache     read from "));
  const ProcessResult unknown = moe(model.run({"--isa", "sse9"}));
  CHECK(unknown.status == 2);
  CHECK_THAT(unknown.err, Contains("`sse9`") && Contains("portable"));
  const ProcessResult gpu = moe(model.run({"--isa", "portable", "--device", "cuda"}),
                                {std::string("LD_LIBRARY_PATH=") + SWITCHYARD_PRETEND_CUDA});
  CHECK(gpu.status == 2);
  CHECK(
      gpu.err ==
      "moe: --isa is of the CPU, and the layer runs on cuda; leave it out, or say --device cpu\n");
}

}  // namespace
}  // namespace switchyard::moe
