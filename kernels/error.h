#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace switchyard::kernels {

// An error of the outside world: a shape, a parameter or a tensor that somebody handed in. The
// message is lower case, without a final full stop: what was found, where, and what to do. The
// kernels know nothing else of ours, so they have their own.
struct Error {
  std::string message;
};

template <typename T>
using Expected = tl::expected<T, Error>;

// `return fail("…")` from a function that returns Expected<T>.
inline tl::unexpected<Error> fail(std::string message) {
  return tl::unexpected<Error>(Error{std::move(message)});
}

}  // namespace switchyard::kernels
