#include "kernels/gpu/driver_device.h"

#include <array>
#include <map>

#include "kernels/gpu/code_objects.h"

namespace switchyard::kernels::gpu {

namespace {

// CUjit_option and hipJitOption: a buffer for what the compiler of PTX says, and its size.
constexpr int kErrorLog = 5, kErrorLogBytes = 6;
constexpr unsigned kNonBlocking = 1;  // CU_STREAM_NON_BLOCKING: no implicit wait for stream 0
constexpr int kThreadLocal = 1;       // CU_STREAM_CAPTURE_MODE_THREAD_LOCAL
constexpr std::uint32_t kFreelyGiven = 48 * 1024;  // bytes of LDS that need no permission

std::string spell(const std::array<std::uint32_t, 3>& size) {
  return std::to_string(size[0]) + " x " + std::to_string(size[1]) + " x " +
         std::to_string(size[2]);
}

class DriverDevice final : public Device {
 public:
  DriverDevice(std::shared_ptr<Driver> driver, DeviceInfo info)
      : driver_(std::move(driver)), calls_(driver_->calls()), info_(std::move(info)) {}
  ~DriverDevice() override {
    if (!current()) return;
    for (const auto& [file, module] : modules_) {
      if (module != nullptr) calls_.unload_module(module);
    }
  }

  const DeviceInfo& info() const override { return info_; }

  Expected<Address> allocate(std::size_t bytes) override {
    if (const auto ready = begin(); !ready) return fail(ready.error().message);
    Address memory = 0;
    if (bytes == 0) return memory;
    const int status = calls_.allocate(&memory, bytes);
    if (status == status::kOutOfMemory) {
      std::size_t left = 0, all = 0;
      const bool known = calls_.memory_left(&left, &all) == 0;
      return fail(
          label() + " is out of memory: " + std::to_string(bytes) + " bytes were asked for" +
          (known ? ", " + std::to_string(left) + " of " + std::to_string(all) + " are free" : ""));
    }
    if (status != 0) return failed("allocate " + std::to_string(bytes) + " bytes", status);
    return memory;
  }
  void release(Address memory) override {
    if (memory != 0 && current()) calls_.release(memory);
  }

  Expected<void> upload(Address to, const void* from, std::size_t bytes, Stream stream) override {
    if (bytes == 0) return begin();
    return call("copy to it", [&] { return calls_.upload(to, from, bytes, stream); });
  }
  Expected<void> download(void* to, Address from, std::size_t bytes, Stream stream) override {
    if (bytes == 0) return begin();
    return call("copy from it", [&] { return calls_.download(to, from, bytes, stream); });
  }
  Expected<void> fill(Address to, std::uint8_t value, std::size_t bytes, Stream stream) override {
    if (bytes == 0) return begin();
    return call("fill its memory", [&] { return calls_.fill(to, value, bytes, stream); });
  }

  Expected<Function> function(std::string_view name) override {
    if (const auto known = functions_.find(name); known != functions_.end()) return known->second;
    if (const auto ready = begin(); !ready) return fail(ready.error().message);
    const std::string wanted(name);
    for (const CodeObject& object : code_objects_for(info_.architecture)) {
      if (!defines(object, name)) continue;
      const auto module = load(object);
      if (!module) return fail(module.error().message);
      Function found = 0;
      if (const int status = calls_.find_function(&found, *module, wanted.c_str()); status != 0) {
        return failed("find `" + wanted + "` in " + std::string(object.file), status);
      }
      names_[found] = wanted;
      return functions_[wanted] = found;
    }
    return fail(label() + ": no kernel `" + wanted + "` in the code objects for " +
                info_.architecture);
  }

  using Device::launch;
  Expected<void> launch(Function function, const Launch& how, std::span<const std::byte> argument,
                        Stream stream) override {
    if (const auto ready = begin(); !ready) return fail(ready.error().message);
    const auto what = [&] {
      return "launch `" + names_[function] + "` with a grid of " + spell(how.grid) +
             ", blocks of " + spell(how.block) + " and " + std::to_string(how.lds_bytes) +
             " bytes of LDS";
    };
    if (std::uint32_t& allowed = allowed_lds_[function];
        how.lds_bytes > std::max(allowed, kFreelyGiven)) {
      if (const int status = driver_->allow_lds(function, how.lds_bytes); status != 0) {
        return failed(what() + " (a workgroup can have " + std::to_string(info_.lds_bytes) + ")",
                      status);
      }
      allowed = how.lds_bytes;
    }
    void* parameters[] = {const_cast<std::byte*>(argument.data())};
    const int status = driver_->launch(function, how, parameters, stream);
    if (status != 0) return failed(what(), status);
    return {};
  }

  Expected<Stream> make_stream() override {
    Stream stream = 0;
    const auto made =
        call("make a stream", [&] { return calls_.make_stream(&stream, kNonBlocking); });
    if (!made) return fail(made.error().message);
    return stream;
  }
  void release_stream(Stream stream) override {
    if (stream != 0 && current()) calls_.release_stream(stream);
  }
  Expected<void> synchronise(Stream stream) override {
    return call("finish what was launched", [&] { return calls_.synchronise(stream); });
  }

  Expected<void> begin_capture(Stream stream) override {
    return call("capture a stream", [&] { return calls_.begin_capture(stream, kThreadLocal); });
  }
  Expected<Graph> end_capture(Stream stream) override {
    void* captured = nullptr;
    Graph ready = 0;
    auto done = call("end a capture", [&] { return calls_.end_capture(stream, &captured); });
    if (!done) return fail(done.error().message);
    done = call("make a graph", [&] { return calls_.instantiate(&ready, captured, 0); });
    calls_.release_captured(captured);
    if (!done) return fail(done.error().message);
    return ready;
  }
  Expected<void> replay(Graph graph, Stream stream) override {
    return call("replay a graph", [&] { return calls_.replay(graph, stream); });
  }
  void release_graph(Graph graph) override {
    if (graph != 0 && current()) calls_.release_graph(graph);
  }

 private:
  std::string label() const {
    return info_.kind + ":" + std::to_string(info_.index) + " (" + info_.name + ")";
  }
  bool current() { return driver_->make_current(info_.index) == 0; }

  // Before every call: the device is current on this thread, and well.
  Expected<void> begin() {
    if (!fault_.empty()) return fail(fault_);
    if (const int status = driver_->make_current(info_.index); status != 0)
      return failed("be used", status);
    return {};
  }
  template <typename Call>
  Expected<void> call(const std::string& what, Call&& made) {
    if (const auto ready = begin(); !ready) return ready;
    if (const int status = made(); status != 0) return failed(what, status);
    return {};
  }
  tl::unexpected<Error> failed(const std::string& what, int status) {
    std::string message = label() + " could not " + what + ": " + driver_->explain(status);
    if (is_fault(status)) {
      fault_ = message + "; a kernel failed, and with it the device was lost to this process";
      return fail(fault_);
    }
    return fail(std::move(message));
  }

  Expected<void*> load(const CodeObject& object) {
    void*& module = modules_[object.file];
    if (module != nullptr) return module;
    std::array<char, 4096> log = {};
    std::array<int, 2> options = {kErrorLog, kErrorLogBytes};
    std::array<void*, 2> values = {log.data(), reinterpret_cast<void*>(log.size() - 1)};
    const int status = calls_.load_module(&module, object.bytes.data(), options.size(),
                                          options.data(), values.data());
    if (status == 0) return module;
    module = nullptr;
    const std::string said = log[0] != '\0' ? std::string("\n") + log.data() : "";
    return failed("load " + std::string(object.file) + said, status);
  }

  const std::shared_ptr<Driver> driver_;
  const DriverCalls& calls_;
  const DeviceInfo info_;
  std::map<std::string_view, void*> modules_;  // by file of the code object, those that were needed
  std::map<std::string, Function, std::less<>> functions_;
  std::map<Function, std::string> names_;
  std::map<Function, std::uint32_t> allowed_lds_;
  std::string fault_;  // what every call answers after one
};

}  // namespace

Expected<std::unique_ptr<Device>> make_device(std::shared_ptr<Driver> driver,
                                              const DeviceInfo& info) {
  if (code_objects_for(info.architecture).empty()) {
    return fail(info.kind + ":" + std::to_string(info.index) + " (" + info.name + ") is " +
                info.architecture + ", for which this build has no device code; it has " +
                built_architectures() +
                (code_objects().empty() ? ": build with -DSWITCHYARD_GPU=ON" : ""));
  }
  if (const auto opened = driver->open(info.index); !opened) return fail(opened.error().message);
  return std::make_unique<DriverDevice>(std::move(driver), info);
}

}  // namespace switchyard::kernels::gpu
