#include "runtime/cli/unknown_option.h"

#include <CLI/CLI.hpp>

namespace switchyard {

std::string unknown_option(const CLI::App& app) {
  for (const std::string& word : app.remaining()) {
    if (word == "--") break;  // no options behind it
    if (word.size() > 1 && word.front() == '-') return word.substr(0, word.find('='));
  }
  return "";
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* own : app.get_options()) {
    for (const std::string& name : own->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

}  // namespace switchyard
