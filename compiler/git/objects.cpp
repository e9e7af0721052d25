#include "compiler/git/objects.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace switchyard::git {
namespace {

// A name with a line break would be two questions.
bool is_one_line(const std::string& name) {
  return std::none_of(name.begin(), name.end(), [](char c) { return c == '\n' || c == '\0'; });
}

}  // namespace

Expected<Objects> Objects::open(const std::string& folder) {
  // This alone says why there is no repository.
  if (const auto own = folder_from_top(folder); !own) return fail(own.error().message);
  const std::vector<std::string> arguments = {"-C", folder, "cat-file", "--batch"};
  Expected<Process> process = Process::start(arguments);
  if (!process) return fail(process.error().message);
  return Objects(std::move(*process));
}

Expected<std::optional<Objects::Object>> Objects::find(const std::string& name, std::size_t limit) {
  if (name.empty() || !is_one_line(name)) return std::nullopt;
  // Some names end git, such as `@{upstream}` of a branch without one.
  const Expected<std::string> head = process_.write(name + "\n") ? process_.read_line() : fail("");
  if (!head) {
    return fail(fmt::format("cannot read `{}`: git gave up on it; `git rev-parse --verify` of the "
                            "revision says why", name));
  }
  // "HASH TYPE SIZE", or the name again and what is wrong with it ("missing", "ambiguous").
  const std::size_t first = head->find(' '), last = head->rfind(' ');
  const bool is_hash = first != std::string::npos && first < last && first >= 40 &&
                       head->find_first_not_of("0123456789abcdef") == first;
  std::size_t size = 0;
  const char* const end = head->data() + head->size();
  if (!is_hash || std::from_chars(head->data() + last + 1, end, size).ptr != end) {
    return std::nullopt;
  }
  if (size > limit) {
    return fail(fmt::format("`{}` has more than {} MiB", name, limit >> 20));
  }
  Expected<std::string> bytes = process_.read_bytes(size + 1);  // and a line break
  if (!bytes) return fail(bytes.error().message);
  bytes->pop_back();
  return Object{head->substr(first + 1, last - first - 1), std::move(*bytes)};
}

Expected<std::string> folder_from_top(const std::string& folder) {
  Expected<std::string> out = run({"-C", folder, "rev-parse", "--show-prefix"});
  if (!out) return fail(out.error().message);
  if (out->ends_with('\n')) out->pop_back();
  return out;
}

}  // namespace switchyard::git
