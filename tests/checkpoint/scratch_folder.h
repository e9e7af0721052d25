#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace switchyard::checkpoint {

// A folder of its own for one test, removed with what is in it when the object goes.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }

  void write(std::string_view name, std::string_view bytes) const;
  std::string read(std::string_view name) const;

 private:
  std::string path_;
};

// A safetensors file's bytes: 8 bytes of length, `header`, `data`.
std::string safetensors_bytes(std::string_view header, std::string_view data);

std::span<const std::byte> as_bytes(std::string_view text);

}  // namespace switchyard::checkpoint
