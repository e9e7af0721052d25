#include "compiler/emit/table_parts.h"

#include <cstring>
#include <span>

#include "runtime/format/file_layout.h"
#include "runtime/format/version.h"
#include "runtime/table/sections.h"

namespace switchyard::emit_detail {

format::Text TextPool::add(std::string_view text) {
  if (const auto found = known_.find(text); found != known_.end()) return found->second;
  const format::Text at(static_cast<std::uint32_t>(bytes_.size()),
                        static_cast<std::uint32_t>(text.size()));
  bytes_ += text;
  known_.emplace(text, at);
  return at;
}

namespace {

struct Section {
  format::SectionKind kind;
  std::span<const std::byte> bytes;
};

template <typename Container>
std::span<const std::byte> bytes_of(const Container& values) {
  return std::as_bytes(std::span(values.data(), values.size()));
}

std::size_t aligned(std::size_t size) {
  return (size + format::kAlignment - 1) / format::kAlignment * format::kAlignment;
}

}  // namespace

std::vector<std::byte> write_sections(const TableParts& parts,
                                      const flatbuffers::FlatBufferBuilder& policy) {
  using format::SectionKind;
  const std::vector<Section> sections = {
      {SectionKind::kPolicy,
       std::as_bytes(std::span(policy.GetBufferPointer(), std::size_t{policy.GetSize()}))},
      {SectionKind::kText, bytes_of(parts.text.bytes())},
      {SectionKind::kLookups, bytes_of(parts.lookups)},
      {SectionKind::kBounds, bytes_of(parts.bounds)},
      {SectionKind::kCells, bytes_of(parts.cells)},
      {SectionKind::kNodes, bytes_of(parts.nodes)},
      {SectionKind::kBitRows, bytes_of(parts.bit_rows)},
      {SectionKind::kLeaves, bytes_of(parts.leaves)},
      {SectionKind::kProgram, bytes_of(parts.program)},
  };
  std::size_t end = sizeof(format::FileHeader) + sections.size() * sizeof(format::SectionEntry);
  std::vector<format::SectionEntry> directory;
  for (const Section& section : sections) {
    const std::size_t begin = aligned(end);
    directory.push_back(
        {static_cast<std::uint32_t>(section.kind), 0, begin, section.bytes.size()});
    end = begin + section.bytes.size();
  }

  std::vector<std::byte> out(end);
  format::FileHeader header{};
  std::memcpy(header.magic, format::kMagic, sizeof header.magic);
  header.major = kFormatMajor;
  header.minor = kFormatMinor;
  header.sections = static_cast<std::uint32_t>(sections.size());
  header.file_size = out.size();
  std::memcpy(out.data(), &header, sizeof header);
  std::memcpy(out.data() + sizeof header, directory.data(),
              directory.size() * sizeof(format::SectionEntry));
  for (std::size_t i = 0; i < sections.size(); ++i) {
    const std::span<const std::byte> bytes = sections[i].bytes;
    if (!bytes.empty()) std::memcpy(out.data() + directory[i].offset, bytes.data(), bytes.size());
  }
  content_hash(std::span(out).subspan(format::kHashedFrom), header.hash);
  std::memcpy(out.data(), &header, sizeof header);
  return out;
}

}  // namespace switchyard::emit_detail
