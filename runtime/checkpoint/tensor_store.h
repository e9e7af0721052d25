#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/base/error.h"
#include "runtime/checkpoint/safetensors.h"

namespace switchyard::checkpoint {

// All tensors of a checkpoint folder by name: `model.safetensors`, or the shards that
// `model.safetensors.index.json` lists ({"weight_map": {"TENSOR": "FILE", …}}). Shards are opened
// when a tensor of theirs is first asked for, so that one layer of a large model costs one shard.
// One thread at a time. Views live as long as the store.
class TensorStore {
 public:
  // Fails if the folder has neither file, or the index is not well-formed, or it names a file
  // outside the folder.
  static Expected<TensorStore> open(const std::string& folder);

  bool has(std::string_view name) const;

  // Fails if there is none (naming the tensor, the file looked in and the most similar names), or
  // its shard cannot be opened or lacks what the index says it has.
  Expected<TensorView> get(std::string_view name);

  // The file that holds a tensor, or the file that lists them all: for messages.
  std::string location_of(std::string_view name) const;

 private:
  std::string folder_;
  std::string listing_;                              // model.safetensors or the index
  std::map<std::string, std::string, std::less<>> shard_of_;  // tensor -> file name
  std::map<std::string, std::unique_ptr<SafetensorsFile>, std::less<>> open_;
};

}  // namespace switchyard::checkpoint
