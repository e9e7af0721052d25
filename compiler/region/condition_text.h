#pragma once

#include <string>

#include "compiler/region/box.h"

namespace switchyard {

// The box as a condition of the language that holds exactly in it, however long that is (`spell` is
// for people and cuts lists short): "gfx == gfx950 and tokens in <1 .. 4, 9>", "true".
std::string condition_of(const Model& model, const Partition& partition, const Box& box);

}  // namespace switchyard
