#include "runtime/checkpoint/quark_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace switchyard::checkpoint {
namespace {

using kernels::ActivationFormat;
using kernels::WeightFormat;

constexpr std::int64_t kGroup = 32;

// Levenshtein distance, for field names only.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, substituted});
    }
  }
  return row.back();
}

// A tensor specification's members, as Quark 0.8 to 0.12 exports them.
Expected<void> check_spec_fields(const Json& spec) {
  if (!spec.is_array()) {
    return check_fields(
        spec, {"block_size", "ch_axis", "dtype", "enable_buffer_reuse", "group_size", "is_dynamic",
               "is_scale_quant", "max_input_numel", "mx_element_dtype", "observer_cls", "qscheme",
               "qat_spec", "range_lower_bound", "range_upper_bound", "round_method",
               "scale_calculation_mode", "scale_format", "scale_type", "symmetric",
               "zero_point_type"});
  }
  const auto levels = spec.elements();
  if (!levels) return tl::unexpected(levels.error());
  for (const Json& level : *levels) {
    if (Expected<void> checked = check_spec_fields(level); !checked) return checked;
  }
  return {};
}

// The value must be `wanted`.
Expected<void> require_text(const Json& spec, std::string_view key, std::string_view wanted,
                            std::string_view what) {
  const Expected<Json> value = spec.at(key, what);
  if (!value) return tl::unexpected(value.error());
  const Expected<std::string> text = value->string();
  if (!text) return tl::unexpected(text.error());
  if (*text == wanted) return {};
  return value->error(fmt::format("{} is not supported: {} must be \"{}\"; export the model with "
                                  "an MX specification",
                                  value->text(), what, wanted));
}

Expected<bool> read_dynamic(const Json& spec) {
  const Expected<Json> value = spec.at("is_dynamic", "whether scales are computed for each batch");
  if (!value) return tl::unexpected(value.error());
  return value->boolean();
}

// One scale a block of 32, e8m0: what the MX specification calls a block.
Expected<void> require_blocks(const Json& spec) {
  if (Expected<void> checked =
          require_text(spec, "qscheme", "per_group", "the granularity of MX scales");
      !checked) {
    return checked;
  }
  const Expected<Json> size = spec.at("group_size", "the elements that share a scale");
  if (!size) return tl::unexpected(size.error());
  const Expected<std::int64_t> elements = size->integer();
  if (!elements) return tl::unexpected(elements.error());
  if (*elements != kGroup) {
    return size->error(fmt::format("{} is not supported: MX blocks have {} elements; export the "
                                   "model with group_size {}",
                                   *elements, kGroup, kGroup));
  }
  if (const std::optional<Json> axis = spec.find("ch_axis")) {
    const Expected<std::int64_t> value = axis->integer();
    if (!value) return tl::unexpected(value.error());
    if (*value != -1 && *value != 1) {
      return axis->error(fmt::format("{} is not supported: MX blocks lie along the last axis, -1",
                                     *value));
    }
  }
  return require_text(spec, "scale_format", "e8m0", "the format of MX scales");
}

Expected<std::string> read_dtype(const Json& spec) {
  if (spec.is_array()) {
    return spec.error("a list of specifications (two levels of scales) is no MX scheme; export the "
                      "experts with one specification");
  }
  const Expected<Json> value = spec.at("dtype", "the elements' type");
  if (!value) return tl::unexpected(value.error());
  return value->string();
}

Expected<WeightFormat> read_weight(const Json& spec) {
  const Expected<std::string> dtype = read_dtype(spec);
  if (!dtype) return tl::unexpected(dtype.error());
  WeightFormat format = WeightFormat::mxfp4;
  if (*dtype == "fp6_e3m2") {
    format = WeightFormat::mxfp6_e3m2;
  } else if (*dtype == "fp6_e2m3") {
    format = WeightFormat::mxfp6_e2m3;
  } else if (*dtype != "fp4") {
    return spec.find("dtype")->error(fmt::format(
        "\"{}\" is not supported for expert weights; fp4, fp6_e3m2 and fp6_e2m3 are", *dtype));
  }
  if (Expected<void> checked = require_blocks(spec); !checked) {
    return tl::unexpected(checked.error());
  }
  const Expected<bool> dynamic = read_dynamic(spec);
  if (!dynamic) return tl::unexpected(dynamic.error());
  if (*dynamic) {
    return spec.find("is_dynamic")->error(
        "true contradicts stored weights: their scales are in the checkpoint; it must be false");
  }
  return format;
}

struct InputFormat {
  ActivationFormat format = ActivationFormat::bf16;
  Calibration calibration = Calibration::none;
};

Expected<InputFormat> read_input(const Json& spec) {
  const Expected<std::string> dtype = read_dtype(spec);
  if (!dtype) return tl::unexpected(dtype.error());
  InputFormat result;
  if (*dtype == "fp4") {
    result.format = ActivationFormat::mxfp4;
  } else if (*dtype == "fp6_e3m2") {
    result.format = ActivationFormat::mxfp6_e3m2;
  } else if (*dtype == "fp6_e2m3") {
    result.format = ActivationFormat::mxfp6_e2m3;
  } else if (*dtype == "fp8_e4m3") {
    result.format = ActivationFormat::fp8;
  } else {
    return spec.find("dtype")->error(
        fmt::format("\"{}\" is not supported for the experts' inputs; fp4, fp6_e3m2, fp6_e2m3 and "
                    "fp8_e4m3 are",
                    *dtype));
  }
  Expected<void> checked =
      result.format == ActivationFormat::fp8
          ? require_text(spec, "qscheme", "per_tensor", "the granularity of fp8 input scales")
          : require_blocks(spec);
  if (!checked) return tl::unexpected(checked.error());
  const Expected<bool> dynamic = read_dynamic(spec);
  if (!dynamic) return tl::unexpected(dynamic.error());
  result.calibration = *dynamic ? Calibration::dynamic : Calibration::fixed;
  return result;
}

// Quark writes what is not quantised as null, leaves it out, or writes {}.
std::optional<Json> find_spec(const Json& entry, std::string_view key) {
  std::optional<Json> spec = entry.find(key);
  if (!spec || !spec->is_object()) return spec;
  const auto members = spec->members();
  return members && members->empty() ? std::nullopt : spec;
}

}  // namespace

Expected<void> check_fields(const Json& object, std::initializer_list<std::string_view> known) {
  const auto members = object.members();
  if (!members) return tl::unexpected(members.error());
  for (const auto& [key, value] : *members) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    const std::string_view nearest =
        *std::min_element(known.begin(), known.end(), [&name = key](auto a, auto b) {
          return distance(name, a) < distance(name, b);
        });
    const std::string hint = distance(key, nearest) <= 3
                                 ? fmt::format("; did you mean `{}`?", nearest)
                                 : std::string(
                                       "; it may change what the weights mean, so remove it "
                                       "only if you know that it does not");
    return value.error(fmt::format("unknown field `{}`{}", key, hint));
  }
  return {};
}

Expected<void> check_quark_fields(const Json& entry) {
  if (Expected<void> checked = check_fields(
          entry, {"bias", "input_tensors", "output_tensors", "target_device", "weight"});
      !checked) {
    return checked;
  }
  for (const std::string_view key : {"weight", "input_tensors"}) {
    if (const std::optional<Json> spec = entry.find(key)) {
      if (Expected<void> checked = check_spec_fields(*spec); !checked) return checked;
    }
  }
  return {};
}

Expected<ModuleQuantisation> read_quark_entry(const Json& entry) {
  ModuleQuantisation result;
  result.decided_by = entry.path();
  for (const std::string_view key : {"output_tensors", "bias"}) {
    if (const std::optional<Json> spec = find_spec(entry, key)) {
      return spec->error(fmt::format("quantised {} are no part of an MX scheme; export the experts "
                                     "without them",
                                     key));
    }
  }
  const std::optional<Json> weight = find_spec(entry, "weight");
  const std::optional<Json> input = find_spec(entry, "input_tensors");
  if (!weight) {
    if (!input) return result;
    return input->error(fmt::format("quantised inputs contradict weights that are not quantised: "
                                    "{}.weight is missing or null",
                                    entry.path()));
  }
  const Expected<WeightFormat> weights = read_weight(*weight);
  if (!weights) return tl::unexpected(weights.error());
  InputFormat inputs;
  if (input) {
    const Expected<InputFormat> read = read_input(*input);
    if (!read) return tl::unexpected(read.error());
    inputs = *read;
  }
  result.scheme = kernels::scheme_of(*weights, inputs.format);
  result.calibration = inputs.calibration;
  if (!result.scheme) {
    return entry.error(
        fmt::format("weights in {} with inputs in {} are none of the 11 OCP MX schemes; fp6 "
                    "weights take inputs "
                    "of the same type or fp8_e4m3",
                    weight->find("dtype")->text(), input->find("dtype")->text()));
  }
  return result;
}

}  // namespace switchyard::checkpoint
