#include "runtime/checkpoint/tensor_store.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "runtime/checkpoint/json.h"
#include "runtime/checkpoint/text_file.h"

namespace switchyard::checkpoint {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSingle = "model.safetensors";
constexpr std::string_view kIndex = "model.safetensors.index.json";
constexpr std::size_t kMaximalIndexBytes = 256u << 20;

std::string join(const std::string& folder, std::string_view name) {
  return (fs::path(folder) / name).string();
}

bool exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

Expected<std::map<std::string, std::string, std::less<>>> read_index(const std::string& path) {
  const Expected<std::string> text = read_text(path, kMaximalIndexBytes);
  if (!text) return tl::unexpected(text.error());
  const Expected<JsonDocument> document = JsonDocument::parse(*text, path);
  if (!document) return tl::unexpected(document.error());
  const Json root = document->root();
  const Expected<Json> map = root.at("weight_map", "which file holds each tensor");
  if (!map) return tl::unexpected(map.error());
  const auto members = map->members();
  if (!members) return tl::unexpected(members.error());
  std::map<std::string, std::string, std::less<>> shard_of;
  for (const auto& [tensor, file] : *members) {
    const Expected<std::string> name = file.string();
    if (!name) return tl::unexpected(name.error());
    if (name->empty() || name->find('/') != std::string::npos || *name == "..") {
      return file.error(fmt::format("{} is not the name of a file in this folder", file.text()));
    }
    shard_of.emplace(tensor, *name);
  }
  return shard_of;
}

}  // namespace

Expected<TensorStore> TensorStore::open(const std::string& folder) {
  TensorStore store;
  store.folder_ = folder;
  // Like Hugging Face's loader, a single file wins over an index.
  if (exists(join(folder, kSingle))) {
    store.listing_ = join(folder, kSingle);
    Expected<SafetensorsFile> file = SafetensorsFile::open(store.listing_);
    if (!file) return tl::unexpected(file.error());
    for (const TensorEntry& entry : file->tensors()) {
      store.shard_of_.emplace(entry.name, std::string(kSingle));
    }
    store.open_.emplace(kSingle, std::make_unique<SafetensorsFile>(std::move(*file)));
    return store;
  }
  store.listing_ = join(folder, kIndex);
  if (!exists(store.listing_)) {
    return fail(fmt::format("{} has neither {} nor {}; name a folder with a model's weights, or "
                            "make one with `moe make-model`",
                            folder, kSingle, kIndex));
  }
  auto shard_of = read_index(store.listing_);
  if (!shard_of) return tl::unexpected(shard_of.error());
  store.shard_of_ = std::move(*shard_of);
  return store;
}

bool TensorStore::has(std::string_view name) const {
  return shard_of_.find(name) != shard_of_.end();
}

std::string TensorStore::location_of(std::string_view name) const {
  const auto found = shard_of_.find(name);
  return found == shard_of_.end() ? listing_ : join(folder_, found->second);
}

Expected<TensorView> TensorStore::get(std::string_view name) {
  const auto shard = shard_of_.find(name);
  if (shard == shard_of_.end()) {
    std::string near;
    const auto next = shard_of_.lower_bound(name);
    if (next != shard_of_.end()) near = fmt::format("; the next name there is `{}`", next->first);
    return fail(fmt::format("tensor `{}` is not in {}{}; the checkpoint does not have the layout "
                            "that its config.json describes",
                            name, listing_, near));
  }
  auto file = open_.find(shard->second);
  if (file == open_.end()) {
    Expected<SafetensorsFile> opened = SafetensorsFile::open(join(folder_, shard->second));
    if (!opened) {
      return fail(fmt::format("{} (it should hold tensor `{}`, says {})", opened.error().message,
                              name, listing_));
    }
    file = open_.emplace(shard->second, std::make_unique<SafetensorsFile>(std::move(*opened)))
               .first;
  }
  const TensorEntry* entry = file->second->find(name);
  if (entry == nullptr) {
    return fail(fmt::format("tensor `{}` is not in {}, although {} says so; download both again",
                            name, file->second->path(), listing_));
  }
  return file->second->view(*entry);
}

}  // namespace switchyard::checkpoint
