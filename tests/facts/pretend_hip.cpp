// A libamdhip64.so of a machine with one MI355X. The properties' layout is not that of any release:
// only the architecture's text is looked for.
#include <cstdlib>
#include <cstring>

extern "C" {

int hipGetDeviceCount(int* count) {
  *count = 1;
  return std::getenv("PRETEND_BROKEN") != nullptr ? 100 : 0;
}

int hipGetDevicePropertiesR0600(void* properties, int) {
  std::memcpy(static_cast<char*>(properties), "AMD gfx", 7);
  std::memcpy(static_cast<char*>(properties) + 1160, "gfx950:sramecc+:xnack-", 23);
  return 0;
}

int hipDeviceGetName(char* name, int, int) {
  std::strcpy(name, "AMD Instinct MI355X");
  return 0;
}
}
