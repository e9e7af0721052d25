#include "tests/table/edit_table.h"

#include <cstring>
#include <span>

#include "runtime/table/sections.h"

namespace switchyard::testing {

std::vector<format::SectionEntry> sections_of(const std::vector<std::byte>& bytes) {
  format::FileHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  std::vector<format::SectionEntry> out(header.sections);
  std::memcpy(out.data(), bytes.data() + sizeof header, out.size() * sizeof out[0]);
  return out;
}

void hash_again(std::vector<std::byte>& bytes) {
  if (bytes.size() < sizeof(format::FileHeader)) return;
  format::FileHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  content_hash(std::span(bytes).subspan(format::kHashedFrom), header.hash);
  std::memcpy(bytes.data(), &header, sizeof header);
}

std::vector<std::byte> with_unknown_section(const std::vector<std::byte>& bytes, bool optional) {
  // The directory moves everything behind it by one alignment, which holds two more entries.
  constexpr std::size_t kShift = format::kAlignment;
  std::vector<format::SectionEntry> sections = sections_of(bytes);
  const std::size_t payload = sections.front().offset;
  for (format::SectionEntry& section : sections) section.offset += kShift;
  sections.push_back({format::kLastKnownSection + 1, optional ? format::kOptional : 0,
                      payload + kShift, 16});
  std::vector<std::byte> out(payload + kShift);
  out.insert(out.end(), bytes.begin() + static_cast<std::ptrdiff_t>(payload), bytes.end());
  format::FileHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  header.sections = static_cast<std::uint32_t>(sections.size());
  header.file_size = out.size();
  header.minor += 1;
  std::memcpy(out.data(), &header, sizeof header);
  std::memcpy(out.data() + sizeof header, sections.data(), sections.size() * sizeof sections[0]);
  hash_again(out);
  return out;
}

}  // namespace switchyard::testing
