#include "runtime/capi/barrier.h"

#include <fmt/format.h>

#include <cstring>

namespace switchyard::capi {
namespace {

// Short enough for a string that holds its text itself, so that making it allocates nothing.
switchyard_error& no_memory() {
  static switchyard_error error{SWITCHYARD_OUT_OF_MEMORY, "out of memory"};
  return error;
}

}  // namespace

switchyard_status report(Failure failed, switchyard_error** error) noexcept {
  if (error == nullptr) return failed.status;
  auto* made = new (std::nothrow) switchyard_error{failed.status, std::move(failed.message)};
  *error = made != nullptr ? made : &no_memory();
  return (*error)->status;
}

switchyard_status report_no_memory(switchyard_error** error) noexcept {
  if (error != nullptr) *error = &no_memory();
  return SWITCHYARD_OUT_OF_MEMORY;
}

Failure is_null(const char* name) { return invalid(fmt::format("`{}` is NULL", name)); }

char* new_string(const std::string& text) {
  char* copy = new char[text.size() + 1];
  std::memcpy(copy, text.c_str(), text.size() + 1);
  return copy;
}

}  // namespace switchyard::capi

using switchyard::capi::no_memory;

switchyard_status switchyard_error_status(const switchyard_error* error) {
  return error == nullptr ? switchyard_status{SWITCHYARD_OK} : error->status;
}

const char* switchyard_error_message(const switchyard_error* error) {
  return error == nullptr ? "" : error->message.c_str();
}

void switchyard_error_free(switchyard_error* error) {
  if (error != &no_memory()) delete error;
}

void switchyard_string_free(char* text) { delete[] text; }

uint32_t switchyard_abi_version(void) { return SWITCHYARD_ABI_VERSION; }

const char* switchyard_version(void) { return SWITCHYARD_VERSION; }
