#pragma once

#include <string_view>

// Which Switchyard this is, for `--version`. Defined in one generated file (cmake/version.cpp.in),
// so that a commit recompiles that file and links again, and nothing else.
namespace switchyard {

extern const std::string_view kVersion;  // "0.1.0"

// The abbreviated commit, with "-dirty" where the checkout had changes; "unknown" in a tree that has
// neither a .git nor the mark that `git archive` leaves. Lives as long as the program.
std::string_view git_hash();

}  // namespace switchyard
