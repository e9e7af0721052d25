#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

// What the weights and activations of a layer are made of. The names are those of vLLM's
// OCP_MX_Scheme and of the policies.
namespace switchyard::kernels {

enum class WeightFormat : std::uint8_t { mxfp4, mxfp6_e3m2, mxfp6_e2m3 };

// bf16: not quantised. mx…: dynamically quantised in blocks of 32, at the layer's input and
// between the two products. fp8: e4m3 with one static scale a tensor.
enum class ActivationFormat : std::uint8_t { bf16, mxfp4, mxfp6_e3m2, mxfp6_e2m3, fp8 };

enum class Scheme : std::uint8_t {
  w_mxfp4,
  w_mxfp4_a_mxfp4,
  w_mxfp4_a_mxfp6_e3m2,
  w_mxfp4_a_mxfp6_e2m3,
  w_mxfp4_a_fp8,
  w_mxfp6_e3m2,
  w_mxfp6_e3m2_a_mxfp6_e3m2,
  w_mxfp6_e3m2_a_fp8,
  w_mxfp6_e2m3,
  w_mxfp6_e2m3_a_mxfp6_e2m3,
  w_mxfp6_e2m3_a_fp8,
};

struct SchemeInfo {
  Scheme scheme;
  std::string_view name;
  WeightFormat weight;
  ActivationFormat activation;
};

// Every scheme, in the order of the enum.
inline constexpr std::array<SchemeInfo, 11> kSchemes = {{
    {Scheme::w_mxfp4, "w_mxfp4", WeightFormat::mxfp4, ActivationFormat::bf16},
    {Scheme::w_mxfp4_a_mxfp4, "w_mxfp4_a_mxfp4", WeightFormat::mxfp4, ActivationFormat::mxfp4},
    {Scheme::w_mxfp4_a_mxfp6_e3m2, "w_mxfp4_a_mxfp6_e3m2", WeightFormat::mxfp4,
     ActivationFormat::mxfp6_e3m2},
    {Scheme::w_mxfp4_a_mxfp6_e2m3, "w_mxfp4_a_mxfp6_e2m3", WeightFormat::mxfp4,
     ActivationFormat::mxfp6_e2m3},
    {Scheme::w_mxfp4_a_fp8, "w_mxfp4_a_fp8", WeightFormat::mxfp4, ActivationFormat::fp8},
    {Scheme::w_mxfp6_e3m2, "w_mxfp6_e3m2", WeightFormat::mxfp6_e3m2, ActivationFormat::bf16},
    {Scheme::w_mxfp6_e3m2_a_mxfp6_e3m2, "w_mxfp6_e3m2_a_mxfp6_e3m2", WeightFormat::mxfp6_e3m2,
     ActivationFormat::mxfp6_e3m2},
    {Scheme::w_mxfp6_e3m2_a_fp8, "w_mxfp6_e3m2_a_fp8", WeightFormat::mxfp6_e3m2,
     ActivationFormat::fp8},
    {Scheme::w_mxfp6_e2m3, "w_mxfp6_e2m3", WeightFormat::mxfp6_e2m3, ActivationFormat::bf16},
    {Scheme::w_mxfp6_e2m3_a_mxfp6_e2m3, "w_mxfp6_e2m3_a_mxfp6_e2m3", WeightFormat::mxfp6_e2m3,
     ActivationFormat::mxfp6_e2m3},
    {Scheme::w_mxfp6_e2m3_a_fp8, "w_mxfp6_e2m3_a_fp8", WeightFormat::mxfp6_e2m3,
     ActivationFormat::fp8},
}};

constexpr const SchemeInfo& info(Scheme scheme) {
  return kSchemes[static_cast<std::size_t>(scheme)];
}

constexpr std::optional<Scheme> scheme_from_name(std::string_view name) {
  for (const SchemeInfo& entry : kSchemes) {
    if (entry.name == name) return entry.scheme;
  }
  return std::nullopt;
}

// The scheme of a pair of formats, if it is one of the 11.
constexpr std::optional<Scheme> scheme_of(WeightFormat weight, ActivationFormat activation) {
  for (const SchemeInfo& entry : kSchemes) {
    if (entry.weight == weight && entry.activation == activation) return entry.scheme;
  }
  return std::nullopt;
}

// Bits an element takes in memory, without its share of the scale.
constexpr int bits_of(WeightFormat format) { return format == WeightFormat::mxfp4 ? 4 : 6; }

// The way a layer is run (KERNELS.md). All compute the same function of the same bits, up to the
// roundings that each declares in kernels/moe/numerics.h.
enum class Variant : std::uint8_t { native, packed, emulated };

inline constexpr std::array<std::string_view, 3> kVariantNames = {"native", "packed", "emulated"};

constexpr std::string_view name_of(Variant variant) {
  return kVariantNames[static_cast<std::size_t>(variant)];
}

}  // namespace switchyard::kernels
