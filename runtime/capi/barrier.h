#pragma once

#include <new>
#include <optional>
#include <string>
#include <utility>

#include "include/switchyard.h"
#include "runtime/base/error.h"

// What stands between C++ and C: errors as values inside, a status and an error object outside, and
// no exception across.
struct switchyard_error {
  switchyard_status status;
  std::string message;
};

namespace switchyard::capi {

struct Failure {
  switchyard_status status;
  std::string message;
};
using Outcome = std::optional<Failure>;  // nothing: done
inline const std::nullopt_t kDone = std::nullopt;

inline Failure invalid(std::string message) {
  return {SWITCHYARD_INVALID_ARGUMENT, std::move(message)};
}
inline Failure failure(switchyard_status status, const Error& error) {
  return {status, error.message};
}

// Stores `failed` where the caller wants it, and returns its status. When there is no memory for
// the message, the object is one that needs none.
switchyard_status report(Failure failed, switchyard_error** error) noexcept;
switchyard_status report_no_memory(switchyard_error** error) noexcept;

// Runs a function's body, which returns an Outcome.
template <typename Body>
switchyard_status guarded(switchyard_error** error, Body&& body) noexcept {
  try {
    Outcome failed = body();
    return failed ? report(std::move(*failed), error) : switchyard_status{SWITCHYARD_OK};
  } catch (const std::bad_alloc&) {
    return report_no_memory(error);
  } catch (...) {
    return report({SWITCHYARD_INTERNAL, "an exception that the library does not know"}, error);
  }
}

// "`table` is NULL".
Failure is_null(const char* name);

// For the first argument that is NULL; `names` as they are in the header.
template <typename... Pointers>
Outcome null_among(const char* const (&names)[sizeof...(Pointers)], const Pointers*... given) {
  const void* const pointers[] = {given...};
  for (std::size_t i = 0; i < sizeof...(Pointers); ++i) {
    if (pointers[i] == nullptr) return is_null(names[i]);
  }
  return kDone;
}

// A terminated copy that switchyard_string_free takes.
char* new_string(const std::string& text);

template <typename Text>
switchyard_str view_of(const Text& text) {
  return text.empty() ? switchyard_str{"", 0} : switchyard_str{text.data(), text.size()};
}

}  // namespace switchyard::capi
