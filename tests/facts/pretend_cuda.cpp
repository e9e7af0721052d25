// A libcuda.so.1 of a machine with two GPUs, H200 and B200: the five entry points that devices are
// found by.
#include <cstdio>
#include <cstdlib>

extern "C" {

int cuInit(unsigned) { return std::getenv("PRETEND_BROKEN") != nullptr ? 100 : 0; }

int cuDeviceGetCount(int* count) {
  *count = 2;
  return 0;
}

int cuDeviceGet(int* device, int ordinal) {
  *device = 40 + ordinal;
  return 0;
}

int cuDeviceGetAttribute(int* value, int attribute, int device) {
  if (attribute != 75 && attribute != 76) return 1;
  *value = attribute == 76 ? 0 : device == 40 ? 9 : 10;
  return 0;
}

int cuDeviceGetName(char* name, int length, int device) {
  std::snprintf(name, static_cast<std::size_t>(length),
                device == 40 ? "NVIDIA H200" : "NVIDIA B200");
  return 0;
}
}
