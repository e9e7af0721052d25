#include "compiler/restore/told_sources.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace switchyard::restoring {

namespace {

struct Location {
  std::string_view path;
  std::uint32_t line;
};

// "path:line". A location that is none, which only a stranger's table has, is a file by that name.
Location parse_location(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return {text, 1};
  const char* const end = text.data() + text.size();
  std::uint32_t line = 0;
  const auto [stop, failure] = std::from_chars(text.data() + colon + 1, end, line);
  if (failure != std::errc() || stop != end || line == 0) return {text, 1};
  return {text.substr(0, colon), line};
}

// A file while it is written.
class File {
 public:
  // Empty lines needed before a piece can begin at `line`; none when that line has passed.
  std::optional<std::uint32_t> missing(std::uint32_t line) const {
    return line < line_ ? std::nullopt : std::optional(line - line_);
  }

  // `line` has not passed. Returns where the text begins.
  std::uint32_t add(std::uint32_t line, std::string_view text) {
    if (line > line_) {
      text_.append(line - line_, '\n');
    } else if (!text_.empty() && text_.back() != '\n') {
      text_ += "  ";
    }
    const auto begin = static_cast<std::uint32_t>(text_.size());
    text_ += text;
    line_ = line + static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n'));
    return begin;
  }

  FileId finish(std::string_view path, SourceMap& sources) {
    return sources.add(std::string(path), std::move(text_));
  }

 private:
  std::string text_;
  std::uint32_t line_ = 1;
};

}  // namespace

ToldSources::PieceId ToldSources::add(const format::Text& location, const format::Text& text) {
  const auto id = static_cast<PieceId>(pieces_.size());
  const auto [known, added] =
      known_.try_emplace({location.begin(), location.size(), text.begin(), text.size()}, id);
  if (added) pieces_.push_back({this->text(location), this->text(text), {}});
  return known->second;
}

Expected<void> ToldSources::lay_out(SourceMap& sources) {
  struct Place {
    Location at;
    PieceId piece;
  };
  std::vector<Place> places;
  std::size_t bytes = 0;
  for (PieceId id = 0; id < pieces_.size(); ++id) {
    places.push_back({parse_location(pieces_[id].location), id});
    bytes += pieces_[id].text.size() + pieces_[id].location.size();
  }
  if (bytes > kMaxToldBytes) {
    return fail(fmt::format("its rules have more than {} MiB of text", kMaxToldBytes >> 20));
  }
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    return std::tie(a.at.path, a.at.line, a.piece) < std::tie(b.at.path, b.at.line, b.piece);
  });

  std::uint32_t lines_left = kMaxToldLines;
  const auto next_id = [&] { return static_cast<FileId>(sources.size()); };
  const auto place = [&](PieceId id, std::uint32_t begin) {
    Piece& piece = pieces_[id];
    piece.span = {next_id(), begin, static_cast<std::uint32_t>(begin + piece.text.size())};
  };
  std::vector<PieceId> without_place;
  for (std::size_t i = 0; i < places.size();) {
    const std::string_view path = places[i].at.path;
    File file;
    for (; i < places.size() && places[i].at.path == path; ++i) {
      const std::optional<std::uint32_t> missing = file.missing(places[i].at.line);
      if (!missing) break;  // goes on in another file of this name
      if (*missing > lines_left) {
        without_place.push_back(places[i].piece);
        continue;
      }
      lines_left -= *missing;
      place(places[i].piece, file.add(places[i].at.line, pieces_[places[i].piece].text));
    }
    file.finish(path, sources);
  }
  for (const PieceId id : without_place) {
    File file;
    place(id, file.add(1, pieces_[id].text));
    file.finish(pieces_[id].location, sources);
  }
  return {};
}

}  // namespace switchyard::restoring
