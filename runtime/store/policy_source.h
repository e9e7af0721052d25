#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runtime/store/watched_file.h"
#include "runtime/table/table.h"

namespace switchyard {

// The file that a store serves, a table or a policy (`.policy`), and which bytes of it were looked at
// last. One thread at a time.
class PolicySource {
 public:
  struct Options {
    std::string compiler;
    std::chrono::milliseconds compile_timeout;
    std::uint64_t max_bytes;
  };
  PolicySource(std::string path, Options options);

  struct Candidate {
    enum class Kind : std::uint8_t {
      kTable,
      kUnchanged,  // the bytes are those of the last candidate, good or bad
      kUnusable,   // `reason`, and `diagnostics` when the compiler spoke
      kUnsettled,  // there is no file, or it is being written: worth another look soon
      kStopped,
    };
    Kind kind = Kind::kStopped;
    std::optional<Table> table;
    std::string reason, diagnostics;
  };
  // Reads the file; compiles a policy, again when it or what it imports changed meanwhile, so that no
  // table mixes two states of its files. With `patient` a file that is missing or being written is
  // kUnsettled, else unusable. `stop` is asked while the compiler runs.
  Candidate load(bool patient, const std::function<bool()>& stop);

  // The next load looks at the bytes even if they are the last ones.
  void forget() { key_.clear(); }

  // The file and what it imports, as of the last load.
  std::vector<std::string> inputs() const;
  // Whether some input may have other bytes than when it was read; false only if surely not, unless
  // somebody sets file times back.
  bool looks_changed() const;

 private:
  struct Input {
    std::string path;
    FileState state;
    std::int64_t read_at_ns;  // by the clock of file times
  };
  // All inputs as they are now.
  struct Reading {
    FileContent root;
    std::string key;  // equal for equal bytes
    std::vector<Input> inputs;
  };
  Reading read() const;
  bool changed(const std::vector<Input>& inputs) const;
  Candidate compile(const std::vector<Input>& inputs, const std::function<bool()>& stop) const;

  std::string path_;
  Options options_;
  bool is_policy_;
  std::string key_;
  std::vector<Input> inputs_;
};

}  // namespace switchyard
