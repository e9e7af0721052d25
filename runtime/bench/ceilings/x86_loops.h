#pragma once

#ifdef __x86_64__

#include "runtime/bench/ceilings/loops.h"

// The loops of x86-64. They are assembly, so that each is exactly the instruction that it is named
// after, and so that no compiler puts such an instruction anywhere else: nothing here is compiled
// for more than the architecture's base. A caller asks the processor first.
namespace switchyard::bench {

extern const ProductLoop kFma256, kFma512, kVdpbf16ps512, kVpdpbusd256, kVpdpbusd512;
// Also need the tiles' state: Linux gives it to a process that asks.
extern const ProductLoop kTdpbf16ps, kTdpbssd;

extern const ReadLoop kRead256, kRead512;

}  // namespace switchyard::bench

#endif
