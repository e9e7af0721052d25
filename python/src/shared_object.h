#pragma once

#include <pybind11/pybind11.h>

#include <memory>

// Python objects that a thread without the GIL may drop.
namespace switchyard::python {

template <typename T>
std::shared_ptr<T> with_gil(std::unique_ptr<T> object) {
  return std::shared_ptr<T>(object.release(), [](T* dead) {
    const pybind11::gil_scoped_acquire locked;
    delete dead;
  });
}

inline std::shared_ptr<pybind11::object> shared(const pybind11::object& object) {
  return with_gil(std::make_unique<pybind11::object>(object));
}

}  // namespace switchyard::python
