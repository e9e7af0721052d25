#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace switchyard {

// An error of the outside world: a file, a device, an environment, a value that somebody sent.
// The message is one or more complete lower-case sentences without a final full stop: what was
// found, where, and what to do. It owns its text and may be moved across threads.
struct Error {
  std::string message;
};

template <typename T>
using Expected = tl::expected<T, Error>;

// `return fail("…")` from a function that returns Expected<T>.
inline tl::unexpected<Error> fail(std::string message) {
  return tl::unexpected<Error>(Error{std::move(message)});
}

}  // namespace switchyard
