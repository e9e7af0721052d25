#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "kernels/device/fragment_layout.h"
#include "kernels/device/kernel_list.h"
#include "kernels/gpu/code_objects.h"
#include "kernels/gpu/preshuffle.h"
#include "runtime/moe/command.h"
#include "runtime/moe/output.h"

namespace switchyard::moe {
namespace {

using Json = nlohmann::ordered_json;
using kernels::device::KernelInfo;
using kernels::device::kKernels;
using kernels::gpu::CodeObject;

std::string object_of(const KernelInfo& kernel, const std::vector<CodeObject>& objects) {
  for (const CodeObject& object : objects) {
    if (kernels::gpu::defines(object, kernel.name)) return std::string(object.file);
  }
  return {};
}

Json json_of(const KernelInfo& kernel, std::string_view architecture, const std::string& object) {
  const unsigned wave = architecture.starts_with("gfx") ? 64 : 32;
  Json json = {{"name", std::string(kernel.name)},        {"object", object},
               {"meaning", std::string(kernel.meaning)},  {"grid", std::string(kernel.grid)},
               {"block", {kernel.waves * wave, 1, 1}}, {"lds_bytes", std::string(kernel.lds)},
               {"argument_bytes", kernel.argument_bytes}, {"arguments", Json::array()}};
  for (const kernels::device::Field& field : kernel.fields) {
    json["arguments"].push_back({{"name", field.name},
                                 {"type", field.type},
                                 {"offset", field.offset},
                                 {"size", field.size},
                                 {"meaning", field.meaning}});
  }
  return json;
}

// What the letters in meanings and rules stand for.
Json symbols_json() {
  return {
      {"T", "tokens"},
      {"H", "hidden size"},
      {"I", "width of an expert"},
      {"E", "experts"},
      {"k", "experts a token"},
      {"P", "T * k pairs, token * k + rank"},
      {"tiles", "up to block_m pairs of one expert each"},
      {"most tiles",
       "(P + min(E, P) (block_m - 1)) / block_m, rounded down; workgroups past the "
       "last tile end at once"},
      {"bits", "of a weight element, 4 or 6; of bf16 16"},
      {"records", "of an expert's matrix [rows, columns]: rows / 16 * ceil(columns / 128)"},
      {"blocks", "of 32 elements"},
      {"lds_bytes", "dynamic; more than 48 KiB must be asked of CUDA (max dynamic shared memory)"},
      {"threads", "of a workgroup"}};
}

// How weights lie that were shuffled at load (fragment_layout.h), as text and, for fp4, as the bits
// of a word that hold each of eight elements, from the least of the element on.
Json layouts_json(std::string_view architecture) {
  const auto bits = [](kernels::device::Fp4Order order) {
    Json elements = Json::array();
    for (unsigned i = 0; i < 8; ++i) {
      Json places = Json::array();
      for (unsigned bit = 0; bit < 4; ++bit) {
        places.push_back(kernels::device::bit_of(order, i, bit));
      }
      elements.push_back(places);
    }
    return elements;
  };
  const auto arrangement = kernels::gpu::packed_arrangement(architecture);
  const char* const blocks = "columns 32 c + e as element e";
  const char* const packed =
      arrangement == kernels::device::Arrangement::blocks ? blocks
      : arrangement == kernels::device::Arrangement::runs
          ? "columns 32 q + 8 c + i as element 8 q + i, q = 0 .. 3, i = 0 .. 7"
          : "columns 32 q + 16 j + 8 h + 2 c + i as element 8 q + 4 j + 2 h + i, q = 0 .. 3, "
            "j, h, i = 0, 1";
  const bool steps = arrangement == kernels::device::Arrangement::steps;
  const char* const piece =
      "fp4: 16 bytes at 16 * place of the record, eight elements a word; fp6: 192 bits, element e "
      "at "
      "bit 6 e, the first 16 bytes at 16 * place, the last 8 at 1024 + 8 * place";
  return {{"record",
           "a matrix [rows, columns], columns padded with zeros to a multiple of 128, is strips of "
           "16 rows by groups of 128 columns, strip by strip (rows are a multiple of 16); a "
           "strip's group "
           "is a record of 256 * "
           "bits bytes, in which piece (c, r), c = 0 .. 3, r = 0 .. 15, has 32 codes of row r"},
          {"piece", piece},
          {"fp4_bits",
           "[e][b]: the bit of its 32-bit word (little-endian) that holds bit b of elements e, e + "
           "8, e + 16 "
           "and e + 24, in words 0 .. 3 of the piece; bit 0 is the fraction, 3 the sign. `/` in a "
           "place rounds "
           "down"},
          {"packed",
           {{"place", steps ? "32 (r / 8) + 4 (r % 8) + c" : "16 c + r"},
            {"elements", packed},
            {"fp4_bits", bits(kernels::gpu::fp4_order(architecture))}}},
          {"native",
           {{"place", "16 c + r"},
            {"elements", blocks},
            {"fp4_bits", bits(kernels::device::Fp4Order::natural)}}},
          {"scales",
           "a 32-bit word (little-endian) for each (strip, group, row), rows changing fastest, its "
           "byte q the e8m0 of columns 32 q .. 32 q "
           "+ 31, padded with 127"}};
}

int extract(const std::string& architecture, const std::filesystem::path& folder) {
  const std::vector<CodeObject> objects = kernels::gpu::code_objects_for(architecture);
  if (objects.empty()) {
    return report_error({fmt::format("this build has no device code for `{}`; it has {}",
                                     architecture, kernels::gpu::built_architectures())});
  }
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (problem) {
    return report_error({fmt::format("cannot make `{}`: {}", folder.string(), problem.message())});
  }
  Json json = {{"version", 1},
               {"architecture", architecture},
               {"symbols", symbols_json()},
               {"layouts", layouts_json(architecture)},
               {"objects", Json::array()},
               {"kernels", Json::array()}};
  for (const CodeObject& object : objects) {
    const Expected<void> written =
        write_file(folder / object.file,
                   {reinterpret_cast<const char*>(object.bytes.data()), object.bytes.size()});
    if (!written) return report_error(written.error());
    json["objects"].push_back(std::string(object.file));
  }
  for (const KernelInfo& kernel : kKernels) {
    const std::string object = object_of(kernel, objects);
    if (!object.empty()) json["kernels"].push_back(json_of(kernel, architecture, object));
  }
  const std::string name = "kernels_" + architecture + ".json";
  const Expected<void> written = write_file(folder / name, json.dump(2) + "\n");
  if (!written) return report_error(written.error());
  write("{}: {} code objects and {}, which describes {} kernels\n", folder.string(), objects.size(),
        name, json["kernels"].size());
  return kOk;
}

void list() {
  std::set<std::string_view> architectures;
  for (const CodeObject& object : kernels::gpu::code_objects())
    architectures.insert(object.architecture);
  write("device code of this build: {}\n", kernels::gpu::built_architectures());
  for (const std::string_view architecture : architectures) {
    const std::vector<CodeObject> objects = kernels::gpu::code_objects_for(architecture);
    write("\n{}\n", architecture);
    for (const KernelInfo& kernel : kKernels) {
      const std::string object = object_of(kernel, objects);
      if (!object.empty()) write("  {:<34} {:<26} {}\n", kernel.name, object, kernel.meaning);
    }
  }
}

}  // namespace

int kernels_command(Arguments arguments) {
  std::vector<std::string> wanted;
  CLI::App app(
      "Lists the GPU kernels of this build, or writes the code objects of one architecture, with a "
      "JSON "
      "file that says how each kernel is launched.",
      "moe kernels");
  app.add_option("--extract", wanted,
                 "ARCHITECTURE FOLDER: write its code objects and kernels_ARCHITECTURE.json")
      ->type_name("ARCHITECTURE FOLDER")
      ->expected(2);
  describe(app, "  moe kernels --extract gfx950 objects");
  if (const auto status = parse_arguments(app, arguments)) return *status;
  if (!wanted.empty()) return extract(wanted[0], wanted[1]);
  list();
  return kOk;
}

}  // namespace switchyard::moe
