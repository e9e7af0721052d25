#include "runtime/prepared/prepared_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <type_traits>

#include "runtime/checkpoint/text_file.h"

namespace switchyard {
namespace {

static_assert(std::endian::native == std::endian::little, "the file is little-endian");

constexpr char kMagic[8] = {'S', 'W', 'Y', 'P', 'R', 'E', 'P', '\n'};
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kPayloadOffset = 4096;
constexpr std::size_t kPiece = std::size_t{4} << 20;
constexpr std::size_t kLargePage = std::size_t{2} << 20;

struct Header {
  char magic[8];
  std::uint32_t version;
  std::uint32_t payload_offset;
  std::uint64_t payload_bytes;
  Hash payload;
  Hash weights;
  char layout[kMostLayoutBytes + 1];  // ends in a zero
  std::uint64_t header_hash;          // XXH3 of 64 bits of all above
};
static_assert(std::is_trivially_copyable_v<Header> && sizeof(Header) == 248);

std::uint64_t hash_of(const Header& header) {
  return XXH3_64bits(&header, offsetof(Header, header_hash));
}

Header header_of(std::string_view layout, const Hash& weights, std::span<const std::byte> bytes,
                 kernels::ThreadPool& pool) {
  Header header = {};
  std::memcpy(header.magic, kMagic, sizeof(kMagic));
  header.version = kVersion;
  header.payload_offset = kPayloadOffset;
  header.payload_bytes = bytes.size();
  header.payload = hash_bytes(bytes, pool);
  header.weights = weights;
  std::memcpy(header.layout, layout.data(), layout.size());
  header.header_hash = hash_of(header);
  return header;
}

class OpenFile {
 public:
  // Without O_NONBLOCK a pipe waits for its writer; regular files do not care.
  explicit OpenFile(const std::string& path)
      : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~OpenFile() {
    if (file_ >= 0) ::close(file_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  bool ok() const { return file_ >= 0; }
  bool status(struct stat& to) const { return ::fstat(file_, &to) == 0; }

  // Whether all of `to` could be read. Safe from several threads.
  bool read(std::span<std::byte> to, std::size_t offset) const {
    while (!to.empty()) {
      const ssize_t got = ::pread(file_, to.data(), to.size(), static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return false;
      to = to.subspan(static_cast<std::size_t>(got));
      offset += static_cast<std::size_t>(got);
    }
    return true;
  }

 private:
  int file_;
};

// What keeps a header of a file of so many bytes from serving the weights; empty if nothing.
std::string problem_of(const Header& header, std::size_t file_bytes, const Hash& weights) {
  if (header.version != kVersion) {
    return fmt::format("has version {} of the format, and this program reads {}", header.version,
                       kVersion);
  }
  if (header.header_hash != hash_of(header)) return "has a damaged header";
  if (header.payload_offset != kPayloadOffset) return "has a damaged header";
  if (header.weights != weights) return "is of other weights";
  if (file_bytes - kPayloadOffset < header.payload_bytes) {
    return fmt::format("is truncated: it holds {} of {} bytes", file_bytes - kPayloadOffset,
                       header.payload_bytes);
  }
  if (file_bytes - kPayloadOffset > header.payload_bytes) return "is longer than it says";
  return {};
}

bool read_all(const OpenFile& file, std::span<std::byte> to, kernels::ThreadPool& pool) {
  std::atomic<bool> ok = true;
  pool.for_each((to.size() + kPiece - 1) / kPiece, [&](std::size_t i) {
    const auto piece = to.subspan(i * kPiece, std::min(kPiece, to.size() - i * kPiece));
    if (!file.read(piece, kPayloadOffset + i * kPiece)) ok = false;
  });
  return ok;
}

}  // namespace

void PreparedBytes::Unmap::operator()(std::byte* data) const { ::munmap(data, size); }

Expected<PreparedBytes> PreparedBytes::allocate(std::size_t size) {
  PreparedBytes result;
  if (size == 0) return result;
  // The system gives addresses in small pages; what is left over on either side goes back.
  const std::size_t wanted = (size + kLargePage - 1) / kLargePage * kLargePage;
  void* const memory = ::mmap(nullptr, wanted + kLargePage, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    return fail(fmt::format("there is no memory for {:.1f} MB of prepared weights",
                            static_cast<double>(size) / 1e6));
  }
  auto* const begin = static_cast<std::byte*>(memory);
  const std::size_t before =
      (kLargePage - reinterpret_cast<std::uintptr_t>(begin) % kLargePage) % kLargePage;
  if (before > 0) ::munmap(begin, before);
  if (before < kLargePage) ::munmap(begin + before + wanted, kLargePage - before);
  ::madvise(begin + before, wanted, MADV_HUGEPAGE);  // a wish
  result.data_ = {begin + before, Unmap{wanted}};
  result.size_ = size;
  return result;
}

PreparedFile read_prepared(const std::string& path, const Hash& weights,
                           kernels::ThreadPool& pool) {
  PreparedFile result;
  const auto problem = [&](std::string_view text) {
    result.problem = fmt::format("{} {}", path, text);
    return std::move(result);
  };
  const OpenFile file(path);
  if (!file.ok()) {
    if (errno == ENOENT) return result;
    return problem(fmt::format("cannot be read: {}", std::strerror(errno)));
  }
  struct stat status = {};
  if (!file.status(status) || !S_ISREG(status.st_mode)) {
    result.foreign = true;
    return problem("is not a regular file");
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  Header header = {};
  const std::size_t there = std::min(size, sizeof(header));
  if (!file.read(std::as_writable_bytes(std::span(&header, 1)).first(there), 0)) {
    return problem("cannot be read");
  }
  if (std::memcmp(header.magic, kMagic, std::min(there, sizeof(kMagic))) != 0) {
    result.foreign = true;
    return problem("holds no prepared weights");
  }
  if (size < kPayloadOffset) {
    return problem(fmt::format("is truncated: it has {} bytes, less than a header", size));
  }
  if (const std::string text = problem_of(header, size, weights); !text.empty())
    return problem(text);
  auto bytes = PreparedBytes::allocate(header.payload_bytes);
  if (!bytes) return problem("cannot be read: " + bytes.error().message);
  if (!read_all(file, bytes->bytes(), pool)) return problem("cannot be read to its end");
  if (hash_bytes(bytes->bytes(), pool) != header.payload) {
    return problem("is damaged: its bytes do not have their checksum");
  }
  result.bytes = std::move(*bytes);
  result.layout.assign(header.layout, ::strnlen(header.layout, kMostLayoutBytes));
  return result;
}

Expected<void> write_prepared(const std::string& path, std::string_view layout, const Hash& weights,
                              std::span<const std::byte> bytes, kernels::ThreadPool& pool) {
  if (layout.empty() || layout.size() > kMostLayoutBytes) {
    return fail(
        fmt::format("cannot write {}: the layout's name has {} bytes, and must have 1 .. {}", path,
                    layout.size(), kMostLayoutBytes));
  }
  std::array<std::byte, kPayloadOffset> head = {};
  const Header header = header_of(layout, weights, bytes, pool);
  std::memcpy(head.data(), &header, sizeof(header));
  return checkpoint::replace_file(path, [&](const checkpoint::Append& append) -> Expected<void> {
    if (auto ok = append(head.data(), head.size()); !ok) return ok;
    return append(bytes.data(), bytes.size());
  });
}

std::string prepared_path(const std::string& named, std::string_view device, const Hash& weights) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(named, ignored)) return named;
  return fmt::format("{}/{}-{:016x}{:016x}.prepared", named, device, weights.words[1],
                     weights.words[0]);
}

}  // namespace switchyard
