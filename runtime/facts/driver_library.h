#pragma once

#include <initializer_list>

namespace switchyard::facts {

// A shared library of the system, opened at run time if it is there. It stays open until the
// process ends: drivers keep threads that do not survive being unloaded.
class DriverLibrary {
 public:
  // The first of `names` that the dynamic linker finds; a library without symbols if none.
  explicit DriverLibrary(std::initializer_list<const char*> names);

  explicit operator bool() const { return handle_ != nullptr; }

  // Null if the library, or the symbol in it, is not there. `Function` is its C type.
  template <typename Function>
  Function* symbol(const char* name) const {
    return reinterpret_cast<Function*>(find(name));
  }

 private:
  void* find(const char* name) const;

  void* handle_ = nullptr;
};

}  // namespace switchyard::facts
