#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

#include "compiler/driver/command.h"
#include "compiler/driver/output.h"
#include "compiler/driver/starter.h"

namespace switchyard::driver {

namespace {

// As a POSIX shell reads it: quoted where it must be.
std::string shell_word(const std::string& text) {
  const bool plain = text.find_first_not_of(
                         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-") ==
                     std::string::npos;
  if (plain && !text.empty()) return text;
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted += "'\\''";
    else quoted += c;
  }
  return quoted + "'";
}

}  // namespace

int new_command(Arguments arguments) {
  std::string path;
  CLI::App app("Writes a commented starter policy that compiles as it stands.", "policyc new");
  app.add_option("FILE", path, "the file to write; it must not exist. `-` writes to standard output")
      ->required();
  describe(app, "  policyc new moe.policy && policyc moe.policy -o moe.table");
  if (const auto status = parse_arguments(app, arguments)) return *status;

  if (path == "-") {
    return write_out(starter_policy("moe")) ? kOk : kBadInput;
  }
  // "x" makes the creation exclusive: an existing file is never overwritten.
  std::FILE* out = std::fopen(path.c_str(), "wbx");
  if (out == nullptr) {
    print_error("policyc: cannot create `{}`: {}{}\n", path, std::strerror(errno),
               errno == EEXIST ? "; choose another name, nothing was changed" : "");
    return kBadInput;
  }
  const std::string text = starter_policy(std::filesystem::path(path).stem().string());
  const bool written = std::fwrite(text.data(), 1, text.size(), out) == text.size();
  if (std::fclose(out) != 0 || !written) {
    print_error("policyc: cannot write `{}`: {}\n", path, std::strerror(errno));
    return kBadInput;
  }
  const std::string next = std::filesystem::path(path).replace_extension(".table").string();
  const bool told = write_out(
      fmt::format("wrote {}; compile it with `policyc {} -o {}`\n", path, shell_word(path),
                  shell_word(next)));
  return told ? kOk : kBadInput;
}

}  // namespace switchyard::driver
