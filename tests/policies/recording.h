#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "runtime/base/error.h"

namespace switchyard::testing {

// Decisions of a real dispatch, one row a combination of facts: a CSV file with a header line and
// without quoting, as in tests/policies/data.
struct Recording {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  // each as long as `columns`

  // Index of a column; columns.size() where there is none.
  std::size_t column(const std::string& name) const;
};

// Reads a file; a name ending in ".gz" is unpacked by gzip(1) on the way. Fails when the file
// cannot be read or a row has another number of cells than the header.
Expected<Recording> read_recording(const std::string& path);

}  // namespace switchyard::testing
