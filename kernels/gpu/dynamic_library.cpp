#include "kernels/gpu/dynamic_library.h"

#include <dlfcn.h>

namespace switchyard::kernels::gpu {

DynamicLibrary::DynamicLibrary(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    handle_ = ::dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (handle_ != nullptr) {
      name_ = name;
      problem_.clear();
      return;
    }
    if (problem_.empty()) {
      const char* const why = ::dlerror();
      problem_ = why != nullptr ? why : "not found";
    }
  }
}

void* DynamicLibrary::symbol(const char* name) const {
  return handle_ == nullptr ? nullptr : ::dlsym(handle_, name);
}

}  // namespace switchyard::kernels::gpu
