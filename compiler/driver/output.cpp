#include "compiler/driver/output.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace switchyard::driver {

bool write_out(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) {
    return true;
  }
  // Not by fmt: its printing throws.
  std::fprintf(stderr, "policyc: cannot write to standard output: %s\n", std::strerror(errno));
  return false;
}

void write_error(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stderr) == text.size()) std::fflush(stderr);
}

}  // namespace switchyard::driver
