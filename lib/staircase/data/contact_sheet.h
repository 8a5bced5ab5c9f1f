#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "staircase/data/encode.h"

namespace staircase::data {

/// An image with what is written under it.
struct Tile {
  Image image;
  std::vector<std::string> caption;  ///< parts that stand in one line where there is room, else one below the other
};

/// Tiles in rows of at least eight, on white, with their captions under them. Small images are enlarged by a
/// whole factor to at least 192 px, each pixel a square; images over 512 px are shrunk to that. Words of a
/// caption are wrapped, never cut off; letters that are not ASCII are drawn as "?".
/// So many tiles as are `together` stand in one row.
/// All images have one size, 1 or 3 channels. Throws std::invalid_argument when they do not, or without a tile.
Image contact_sheet(const std::vector<Tile>& tiles, int together = 1);

/// How many images of that side can go on one sheet, at most 1024: neither the sheet nor all images together
/// have more than 64 million pixels.
int64_t most_tiles(int64_t size_px);

}  // namespace staircase::data
