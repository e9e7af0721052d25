#include "runtime/moe/output.h"

#include <cerrno>
#include <cstring>
#include <string>

#include "runtime/moe/command.h"

namespace switchyard::moe {

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
