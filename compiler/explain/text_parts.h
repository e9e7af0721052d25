#pragma once

#include <string>
#include <vector>

#include "compiler/explain/text.h"

// What the texts share. Internal to compiler/explain.
namespace switchyard::explaining {

// "file:12".
std::string place(const Told& told, Span span);
// The source on one line, printable, cut to `width` bytes or a little less.
std::string source_text(const Told& told, Span span, std::size_t width = 100);
// "file:12: text".
std::string placed(const Told& told, Span span);
// "file:3, file:5 and 2 more", by rules.
std::string places_of(const Told& told, const std::vector<RowId>& rows);
// "mx = false, scheme = w4"; decisions too; at most six.
std::string values_text(const Model& model, const std::vector<FactId>& facts, const Truths& truths);

// Lines of three columns, aligned: conditions, what they come to, where that is written.
class Columns {
 public:
  void add(std::string left, std::string middle, std::string right) {
    lines_.push_back({std::move(left), std::move(middle), std::move(right)});
  }
  // A line of its own between the others.
  void add(std::string whole) { lines_.push_back({std::move(whole), "", ""}); }
  std::string text() const;

 private:
  struct Line {
    std::string left, middle, right;
  };
  std::vector<Line> lines_;
};

}  // namespace switchyard::explaining
