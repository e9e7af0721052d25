#include "python/src/log_object.h"

#include <utility>

#include "python/src/raise.h"
#include "python/src/shared_object.h"
#include "python/src/text.h"
#include "runtime/log/slow_path.h"

namespace py = pybind11;

namespace switchyard::python {
namespace {

// In the writer's thread.
void tell(const py::object& told, const std::string& text) {
  const py::gil_scoped_acquire locked;
  try {
    told(to_str(text));
  } catch (py::error_already_set& failed) {
    failed.discard_as_unraisable("a callback of a DecisionLog");
  }
}

}  // namespace

LogObject::LogObject(LogConfig config, const py::object& slow_path, const py::object& problem) {
  if (!slow_path.is_none()) {
    config.on_slow_path = [told = shared(slow_path)](const SlowPath& slow) {
      tell(*told, to_text(slow));
    };
  }
  if (!problem.is_none()) {
    config.on_problem = [told = shared(problem)](const std::string& text) { tell(*told, text); };
  }
  auto opened = DecisionLog::open(std::move(config));
  if (!opened) raise(kLogError, opened.error().message);
  log_ = std::move(*opened);
}

LogObject::~LogObject() { close(); }

void LogObject::close() {
  std::unique_ptr<DecisionLog> log = std::move(log_);
  if (log == nullptr) return;
  const py::gil_scoped_release unlocked;
  log.reset();
}

DecisionLog& LogObject::open_log() const {
  if (log_ == nullptr) raise(kLogError, "the decision log is closed");
  return *log_;
}

void LogObject::flush() {
  DecisionLog& log = open_log();
  const py::gil_scoped_release unlocked;
  log.flush();
}

py::dict LogObject::status() const {
  const LogStatus status = open_log().status();
  py::dict out;
  out["path"] = to_str(status.path);
  out["lines"] = status.lines;
  out["lost_ring"] = status.lost_ring;
  out["lost_file"] = status.lost_file;
  out["rotations"] = status.rotations;
  out["slow_paths"] = status.slow_paths;
  out["problem"] = to_str(status.problem);
  return out;
}

Metrics LogObject::metrics() const { return open_log().metrics(); }

}  // namespace switchyard::python
