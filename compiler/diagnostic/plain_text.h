#pragma once

#include <string>

#include "compiler/diagnostic/diagnostic.h"
#include "compiler/source/source_file.h"

namespace switchyard {

// A finding as lines of text with neither source lines nor final line break, for places that show the
// source themselves: the message, its label, notes with "(file:line)", help, fixes, the input that shows
// it and its region. Control characters and bytes that are not UTF-8 are made visible.
std::string plain_text(const Diagnostic& found, const SourceMap& sources);

// "gfx == gfx950, not aiter"; "any input".
std::string plain_text(const BoxValues& box);

}  // namespace switchyard
