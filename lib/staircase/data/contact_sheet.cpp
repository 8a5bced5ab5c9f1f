#include "staircase/data/contact_sheet.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <stdexcept>

#include "staircase/base/text.h"

namespace staircase::data {
namespace {

constexpr int smallest_side_px = 192, largest_side_px = 512, margin_px = 10;
constexpr int line_px = 17, below_line_px = 7;  // what hangs below the last line, as in "g"
constexpr double font_scale = 0.45;

int text_width(const std::string& text) {
  int ignored = 0;
  return cv::getTextSize(text, cv::FONT_HERSHEY_SIMPLEX, font_scale, 1, &ignored).width;
}

/// A copy as OpenCV keeps pixels: blue, green, red.
cv::Mat to_matrix(const Image& image) {
  cv::Mat pixels(image.height, image.width, image.channels == 1 ? CV_8UC1 : CV_8UC3);
  for (int y = 0; y < image.height; ++y) std::copy_n(image.row(y), image.row_bytes(), pixels.ptr(y));
  cv::cvtColor(pixels, pixels, image.channels == 1 ? cv::COLOR_GRAY2BGR : cv::COLOR_RGB2BGR);
  return pixels;
}

/// Lines no wider than that, broken at spaces, inside a word where it is too wide alone.
std::vector<std::string> wrapped(std::string text, int width) {
  std::vector<std::string> lines;
  while (text_width(text) > width) {
    size_t end = text.size();
    while (end > 1 && ((text[end] & 0xC0) == 0x80 || text_width(text.substr(0, end)) > width)) --end;
    const size_t space = text.rfind(' ', end);
    if (space != std::string::npos && space > 0) end = space;
    lines.push_back(text.substr(0, end));
    text.erase(0, text[end] == ' ' ? end + 1 : end);
  }
  lines.push_back(text);
  return lines;
}

std::vector<std::string> caption_lines(const std::vector<std::string>& parts, int width) {
  const std::string whole = join(parts, " ");
  if (text_width(whole) <= width) return {whole};
  std::vector<std::string> lines;
  for (const std::string& part : parts)
    for (std::string& line : wrapped(part, width)) lines.push_back(std::move(line));
  return lines;
}

/// Of an image of that side on the sheet.
int shown_side(int size) {
  const int factor = std::max(1, (smallest_side_px + size - 1) / size);
  return std::min(size * factor, largest_side_px);
}

/// In the size that the sheet shows.
cv::Mat sized(const Image& image, int side) {
  cv::Mat square;
  cv::resize(to_matrix(image), square, {side, side}, 0, 0, side < image.width ? cv::INTER_AREA : cv::INTER_NEAREST);
  return square;
}

void check(const std::vector<Tile>& tiles) {
  if (tiles.empty()) throw std::invalid_argument("contact_sheet: there is no tile");
  const Image& first = tiles[0].image;
  for (const Tile& tile : tiles)
    if (tile.image.width != first.width || tile.image.height != first.width || tile.image.width < 1 ||
        (tile.image.channels != 1 && tile.image.channels != 3))
      throw std::invalid_argument("contact_sheet: a tile is " + std::to_string(tile.image.width) + "x" +
                                  std::to_string(tile.image.height) + " with " + std::to_string(tile.image.channels) +
                                  " channels, expected squares of " + std::to_string(first.width) + " px with 1 or 3");
}

}  // namespace

Image contact_sheet(const std::vector<Tile>& tiles, int together) {
  check(tiles);
  const int size = tiles[0].image.width, count = static_cast<int>(tiles.size()), fewest_columns = 8;
  const int side = shown_side(size);
  const int square = static_cast<int>(std::ceil(std::sqrt(count)));
  const int wanted = (std::max(fewest_columns, square) + together - 1) / together * together;
  const int columns = std::min(count, wanted), rows = (count + columns - 1) / columns;
  std::vector<std::vector<std::string>> captions;
  size_t most_lines = 0;
  for (const Tile& tile : tiles) {
    captions.push_back(caption_lines(tile.caption, side));
    most_lines = std::max(most_lines, captions.back().size());
  }
  const int cell_width = side + margin_px,
            cell_height = side + static_cast<int>(most_lines) * line_px + below_line_px + margin_px;
  cv::Mat sheet(rows * cell_height + margin_px, columns * cell_width + margin_px, CV_8UC3, {255, 255, 255});
  for (int i = 0; i < count; ++i) {
    const int x = margin_px + i % columns * cell_width, y = margin_px + i / columns * cell_height;
    sized(tiles[i].image, side).copyTo(sheet(cv::Rect(x, y, side, side)));
    for (size_t line = 0; line < captions[i].size(); ++line)
      cv::putText(sheet, captions[i][line], {x, y + side + static_cast<int>(line + 1) * line_px},
                  cv::FONT_HERSHEY_SIMPLEX, font_scale, {0, 0, 0}, 1, cv::LINE_AA);
  }
  Image image(sheet.cols, sheet.rows, 3);
  cv::cvtColor(sheet, sheet, cv::COLOR_BGR2RGB);
  for (int row = 0; row < sheet.rows; ++row) std::copy_n(sheet.ptr(row), image.row_bytes(), image.row(row));
  return image;
}

int64_t most_tiles(int64_t size_px) {
  const int64_t most = 1024, most_pixels = 64'000'000, lines = 4;
  const int64_t side = shown_side(static_cast<int>(size_px));
  const int64_t cell = (side + margin_px) * (side + lines * line_px + below_line_px + margin_px);
  return std::clamp<int64_t>(most_pixels / std::max(cell, size_px * size_px), 1, most);
}

}  // namespace staircase::data
