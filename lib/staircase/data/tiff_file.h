#pragma once

#include "staircase/data/image_file.h"

namespace staircase::data {

/// Whether bytes begin as a TIFF does, of either byte order.
bool is_tiff(std::string_view bytes);

/// Walks the first page of a TIFF: its directory and where its strips or tiles lie. Further pages are passed over.
/// Faults are: what ends outside the file, samples that are no whole numbers of 1, 8 or 16 bits, CIE L*a*b*, BigTIFF.
/// Source: TIFF, revision 6.0.
ImageFileCheck check_tiff(std::string_view bytes);

/// Decoders multiply colors by an alpha that a TIFF calls unassociated, where those of PNG leave colors as they are.
/// Calls it associated, which they take as it is.
void keep_colors_of_tiff(std::string& bytes);

}  // namespace staircase::data
