#pragma once

#include <cstdio>
#include <cstdlib>

// A broken invariant of our own code: says where, then aborts. Never used for input.
#define SWITCHYARD_CHECK(condition)                                                        \
  do {                                                                                     \
    if (!(condition)) [[unlikely]] {                                                       \
      std::fprintf(stderr, "switchyard: internal error: %s (%s:%d)\n", #condition, __FILE__, \
                   __LINE__);                                                              \
      std::abort();                                                                        \
    }                                                                                      \
  } while (false)
