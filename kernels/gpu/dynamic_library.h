#pragma once

#include <initializer_list>
#include <string>

namespace switchyard::kernels::gpu {

// A shared library of the system, opened at run time if it is there, so that one program runs on
// machines with and without it. It stays open until the process ends: drivers keep threads that do
// not survive being unloaded.
class DynamicLibrary {
 public:
  // The first of `names` that the dynamic linker finds; none is a library without symbols.
  explicit DynamicLibrary(std::initializer_list<const char*> names);

  explicit operator bool() const { return handle_ != nullptr; }
  const std::string& name() const { return name_; }  // the one that was found; empty if none
  // Why none was opened, in the dynamic linker's words; empty if one was.
  const std::string& problem() const { return problem_; }

  // Null where the library, or the symbol in it, is not there.
  void* symbol(const char* name) const;
  // As a function of a C type.
  template <typename Function>
  Function* symbol(const char* name) const {
    return reinterpret_cast<Function*>(symbol(name));
  }

 private:
  void* handle_ = nullptr;
  std::string name_, problem_;
};

}  // namespace switchyard::kernels::gpu
