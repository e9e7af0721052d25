#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>
#include <memory>
#include <string>

#include "runtime/log/decision_log.h"

// A DecisionLog as Python holds it: shared with the tables and stores that record to it, which
// record nothing once it is closed. The GIL is held by callers, and let go of around whatever
// waits for the writer; callbacks take it in the writer's thread.
namespace switchyard::python {

class LogObject {
 public:
  // `slow_path`, `problem`: None or a callable of a text. Throws (raise.h).
  LogObject(LogConfig config, const pybind11::object& slow_path, const pybind11::object& problem);
  ~LogObject();
  LogObject(const LogObject&) = delete;
  LogObject& operator=(const LogObject&) = delete;

  void record(const Table& table, std::uint64_t generation, const void* facts,
              const Decision& decision) noexcept {
    if (log_ != nullptr) log_->record(table, generation, facts, decision);
  }
  void flush();
  pybind11::dict status() const;
  Metrics metrics() const;
  void close();

 private:
  DecisionLog& open_log() const;

  std::unique_ptr<DecisionLog> log_;  // none once closed
};

}  // namespace switchyard::python
