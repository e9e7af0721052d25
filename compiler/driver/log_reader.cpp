#include "compiler/driver/log_reader.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "compiler/driver/line_reader.h"

namespace switchyard::driver {

using simdjson::dom::element_type;

LogReader::LogReader(const Table& table) : facts_(table) { facts_.ignore_unknown(); }

void LogReader::reject(std::uint64_t line, std::string message) {
  ++problems_.bad_lines;
  const auto found = problems_.bad.find(message);
  if (found != problems_.bad.end()) {
    ++found->second.count;
  } else if (problems_.bad.size() < LogProblems::kMaxMessages) {
    problems_.bad.emplace(std::move(message), LogProblems::Bad{1, line});
  }
}

Expected<void> LogReader::read_parameters(const simdjson::dom::element& value) {
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS) {
    return fail("`parameters` must be an object, such as {\"block_m\": 16}");
  }
  recorded_.has_parameters = true;
  for (const auto& member : object) {
    switch (member.value.type()) {
      case element_type::INT64:
        recorded_.parameters.emplace_back(member.key, member.value.get_int64().value_unsafe());
        break;
      case element_type::STRING:
        recorded_.parameters.emplace_back(member.key, member.value.get_string().value_unsafe());
        break;
      case element_type::UINT64:
      case element_type::DOUBLE:
      case element_type::BOOL:
      case element_type::ARRAY:
      case element_type::OBJECT:
      case element_type::NULL_VALUE:
        return fail(fmt::format("parameter `{}` must be an integer or a string", member.key));
    }
  }
  return {};
}

Expected<void> LogReader::read_member(std::string_view key, const simdjson::dom::element& value) {
  if (key == "parameters") return read_parameters(value);
  if (key != "outcome" && key != "target") return {};
  if (key == "target" && value.is_null()) return {};
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return fail(fmt::format("`{}` must be a string", key));
  if (key == "target") {
    recorded_.target = text;
    return {};
  }
  if (text == "target") recorded_.kind = RecordedOutcome::Kind::kTarget;
  else if (text == "refused") recorded_.kind = RecordedOutcome::Kind::kRefused;
  else if (text == "excluded") recorded_.kind = RecordedOutcome::Kind::kExcluded;
  else return fail("`outcome` must be \"target\", \"refused\" or \"excluded\"");
  return {};
}

Expected<const void*> LogReader::read(std::string_view text) {
  simdjson::dom::element document;
  if (const auto code = parser_.parse(text.data(), text.size(), false).get(document)) {
    return fail(fmt::format("not a JSON document: {}", simdjson::error_message(code)));
  }
  simdjson::dom::object object, facts;
  if (document.get(object) != simdjson::SUCCESS) return fail("expected an object with `facts`");
  recorded_.kind = RecordedOutcome::Kind::kNothing;
  recorded_.target = {};
  recorded_.has_parameters = false;
  recorded_.parameters.clear();
  bool has_facts = false;
  for (const auto& member : object) {
    if (member.key == "facts") {
      if (member.value.get(facts) != simdjson::SUCCESS) {
        return fail("`facts` must be an object, such as {\"tokens\": 8}");
      }
      has_facts = true;
    } else if (const auto done = read_member(member.key, member.value); !done) {
      return fail(done.error().message);
    }
  }
  if (!has_facts) return fail("no `facts`: a line is {\"facts\": {…}, \"target\": …}");
  if (recorded_.kind == RecordedOutcome::Kind::kNothing && !recorded_.target.empty()) {
    recorded_.kind = RecordedOutcome::Kind::kTarget;
  }
  if (recorded_.kind == RecordedOutcome::Kind::kTarget && recorded_.target.empty()) {
    return fail("`outcome` is \"target\", but no `target` is named");
  }
  return facts_.read(facts);
}

Expected<void> LogReader::run(const std::string& path,
                              const std::function<void(const LogLine&)>& each) {
  const int descriptor = path == "-" ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return fail(fmt::format("cannot read `{}`: {}", path, std::strerror(errno)));
  LineReader reader(descriptor);
  std::uint64_t number = 0;
  const auto done = reader.run({
      .line =
          [&](std::string_view text) {
            ++number;
            if (text.find_first_not_of(" \t\r") == std::string_view::npos) return;
            ++problems_.lines;
            const Expected<const void*> facts = read(text);
            if (!facts) return reject(number, facts.error().message);
            each({number, text, *facts, recorded_});
          },
      .too_long =
          [&] {
            ++number;
            ++problems_.lines;
            reject(number, "a line of more than 16 MiB");
          },
      .batch = [] {},
  });
  if (descriptor != STDIN_FILENO) close(descriptor);
  if (!done) return fail(fmt::format("`{}`: {}", path, done.error().message));
  return {};
}

}  // namespace switchyard::driver
