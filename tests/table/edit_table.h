#pragma once

#include <cstddef>
#include <vector>

#include "runtime/format/file_layout.h"

// Changing the bytes of tables, so that what lies behind the content hash is reached.
namespace switchyard::testing {

std::vector<format::SectionEntry> sections_of(const std::vector<std::byte>& bytes);

// Makes the hash fit what is there now.
void hash_again(std::vector<std::byte>& bytes);

// The same table with one more section, of a kind that no reader knows yet.
std::vector<std::byte> with_unknown_section(const std::vector<std::byte>& bytes, bool optional);

}  // namespace switchyard::testing
