#include "compiler/git/log.h"

#include <sstream>
#include <string_view>
#include <utility>

#include "compiler/git/process.h"

namespace switchyard::git {
namespace {

constexpr char kRecord = '\x01';
const std::string kFormat = "--format=%x01%H%x00%h%x00%an%x00%as%x00%s%x00";

// A name or subject as one harmless line of a terminal.
std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7F ? ' ' : c;
  }
  return out;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// The fields of a record, and behind them what git says of files.
struct Record {
  Commit commit;
  std::vector<std::string> rest;
};

std::vector<Record> records_of(std::string_view log) {
  std::vector<Record> records;
  for (const std::string& text : split(log, kRecord)) {
    std::vector<std::string> fields = split(text, '\0');
    if (fields.size() < 5) continue;  // what stands before the first
    Record record{{fields[0], fields[1], printable(fields[2]), fields[3], printable(fields[4])}, {}};
    for (std::size_t i = 5; i < fields.size(); ++i) {
      const std::size_t begin = fields[i].find_first_not_of('\n');
      if (begin != std::string::npos) record.rest.push_back(fields[i].substr(begin));
    }
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace

Expected<std::vector<FileCommit>> log_of_file(const std::string& top, const std::string& path) {
  const Expected<std::string> log = run({"-C", top, "log", "--first-parent", "--follow", "--no-color",
                                         "--no-ext-diff", "-M", "--name-status", "-z", kFormat, "HEAD",
                                         "--", path});
  if (!log) return fail(log.error().message);
  std::vector<FileCommit> result;
  for (Record& record : records_of(*log)) {
    // "M", path; "R100", old path, new path; "D", path.
    std::string now;
    if (!record.rest.empty() && !record.rest.front().starts_with('D')) now = record.rest.back();
    result.push_back({std::move(record.commit), std::move(now)});
  }
  return result;
}

Expected<std::vector<Commit>> log_of_paths(const std::string& top,
                                           const std::vector<std::string>& paths) {
  std::vector<std::string> arguments = {"-C", top, "log", "--first-parent", "--no-color", "-z",
                                        kFormat, "HEAD", "--"};
  arguments.insert(arguments.end(), paths.begin(), paths.end());
  const Expected<std::string> log = run(arguments);
  if (!log) return fail(log.error().message);
  std::vector<Commit> result;
  for (Record& record : records_of(*log)) result.push_back(std::move(record.commit));
  return result;
}

Expected<std::vector<std::string>> first_parents(const std::string& top) {
  const Expected<std::string> list = run({"-C", top, "rev-list", "--first-parent", "HEAD"});
  if (!list) return fail(list.error().message);
  std::vector<std::string> hashes;
  std::istringstream lines(*list);
  for (std::string line; std::getline(lines, line);) hashes.push_back(std::move(line));
  return hashes;
}

Expected<std::string> top_folder(const std::string& folder) {
  Expected<std::string> top = run({"-C", folder, "rev-parse", "--show-toplevel"});
  if (top && top->ends_with('\n')) top->pop_back();
  return top;
}

bool has_commits(const std::string& top) {
  return run({"-C", top, "rev-parse", "--quiet", "--verify", "HEAD^{commit}"}).has_value();
}

Expected<bool> is_shallow(const std::string& top) {
  const Expected<std::string> answer = run({"-C", top, "rev-parse", "--is-shallow-repository"});
  if (!answer) return fail(answer.error().message);
  return answer->starts_with("true");
}

}  // namespace switchyard::git
