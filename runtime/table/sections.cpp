#include "runtime/table/sections.h"

#include <bit>
#include <cstring>

#include <fmt/format.h>
#include <xxhash.h>

#include "runtime/format/version.h"

namespace switchyard {
namespace {

static_assert(std::endian::native == std::endian::little, "tables are little-endian");

using format::FileHeader;
using format::SectionEntry;
using format::SectionKind;

tl::unexpected<Error> damaged(const std::string& name, const std::string& what) {
  return fail(fmt::format("the table `{}` is damaged: {}; write it again with policyc", name, what));
}

template <typename T>
bool assign(std::span<const std::byte> bytes, std::span<const T>& section) {
  if (bytes.size() % sizeof(T) != 0) return false;
  section = {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
  return true;
}

// The verifier's depth and count limits: what is nested is fixed by the schema, what is many is a
// struct.
constexpr std::uint32_t kMaxDepth = 16;
constexpr std::uint32_t kMaxTables = 10'000'000;

bool place(SectionKind kind, std::span<const std::byte> bytes, Sections& out) {
  switch (kind) {
    case SectionKind::kPolicy: {
      if (bytes.size() < 16 || bytes.size() > FLATBUFFERS_MAX_BUFFER_SIZE) return false;
      const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
      flatbuffers::Verifier verifier(data, bytes.size(), kMaxDepth, kMaxTables);
      if (!format::VerifyPolicyTableBuffer(verifier)) return false;
      out.policy = format::GetPolicyTable(data);
      out.policy_size = bytes.size();
      return true;
    }
    case SectionKind::kText: return assign(bytes, out.text);
    case SectionKind::kLookups: return assign(bytes, out.lookups);
    case SectionKind::kBounds: return assign(bytes, out.bounds);
    case SectionKind::kCells: return assign(bytes, out.cells);
    case SectionKind::kNodes: return assign(bytes, out.nodes);
    case SectionKind::kBitRows: return assign(bytes, out.bit_rows);
    case SectionKind::kLeaves: return assign(bytes, out.leaves);
    case SectionKind::kProgram: return assign(bytes, out.program);
  }
  return false;
}

Expected<void> check_header(const FileHeader& header, std::size_t size, const std::string& name) {
  if (header.major != kFormatMajor) {
    return fail(fmt::format(
        "the table `{}` has format {}.{}, and this library reads {}.x: compile the policy again "
        "with the policyc of this version, or use the libswitchyard that wrote it",
        name, header.major, header.minor, kFormatMajor));
  }
  if (header.file_size > size) {
    return fail(fmt::format("the table `{}` is truncated: {} of its {} bytes are there; copy it "
                            "again, or write it again with policyc", name, size, header.file_size));
  }
  if (header.file_size < size) {
    return damaged(name, fmt::format("{} bytes follow its end", size - header.file_size));
  }
  return {};
}

}  // namespace

void content_hash(std::span<const std::byte> bytes, std::uint8_t (&hash)[16]) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
  std::memcpy(hash, canonical.digest, sizeof hash);
}

Expected<Sections> read_sections(std::span<const std::byte> bytes, const std::string& name) {
  FileHeader header;
  if (bytes.empty()) return fail(fmt::format("the table `{}` is empty; write it with policyc", name));
  const std::size_t magic = std::min(bytes.size(), sizeof format::kMagic);
  if (std::memcmp(bytes.data(), format::kMagic, magic) != 0) {
    return fail(fmt::format("`{}` is not a Switchyard table; policyc writes one from a policy with "
                            "`policyc POLICY -o TABLE`", name));
  }
  if (bytes.size() < sizeof header) {
    return fail(fmt::format("the table `{}` is truncated: {} bytes are less than its header of {}; "
                            "copy it again, or write it again with policyc",
                            name, bytes.size(), sizeof header));
  }
  std::memcpy(&header, bytes.data(), sizeof header);
  if (const auto fine = check_header(header, bytes.size(), name); !fine) {
    return fail(fine.error().message);
  }

  Sections out;
  out.major = header.major;
  out.minor = header.minor;
  std::uint8_t hash[16];
  content_hash(bytes.subspan(format::kHashedFrom), hash);
  if (std::memcmp(hash, header.hash, sizeof hash) != 0) {
    return damaged(name, "its content does not match its hash");
  }
  for (const std::uint8_t byte : hash) out.hash += fmt::format("{:02x}", byte);

  if (header.sections > format::kMaxSections ||
      sizeof header + header.sections * sizeof(SectionEntry) > bytes.size()) {
    return damaged(name, "its section directory does not fit");
  }
  std::uint32_t seen = 0;
  for (std::uint32_t i = 0; i < header.sections; ++i) {
    SectionEntry entry;
    std::memcpy(&entry, bytes.data() + sizeof header + i * sizeof entry, sizeof entry);
    if (entry.kind == 0 || entry.kind > format::kLastKnownSection) {
      if ((entry.flags & format::kOptional) != 0) continue;
      return fail(fmt::format(
          "the table `{}` has format {}.{} with a section (kind {}) that this library, which knows "
          "format {}.{}, cannot do without: use a newer libswitchyard, or compile the policy again "
          "with the policyc of this version",
          name, header.major, header.minor, entry.kind, kFormatMajor, kFormatMinor));
    }
    const bool again = (seen >> entry.kind) & 1;
    seen |= 1u << entry.kind;
    if (again || entry.offset % format::kAlignment != 0 || entry.offset > bytes.size() ||
        entry.size > bytes.size() - entry.offset ||
        !place(static_cast<SectionKind>(entry.kind), bytes.subspan(entry.offset, entry.size), out)) {
      return damaged(name, fmt::format("section {} is malformed", entry.kind));
    }
  }
  if (out.policy == nullptr) return damaged(name, "its policy section is missing");
  return out;
}

}  // namespace switchyard
