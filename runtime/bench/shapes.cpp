#include "runtime/bench/shapes.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include "runtime/decide/fact_value.h"

namespace switchyard::bench {
namespace {

using kernels::Activation;
using kernels::Router;

constexpr std::int64_t kMostOfAnything = 1 << 20;

std::vector<NamedShape> known_shapes() {
  const Router gpt_oss;
  const Router qwen3{Router::Kind::top_k_of_softmax, true};
  const Router deepseek_v3{Router::Kind::sigmoid_grouped, true, 8, 4, 2.5f};
  return {{"gpt-oss-120b", "gpt_oss", {2880, 2880, 128, 4}, gpt_oss, Activation::swigluoai},
          {"qwen3-235b", "qwen3_moe", {4096, 1536, 128, 8}, qwen3, Activation::silu},
          {"deepseek-v3", "deepseek_v3", {7168, 2048, 256, 8}, deepseek_v3, Activation::silu}};
}

// The four numbers of "HxIxExK"; nothing if it is not four numbers.
std::optional<std::array<std::int64_t, 4>> parse_numbers(std::string_view text) {
  std::array<std::int64_t, 4> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, numbers[i]);
    if (error != std::errc() || stop == text.data()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
    if (i + 1 == numbers.size()) break;
    if (!text.starts_with('x')) return std::nullopt;
    text.remove_prefix(1);
  }
  if (!text.empty()) return std::nullopt;
  return numbers;
}

}  // namespace

Expected<NamedShape> find_shape(std::string_view text) {
  std::vector<std::string> names;
  for (NamedShape& known : known_shapes()) {
    if (known.name == text) return std::move(known);
    names.push_back(known.name);
  }
  const auto numbers = parse_numbers(text);
  if (!numbers) {
    return fail(
        fmt::format("there is no shape `{}`{}; there are {}, and HxIxExK such as "
                    "2880x2880x128x4 (hidden, intermediate, experts, experts a token)",
                    text, nearest(text, names), fmt::join(names, ", ")));
  }
  const auto& [hidden, intermediate, experts, top_k] = *numbers;
  for (const std::int64_t number : *numbers) {
    if (number > kMostOfAnything) {
      return fail(
          fmt::format("shape `{}`: {} is too large; {} at most", text, number, kMostOfAnything));
    }
  }
  NamedShape result{std::string(text), "", {hidden, intermediate, experts, top_k}, {}};
  kernels::LayerConfig config;
  config.shape = result.shape;
  if (const auto ok = kernels::validate(config); !ok) {
    return fail(fmt::format("shape `{}`: {}", text, ok.error().message));
  }
  return result;
}

}  // namespace switchyard::bench
