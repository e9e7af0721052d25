#pragma once

#include <string>
#include <string_view>

#include "runtime/base/export.h"
#include "runtime/table/table.h"

// What an engine says once a layer when it starts: which kernel, and why. `facts` as for decide().
namespace switchyard {

// One line without a newline: "layer model.layers.0: packed(block_m = 64): decode: reading weights
// is the cost (switchyard.policy:76); not native: needs supports_mx (switchyard.policy:20)".
SWITCHYARD_EXPORT std::string layer_line(std::string_view layer, const Table& table,
                                         const void* facts);

// The same as a JSON object on one line, members as in a decision log (docs/log-format.md):
// `layer`, `policy`, `table`, `facts`, the outcome's, `because` or `message`, and `skipped`.
SWITCHYARD_EXPORT std::string layer_json(std::string_view layer, const Table& table,
                                         const void* facts);

}  // namespace switchyard
