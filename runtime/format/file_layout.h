#pragma once

#include <cstddef>
#include <cstdint>

// A table file: FileHeader, SectionEntry x sections, then the sections, each at a multiple of 64
// bytes, gaps zero. Everything is little-endian, the only byte order that this runs on.
namespace switchyard::format {

inline constexpr char kMagic[8] = {'S', 'W', 'Y', 'T', 'A', 'B', 'L', 'E'};
inline constexpr std::size_t kAlignment = 64;

struct FileHeader {
  char magic[8];
  std::uint8_t hash[16];      // XXH3-128, canonical byte order, of the file from `major` on
  std::uint16_t major, minor;
  std::uint32_t sections;
  std::uint64_t file_size;
  std::uint8_t reserved[24];  // zero
};
static_assert(sizeof(FileHeader) == 64);
inline constexpr std::size_t kHashedFrom = offsetof(FileHeader, major);

// At most one section of a kind. A reader that does not know a kind ignores the section when it is
// optional and refuses the table when it is not.
struct SectionEntry {
  std::uint32_t kind;
  std::uint32_t flags;        // bit 0: optional; others zero
  std::uint64_t offset, size; // bytes, from the start of the file
};
static_assert(sizeof(SectionEntry) == 24);
inline constexpr std::uint32_t kOptional = 1;
inline constexpr std::uint32_t kMaxSections = 1024;

enum class SectionKind : std::uint32_t {
  kPolicy = 1,    // FlatBuffer, policy_table.fbs
  kText = 2,      // bytes
  kLookups = 3,   // uint16: classes by code, residue classes, classes by cell
  kBounds = 4,    // int64: low ends of intervals
  kCells = 5,     // uint16: leaves of dense arrays
  kNodes = 6,     // uint32: diagrams: fact, then a child a class: word of a later node, or a leaf
                  // with the top bit
  kBitRows = 7,   // uint64: bit b of row r: box b allows the class of row r
  kLeaves = 8,    // uint32: leaf of each box
  kProgram = 9,   // uint32: see program.h
};
inline constexpr std::uint32_t kLastKnownSection = 9;

// The children of nodes, and Block::root: a leaf code, or the index of a word.
inline constexpr std::uint32_t kLeafBit = 0x8000'0000u;

// The most that a reader takes on, so that deciding may keep it on the stack.
inline constexpr std::uint32_t kMaxRegisters = 65'536;   // of a program; bits
inline constexpr std::uint32_t kMaxBitFacts = 512;       // facts that bit vectors of a block restrict
inline constexpr std::uint32_t kMaxBlocks = 1'024;

}  // namespace switchyard::format
