#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kernels/gpu/driver_calls.h"

namespace switchyard::kernels::gpu {

// A vendor's driver, opened at run time: what differs between CUDA and HIP. Used by one thread at a
// time.
class Driver {
 public:
  virtual ~Driver() = default;

  // "cuda" or "hip", and the library that it is.
  const std::string& kind() const { return kind_; }
  const std::string& library() const { return library_; }
  const DriverCalls& calls() const { return calls_; }

  // Those that the driver reports, by index.
  virtual Expected<std::vector<DeviceInfo>> devices() = 0;

  // Ready for use, for as long as the driver lives; and then current on this thread.
  virtual Expected<void> open(int index) = 0;
  virtual int make_current(int index) = 0;

  // Lets a workgroup of the function have so many bytes of dynamic LDS.
  virtual int allow_lds(Function function, std::uint32_t bytes) = 0;

  // A kernel of one parameter, into the stream; in order of the stream as kernels see it.
  virtual int launch(Function function, const Launch& how, void** parameters, Stream stream) = 0;

  // "CUDA_ERROR_OUT_OF_MEMORY (2): out of memory"
  std::string explain(int status) const;

 protected:
  Driver(std::string kind, std::string library)
      : kind_(std::move(kind)), library_(std::move(library)) {}
  // Starts it; `product`, "CUDA driver", is for the error. A machine without a device is none.
  Expected<void> start(const std::string& product);
  Expected<int> count_devices(const std::string& product);

  // The error's name and its text, either null where the driver does not know the number.
  virtual std::pair<const char*, const char*> words_for(int status) const = 0;

  DriverCalls calls_;

 private:
  std::string kind_, library_;
};

// The driver of CUDA, or HIP. The error says which libraries were looked for, or what the driver
// lacks or answers.
Expected<std::unique_ptr<Driver>> open_cuda();
Expected<std::unique_ptr<Driver>> open_hip();

}  // namespace switchyard::kernels::gpu
