#pragma once

#include <filesystem>

#include "staircase/base/patient_read.h"
#include "staircase/data/image_part.h"

namespace staircase::data {

/// Reads a JPEG, PNG, WebP, BMP or TIFF as 3 channels, red green blue, 8 bit; of a TIFF its first page. What the file
/// is, its first bytes say, not its name. EXIF orientation is applied; gray, palette and CMYK become
/// RGB as Pillow's convert("RGB") makes them, alpha is dropped, 16 bits are cut to 8 (in a TIFF
/// rounded).
/// Throws BadImage naming the path when the file is cut short (no end marker; OpenCV alone decodes a JPEG cut to a
/// tenth as a whole image), damaged, of another format, or declares more than 100 million pixels or 65535 along a side.
/// Throws UnreadableFile naming the path and the system's reason when the file is missing or cannot be read; what may
/// pass is tried again after each pause first. Throws std::bad_alloc when there is no memory to decode it.
Image decode_image(const std::filesystem::path& path, const Pauses& pauses = growing_pauses);

/// The same, of which only a part is wanted: of a JPEG little more than it is decoded, other files whole. `choose` is
/// called once, unless the file is refused before.
ImagePart decode_part(const std::filesystem::path& path, const ChoosePart& choose,
                      const Pauses& pauses = growing_pauses);

/// The same of the content of a file, `name` in messages.
ImagePart decode_part(std::string bytes, const std::string& name, const ChoosePart& choose);

}  // namespace staircase::data
