#include "tests/regressions/check_file.h"

#include <fmt/format.h>

#include <sstream>

namespace switchyard::testing {

namespace {

// Words as a shell splits them, without expansion: 'one word' may hold spaces.
std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  bool open = false, quoted = false;
  for (const char c : text) {
    if (c == '\'') {
      quoted = !quoted;
      open = true;
    } else if (c == ' ' && !quoted) {
      if (open) words.push_back(word);
      word.clear();
      open = false;
    } else {
      word += c;
      open = true;
    }
  }
  if (open) words.push_back(word);
  return words;
}

bool is_setting(const std::string& word) {
  const std::size_t equals = word.find('=');
  return equals != 0 && equals != std::string::npos &&
         word.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == equals;
}

CheckedCommand command_of(const std::string& text, int line) {
  CheckedCommand command;
  command.line = line;
  for (std::string& word : split(text)) {
    if (command.words.empty() && is_setting(word)) {
      command.environment.push_back(std::move(word));
    } else {
      command.words.push_back(std::move(word));
    }
  }
  return command;
}

}  // namespace

CheckFile read_check_file(const std::string& text) {
  CheckFile file;
  std::istringstream lines(text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (line.empty()) continue;
    const std::string rest = line.size() > 2 ? line.substr(2) : "";
    if (line[0] == '#') {
      if (file.title.empty()) file.title = rest;
      continue;
    }
    if (line[0] == '$') {
      file.commands.push_back(command_of(rest, number));
      continue;
    }
    const bool known = line[0] == '=' || line[0] == '>' || line[0] == '!';
    if (!known || rest.empty() || file.commands.empty()) {
      file.problems.push_back(fmt::format("line {}: `{}` is not understood", number, line));
      continue;
    }
    CheckedCommand& command = file.commands.back();
    if (line[0] == '=') {
      command.status = std::stoi(rest);
    } else {
      (line[0] == '>' ? command.says : command.never_says).push_back(rest);
    }
  }
  if (file.title.empty()) file.problems.push_back("the first line must be a comment: what it is");
  if (file.commands.empty()) file.problems.push_back("no command is given");
  return file;
}

}  // namespace switchyard::testing
