#include "runtime/checkpoint/quantisation.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/checkpoint/json.h"
#include "runtime/checkpoint/quark_spec.h"

namespace switchyard::checkpoint {
namespace {

// The class names that mean torch's linear layer: "Linear", "nn.Linear", "<class '….Linear'>".
bool names_linear(std::string_view name) {
  while (!name.empty() && (name.back() == '>' || name.back() == '\'')) name.remove_suffix(1);
  const std::size_t dot = name.rfind('.');
  return (dot == std::string_view::npos ? name : name.substr(dot + 1)) == "Linear";
}

Expected<void> require_one_of(const Json& object, std::string_view key,
                              std::initializer_list<std::string_view> allowed) {
  const std::optional<Json> value = object.find(key);
  if (!value) return {};
  const Expected<std::string> text = value->string();
  if (!text) return tl::unexpected(text.error());
  if (std::find(allowed.begin(), allowed.end(), *text) != allowed.end()) return {};
  std::string names;
  for (const std::string_view name : allowed) {
    names += fmt::format("{}\"{}\"", names.empty() ? "" : " or ", name);
  }
  return value->error(fmt::format("{} is not supported; it must be {}", value->text(), names));
}

}  // namespace

std::string_view name_of(Container container) {
  switch (container) {
    case Container::none: return "none";
    case Container::quark: return "quark";
    case Container::mxfp4: return "mxfp4";
  }
  return "";
}

std::string_view name_of(Calibration calibration) {
  switch (calibration) {
    case Calibration::none: return "n/a";
    case Calibration::dynamic: return "dynamic";
    case Calibration::fixed: return "static";
  }
  return "";
}

Expected<Quantisation> Quantisation::parse(const Json& config) {
  Quantisation result;
  const std::optional<Json> json = config.find("quantization_config");
  if (!json) return result;
  const Expected<Json> method = json->at("quant_method", "which tool quantised the model");
  if (!method) return tl::unexpected(method.error());
  const Expected<std::string> name = method->string();
  if (!name) return tl::unexpected(name.error());
  Expected<void> parsed;
  if (*name == "quark") {
    parsed = result.parse_quark(*json);
  } else if (*name == "mxfp4") {
    parsed = result.parse_mxfp4(*json);
  } else {
    return method->error(fmt::format(
        "\"{}\" is not supported; \"quark\" (AMD Quark, OCP MX) and \"mxfp4\" (gpt-oss) are",
        *name));
  }
  if (!parsed) return tl::unexpected(parsed.error());
  return result;
}

Expected<void> Quantisation::parse_exclusions(const Json& json) {
  const auto elements = json.elements();
  if (!elements) return tl::unexpected(elements.error());
  for (const Json& element : *elements) {
    const Expected<std::string> text = element.string();
    if (!text) return tl::unexpected(text.error());
    Expected<ModulePattern> pattern = ModulePattern::parse(*text);
    if (!pattern) return element.error(pattern.error().message);
    if (!text->starts_with("re:") && text->find_first_of("*?[") == std::string::npos) {
      excluded_names_.emplace(*text, element.path());
    } else {
      exclusions_.push_back({std::move(*pattern), element.path()});
    }
  }
  return {};
}

Expected<void> Quantisation::parse_quark(const Json& json) {
  container_ = Container::quark;
  if (Expected<void> checked = check_fields(
          json, {"algo_config", "custom_mode", "exclude", "export", "global_quant_config",
                 "kv_cache_group", "kv_cache_post_rope", "kv_cache_quant_config",
                 "layer_quant_config", "layer_type_quant_config", "log_severity_level",
                 "min_kv_scale", "quant_method", "quant_mode", "shared_scale_groups",
                 "softmax_quant_spec", "version"});
      !checked) {
    return checked;
  }
  if (const std::optional<Json> exported = json.find("export")) {
    if (Expected<void> checked =
            check_fields(*exported, {"kv_cache_group", "min_kv_scale", "pack_method",
                                     "weight_format", "weight_merge_groups"});
        !checked) {
      return checked;
    }
    // Both packings lay fp4 and fp6 the same way; they differ in integers only.
    if (Expected<void> checked = require_one_of(*exported, "pack_method", {"reorder", "order"});
        !checked) {
      return checked;
    }
    if (Expected<void> checked = require_one_of(*exported, "weight_format", {"real_quantized"});
        !checked) {
      return checked;
    }
  }
  if (const std::optional<Json> excluded = json.find("exclude")) {
    if (Expected<void> parsed = parse_exclusions(*excluded); !parsed) return parsed;
  }
  const Expected<Json> global =
      json.at("global_quant_config", "what is quantised where no pattern says otherwise");
  if (!global) return tl::unexpected(global.error());
  if (Expected<void> checked = check_quark_fields(*global); !checked) return checked;
  global_ = read_quark_entry(*global);
  if (const std::optional<Json> layers = json.find("layer_quant_config")) {
    const auto members = layers->members();
    if (!members) return tl::unexpected(members.error());
    for (const auto& [name, entry] : *members) {
      if (Expected<void> checked = check_quark_fields(entry); !checked) return checked;
      Expected<ModulePattern> pattern = ModulePattern::parse(name);
      if (!pattern) return entry.error(pattern.error().message);
      layers_.push_back({std::move(*pattern), read_quark_entry(entry)});
    }
  }
  if (const std::optional<Json> types = json.find("layer_type_quant_config")) {
    const auto members = types->members();
    if (!members) return tl::unexpected(members.error());
    for (const auto& [name, entry] : *members) {
      if (Expected<void> checked = check_quark_fields(entry); !checked) return checked;
      if (names_linear(name)) linear_ = read_quark_entry(entry);
    }
  }
  return {};
}

Expected<void> Quantisation::parse_mxfp4(const Json& json) {
  container_ = Container::mxfp4;
  if (Expected<void> checked =
          check_fields(json, {"dequantize", "modules_to_not_convert", "quant_method"});
      !checked) {
    return checked;
  }
  if (const std::optional<Json> dequantize = json.find("dequantize")) {
    const Expected<bool> value = dequantize->boolean();
    if (!value) return tl::unexpected(value.error());
    if (*value) {
      return dequantize->error("true asks for bf16 experts instead of MXFP4; it must be false");
    }
  }
  if (const std::optional<Json> excluded = json.find("modules_to_not_convert")) {
    if (Expected<void> parsed = parse_exclusions(*excluded); !parsed) return parsed;
  }
  global_ = ModuleQuantisation{kernels::Scheme::w_mxfp4, Calibration::none, json.path()};
  return {};
}

bool Quantisation::matches(const ModulePattern& pattern,
                           const std::vector<std::string_view>& modules) {
  for (const std::string_view module : modules) {
    if (!pattern.is_expression()) {
      if (pattern.matches(module)) return true;
      continue;
    }
    std::string key(module);
    if (!pattern.tells_digits_apart()) {
      std::replace_if(
          key.begin(), key.end(), [](char c) { return c >= '0' && c <= '9'; }, '0');
    }
    const auto [entry, added] = remembered_.try_emplace({&pattern, key}, false);
    if (added) entry->second = pattern.matches(module);
    if (entry->second) return true;
  }
  return false;
}

Expected<ModuleQuantisation> Quantisation::of(std::string_view module, std::string_view experts) {
  if (container_ == Container::none) return ModuleQuantisation{{}, Calibration::none, "$"};
  // `…experts.0.gate_proj`, `…experts.0`, `…experts`.
  std::vector<std::string_view> modules = {module};
  while (modules.back().size() > experts.size()) {
    modules.push_back(modules.back().substr(0, modules.back().rfind('.')));
  }
  // A plain name also excludes what lies inside it, up to the whole model.
  for (std::string_view name = module; !name.empty();) {
    if (const auto found = excluded_names_.find(name); found != excluded_names_.end()) {
      return ModuleQuantisation{{}, Calibration::none, found->second};
    }
    const std::size_t dot = name.rfind('.');
    name = dot == std::string_view::npos ? std::string_view() : name.substr(0, dot);
  }
  for (const Exclusion& exclusion : exclusions_) {
    if (matches(exclusion.pattern, modules)) {
      return ModuleQuantisation{{}, Calibration::none, exclusion.path};
    }
  }
  for (const Entry& entry : layers_) {
    if (matches(entry.pattern, modules)) return entry.value;
  }
  if (linear_) return *linear_;
  return *global_;
}

}  // namespace switchyard::checkpoint
