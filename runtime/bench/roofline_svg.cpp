#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/bench/results.h"

namespace switchyard::bench {
namespace {

// The plot's box in the picture; the legend stands to its right.
constexpr double kWidth = 1040, kHeight = 600, kLeft = 80, kRight = 720, kTop = 80, kBottom = 530;
constexpr double kLegend = 745, kLegendStep = 22;

// Okabe and Ito's colours, which people who see few colours tell apart; shapes change with them.
constexpr const char* kColours[] = {"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                    "#56B4E9", "#E69F00", "#000000"};
constexpr std::size_t kShapes = 4;

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      // What may be no UTF-8, and what XML does not admit.
      default:
        result += byte < 0x20 || byte >= 0x7F ? '?' : c;
    }
  }
  return result;
}

// A logarithmic axis: values low .. high on positions from .. to.
struct Axis {
  double low, high, from, to;

  double at(double value) const {
    return from + (to - from) * std::log(value / low) / std::log(high / low);
  }
  // 1, 2 and 5 times powers of ten, or the powers alone where that would be many.
  std::vector<double> ticks() const {
    const bool few = high / low < 1e3;
    std::vector<double> result;
    for (int exponent = static_cast<int>(std::floor(std::log10(low)));
         std::pow(10, exponent) < high; ++exponent) {
      for (const double digit : {1.0, 2.0, 5.0}) {
        const double value = digit * std::pow(10, exponent);
        if (value >= low && value <= high && (few || digit == 1)) result.push_back(value);
      }
    }
    return result;
  }
};

struct Point {
  const Measurement* measurement;
  double x, y;  // flops a byte, flops a second
  double floor_seconds;
};

// A kernel on a number of threads.
struct Series {
  std::string name;
  std::vector<Point> points;
};

struct Roofline {
  std::vector<Series> series;
  Axis x, y;
};

// Flops a byte of weights.
double intensity_of(const Floor& floor) { return floor.flops / floor.bytes; }

double roof_at(const Ceilings& ceilings, double intensity) {
  const double slope = ceilings.bandwidth * intensity;
  return ceilings.matrix_rate > 0 ? std::min(slope, ceilings.matrix_rate) : slope;
}

// The ceilings that are highest at an intensity: those of the most threads, as a rule.
double highest_roof_at(const Results& results, double intensity) {
  double highest = 0;
  for (const Ceilings& ceilings : results.ceilings) {
    highest = std::max(highest, roof_at(ceilings, intensity));
  }
  return highest;
}

// Flops a byte from where on products are the limit; 0 if their rate is unknown.
double ridge_of(const Ceilings& ceilings) { return ceilings.matrix_rate / ceilings.bandwidth; }

Series series_of(const Results& results, const std::string& kernel, const Ceilings& ceilings) {
  Series series{kernel, {}};
  if (results.ceilings.size() > 1) series.name += ", " + threads_text(ceilings.threads);
  for (const BatchSize& size : results.sizes) {
    const Measurement* const measurement = find(results, kernel, size.tokens, ceilings.threads);
    if (measurement == nullptr) continue;
    const Floor floor = floor_of(results, size, ceilings);
    series.points.push_back(
        {measurement, intensity_of(floor), floor.flops / measurement->seconds, floor.seconds});
  }
  std::sort(series.points.begin(), series.points.end(),
            [](const Point& a, const Point& b) { return a.x < b.x; });
  return series;
}

Roofline layout(const Results& results) {
  Roofline roofline;
  double low_x = std::numeric_limits<double>::infinity(), high_x = 0;
  for (const BatchSize& size : results.sizes) {
    const double x = intensity_of(floor_of(results, size, results.ceilings.front()));
    low_x = std::min(low_x, x);
    high_x = std::max(high_x, x);
  }
  for (const Ceilings& ceilings : results.ceilings) high_x = std::max(high_x, ridge_of(ceilings));
  low_x /= 2;
  high_x *= 1.5;
  double low_y = std::numeric_limits<double>::infinity();
  for (const Ceilings& ceilings : results.ceilings) {
    low_y = std::min(low_y, roof_at(ceilings, low_x));
  }
  for (const std::string& kernel : kernels_of(results)) {
    for (const Ceilings& ceilings : results.ceilings) {
      const Series& series = roofline.series.emplace_back(series_of(results, kernel, ceilings));
      for (const Point& point : series.points) low_y = std::min(low_y, point.y);
    }
  }
  roofline.x = {low_x, high_x, kLeft, kRight};
  roofline.y = {low_y / 1.5, highest_roof_at(results, high_x) * 2, kBottom, kTop};
  return roofline;
}

std::string text_at(double x, double y, std::string_view anchor, std::string_view text) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor,
                     escaped(text));
}

std::string line(double x1, double y1, double x2, double y2, std::string_view style) {
  return fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" {}/>\n", x1, y1,
                     x2, y2, style);
}

std::string flops_text(double flops_a_second) {
  return flops_a_second >= 1e12  ? fmt::format("{:g} T", flops_a_second / 1e12)
         : flops_a_second >= 1e9 ? fmt::format("{:g} G", flops_a_second / 1e9)
                                 : fmt::format("{:g} M", flops_a_second / 1e6);
}

std::string axes(const Roofline& roofline) {
  std::string svg;
  for (const double value : roofline.x.ticks()) {
    const double x = roofline.x.at(value);
    svg += line(x, kTop, x, kBottom, "stroke=\"#E5E5E5\"");
    svg += text_at(x, kBottom + 18, "middle", fmt::format("{:g}", value));
  }
  for (const double value : roofline.y.ticks()) {
    const double y = roofline.y.at(value);
    svg += line(kLeft, y, kRight, y, "stroke=\"#E5E5E5\"");
    svg += text_at(kLeft - 8, y + 4, "end", flops_text(value));
  }
  svg += fmt::format(
      "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"none\" "
      "stroke=\"#888888\"/>\n",
      kLeft, kTop, kRight - kLeft, kBottom - kTop);
  svg +=
      text_at((kLeft + kRight) / 2, kBottom + 42, "middle", "flops a byte of weights that are hit");
  svg += fmt::format(
      "<text transform=\"translate(20 {:.1f}) rotate(-90)\" text-anchor=\"middle\">FLOP/s</text>\n",
      (kTop + kBottom) / 2);
  return svg;
}

std::string roof_line(const Ceilings& ceilings, const Roofline& roofline) {
  const Axis &x = roofline.x, &y = roofline.y;
  std::string points = fmt::format("{:.1f},{:.1f}", x.at(x.low), y.at(roof_at(ceilings, x.low)));
  const double ridge = ridge_of(ceilings);
  if (ridge > x.low && ridge < x.high) {
    points += fmt::format(" {:.1f},{:.1f}", x.at(ridge), y.at(ceilings.matrix_rate));
  }
  points += fmt::format(" {:.1f},{:.1f}", x.at(x.high), y.at(roof_at(ceilings, x.high)));
  return fmt::format(
      "<polyline points=\"{}\" fill=\"none\" stroke=\"#444444\" stroke-width=\"2\"/>\n", points);
}

// The roofs, and over the highest the number of tokens of each size; labels that would overlap are
// one.
std::string roof(const Results& results, const Roofline& roofline) {
  const Axis &x = roofline.x, &y = roofline.y;
  std::string svg;
  for (const Ceilings& ceilings : results.ceilings) svg += roof_line(ceilings, roofline);
  struct Label {
    double x, y;
    std::string text;
  };
  std::vector<Label> labels;
  for (const BatchSize& size : results.sizes) {
    const double intensity = intensity_of(floor_of(results, size, results.ceilings.front()));
    const double at = x.at(intensity), top = y.at(highest_roof_at(results, intensity));
    svg += line(at, top, at, kBottom, "stroke=\"#BBBBBB\" stroke-dasharray=\"2 3\"");
    labels.push_back({at, top, fmt::format("{}", size.tokens)});
  }
  std::stable_sort(labels.begin(), labels.end(),
                   [](const Label& a, const Label& b) { return a.x < b.x; });
  constexpr double kCharacter = 8;  // about as wide as one
  std::vector<Label> apart;
  for (Label& label : labels) {
    const double begin = label.x - kCharacter * static_cast<double>(label.text.size());
    if (!apart.empty() && begin < apart.back().x) {
      apart.back() = {label.x, label.y, apart.back().text + ", " + label.text};
    } else {
      apart.push_back(std::move(label));
    }
  }
  // To the left of the roof, which rises to the right.
  for (std::size_t i = 0; i < apart.size(); ++i) {
    svg += text_at(apart[i].x + 2, apart[i].y - 8, "end", (i == 0 ? "T = " : "") + apart[i].text);
  }
  return svg;
}

std::string marker(std::size_t series, double x, double y) {
  const char* const colour = kColours[series % std::size(kColours)];
  switch (series % kShapes) {
    case 0:
      return fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"5\" fill=\"{}\">", x, y, colour);
    case 1:
      return fmt::format("<path d=\"M{:.1f} {:.1f}h9v9h-9z\" fill=\"{}\">", x - 4.5, y - 4.5,
                         colour);
    case 2:
      return fmt::format("<path d=\"M{:.1f} {:.1f}l6 10h-12z\" fill=\"{}\">", x, y - 6, colour);
    default:
      return fmt::format("<path d=\"M{:.1f} {:.1f}l6 6l-6 6l-6 -6z\" fill=\"{}\">", x, y - 6,
                         colour);
  }
}

std::string closing(std::size_t series) {
  return series % kShapes == 0 ? "</circle>\n" : "</path>\n";
}

std::string measured(const Roofline& roofline, std::size_t index) {
  const Series& series = roofline.series[index];
  std::string polyline, marks;
  for (const Point& point : series.points) {
    const double x = roofline.x.at(point.x), y = roofline.y.at(point.y);
    polyline += fmt::format("{}{:.1f},{:.1f}", polyline.empty() ? "" : " ", x, y);
    if (point.measurement->decided) {
      marks += fmt::format(
          "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"9\" fill=\"none\" stroke=\"#222222\"/>\n", x, y);
    }
    marks += marker(index, x, y);
    marks += fmt::format("<title>{}, {} tokens: {:.1f} us, {:.0f}% of the floor</title>",
                         escaped(series.name), point.measurement->tokens,
                         point.measurement->seconds * 1e6,
                         100 * point.floor_seconds / point.measurement->seconds);
    marks += closing(index);
  }
  if (series.points.empty()) return {};
  return fmt::format(
             "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-opacity=\"0.5\"/>\n",
             polyline, kColours[index % std::size(kColours)]) +
         marks;
}

std::string roof_text(const Results& results, const Ceilings& ceilings) {
  std::string text = "roof";
  if (results.ceilings.size() > 1) text += ", " + threads_text(ceilings.threads);
  text += ceilings.bandwidth >= 1e12 ? fmt::format(": {:.3g} TB/s", ceilings.bandwidth / 1e12)
                                     : fmt::format(": {:.3g} GB/s", ceilings.bandwidth / 1e9);
  if (ceilings.matrix_rate > 0) {
    text += fmt::format(", {:.3g} TFLOP/s", ceilings.matrix_rate / 1e12);
  }
  return text;
}

std::string legend(const Results& results, const Roofline& roofline) {
  double y = kTop + 10 - kLegendStep;
  std::string svg;
  for (const Ceilings& ceilings : results.ceilings) {
    y += kLegendStep;
    svg += line(kLegend - 8, y, kLegend + 8, y, "stroke=\"#444444\" stroke-width=\"2\"");
    svg += text_at(kLegend + 16, y + 4, "start", roof_text(results, ceilings));
  }
  for (std::size_t i = 0; i < roofline.series.size(); ++i) {
    y += kLegendStep;
    const bool empty = roofline.series[i].points.empty();
    svg += marker(i, kLegend, y) + closing(i);
    svg += text_at(kLegend + 16, y + 4, "start",
                   roofline.series[i].name + (empty ? ": not measured" : ""));
  }
  if (!results.policy.empty()) {
    y += kLegendStep;
    svg += fmt::format(
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"9\" fill=\"none\" stroke=\"#222222\"/>\n", kLegend,
        y);
    svg += text_at(kLegend + 16, y + 4, "start", "what the policy picks");
  }
  return svg;
}

}  // namespace

std::string to_svg(const Results& results) {
  const Roofline roofline = layout(results);
  // The legend may need more height than the plot.
  const double height =
      std::max(kHeight, kTop + kLegendStep * static_cast<double>(roofline.series.size() +
                                                                 results.ceilings.size() + 2));
  const kernels::Shape& shape = results.shape.shape;
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" "
      "height=\"{1:.0f}\" font-family=\"sans-serif\" font-size=\"13\" fill=\"#222222\">\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"#FFFFFF\"/>\n",
      kWidth, height);
  svg += fmt::format("<text x=\"{:.1f}\" y=\"30\" font-size=\"18\">{}</text>\n", kLeft,
                     escaped(fmt::format("{}, {} on {}", results.shape.name,
                                         info(results.scheme).name, results.device_name)));
  svg += text_at(kLeft, 52, "start",
                 fmt::format("hidden {}, intermediate {}, {} experts, {} a token, {}; "
                             "a layer without its router, up is faster",
                             shape.hidden, shape.intermediate, shape.experts, shape.top_k,
                             name_of(results.shape.activation)));
  svg += axes(roofline) + roof(results, roofline);
  for (std::size_t i = 0; i < roofline.series.size(); ++i) svg += measured(roofline, i);
  return svg + legend(results, roofline) + "</svg>\n";
}

}  // namespace switchyard::bench
