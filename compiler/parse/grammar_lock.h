#pragma once

#include <mutex>

namespace switchyard {

// Held while ANTLR runs: the prediction caches of a grammar are shared by all its lexers and
// parsers, and ANTLR 4.9 has raced on them.
std::mutex& grammar_mutex();

}  // namespace switchyard
