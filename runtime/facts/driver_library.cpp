#include "runtime/facts/driver_library.h"

#include <dlfcn.h>

namespace switchyard::facts {

DriverLibrary::DriverLibrary(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    handle_ = ::dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (handle_ != nullptr) return;
  }
}

void* DriverLibrary::find(const char* name) const {
  return handle_ == nullptr ? nullptr : ::dlsym(handle_, name);
}

}  // namespace switchyard::facts
