#include <catch2/catch.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <random>

#include "runtime/checkpoint/model.h"
#include "tests/checkpoint/real_configs.h"

// Configs that somebody damaged, in their text and in their values. Reading must never crash (the
// sanitizers watch), every error must name the file, and what is accepted must be a layer that the
// kernels accept too.
namespace switchyard::checkpoint {
namespace {

using nlohmann::json;

std::vector<json> valid_configs() {
  std::vector<json> configs;
  for (const std::string& text :
       {gpt_oss_120b(), deepseek_r1_quark(), qwen3_235b_quark(), mixtral_quark()}) {
    json config = json::parse(text);
    // As wide, but not as deep, so that a round is quick.
    config["num_hidden_layers"] = 4;
    const char* experts = config.contains("n_routed_experts") ? "n_routed_experts"
                          : config.contains("num_experts")    ? "num_experts"
                                                              : "num_local_experts";
    config[experts] = 16;
    configs.push_back(config);
  }
  return configs;
}

json awkward(std::mt19937_64& random) {
  switch (random() % 16) {
    case 0: return nullptr;
    case 1: return -1;
    case 2: return 0;
    case 3: return 33;
    case 4: return INT64_MAX;
    case 5: return UINT64_MAX;
    case 6: return 1.5;
    case 7: return true;
    case 8: return "";
    case 9: return "re:(a*)*$";
    case 10: return json::array();
    case 11: return json::object();
    case 12: return json::array({"*", "re:.", "["});
    case 13: return "fp6_e3m2";
    case 14: return 64;
    default: return std::string(3000, 'x');
  }
}

json mutate_value(const json& config, std::mt19937_64& random) {
  json flat = config.flatten();
  auto entry = flat.begin();
  std::advance(entry, static_cast<std::ptrdiff_t>(random() % flat.size()));
  json::json_pointer pointer(entry.key());
  json result = config;
  // Somewhere on the way down to a leaf, so that whole objects change too.
  while (random() % 4 == 0 && !pointer.parent_pointer().empty()) pointer.pop_back();
  if (random() % 4 == 0) {
    json& parent = result[pointer.parent_pointer()];
    if (parent.is_object()) parent.erase(pointer.back());
  } else {
    result[pointer] = awkward(random);
  }
  return result;
}

std::string mutate_text(std::string text, std::mt19937_64& random) {
  for (std::size_t i = 0; i <= random() % 3; ++i) {
    const std::size_t at = random() % text.size();
    switch (random() % 4) {
      case 0: text[at] = static_cast<char>(random()); break;
      case 1: text.resize(at + 1); break;
      case 2: text.insert(at, text.substr(at, random() % 50)); break;
      default: text.erase(at, random() % 20 == 0 ? 0 : 1); break;
    }
    if (text.empty()) text = " ";
  }
  return text;
}

void check(const std::string& text, int& accepted) {
  const auto model = parse_model(text, "config.json");
  if (!model) {
    REQUIRE(model.error().message.find("config.json: ") == 0);
    return;
  }
  ++accepted;
  for (const MoeLayer& layer : model->moe_layers) {
    if (!layer.quantisation.scheme) continue;
    const auto valid = kernels::validate({.scheme = *layer.quantisation.scheme,
                                          .shape = model->shape,
                                          .activation = model->architecture->activation,
                                          .router = model->router});
    INFO(text);
    INFO((valid ? std::string() : valid.error().message));
    REQUIRE(valid);
  }
}

TEST_CASE("mutated configs never crash") {
  const auto seed = std::random_device()();
  std::printf("config fuzz seed %u\n", seed);
  std::mt19937_64 random(seed);
  const std::vector<json> valid = valid_configs();
  int accepted = 0;
  for (const json& config : valid) check(config.dump(), accepted);
  REQUIRE(accepted == static_cast<int>(valid.size()));
  for (int round = 0; round < 4'000; ++round) {
    json config = valid[random() % valid.size()];
    for (std::size_t i = 0; i <= random() % 2; ++i) config = mutate_value(config, random);
    check(config.dump(), accepted);
    check(mutate_text(valid[random() % valid.size()].dump(), random), accepted);
  }
  CHECK(accepted > 400);
  CHECK(accepted < 7600);
}

}  // namespace
}  // namespace switchyard::checkpoint
