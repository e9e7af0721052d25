#include "runtime/moe/output.h"

#include <cerrno>
#include <cstring>
#include <string>

#include "runtime/moe/command.h"

namespace switchyard::moe {
namespace {

tl::unexpected<Error> unwritable(const std::string& path, int code) {
  return fail(fmt::format("cannot write `{}`: {}", path, std::strerror(code)));
}

}  // namespace

Expected<void> write_file(const std::string& path, std::string_view bytes) {
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return unwritable(path, errno);
  errno = 0;
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  const int code = errno;
  if (std::fclose(file) != 0) return unwritable(path, errno);
  if (!written) return unwritable(path, code);
  return {};
}

Expected<void> check_writable(const std::string& path) {
  std::FILE* const file = std::fopen(path.c_str(), "ab");
  if (file == nullptr) return unwritable(path, errno);
  std::fclose(file);
  return {};
}

int finish_output(int status) {
  const bool earlier = std::ferror(stdout) != 0;
  const bool flushed = std::fflush(stdout) == 0;
  const int code = errno;
  if (flushed && !earlier) return status;
  write(stderr, "moe: cannot write the results to standard output{}; they are not complete\n",
        flushed ? std::string() : fmt::format(": {}", std::strerror(code)));
  return kBadInput;
}

}  // namespace switchyard::moe
