#pragma once

#include "compiler/driver/command.h"

// The commands that compare versions of a policy.
namespace switchyard::driver {

int diff_command(Arguments arguments);
int history_command(Arguments arguments);

}  // namespace switchyard::driver
