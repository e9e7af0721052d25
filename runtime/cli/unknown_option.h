#pragma once

#include <string>
#include <vector>

#include "runtime/cli/app.h"

// What policyc and moe say of an option that does not exist, as far as both say the same.
namespace switchyard {

// After a parse of `app` that failed: the first word that is written as an option and is none, without
// its value; empty if there is no such word.
std::string unknown_option(const CLI::App& app);

// The options of `app` as they are written, `--name`, to find the one that was meant.
std::vector<std::string> option_names(const CLI::App& app);

}  // namespace switchyard
