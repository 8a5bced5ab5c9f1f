#include "staircase/data/jpeg_file.h"

#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <utility>
#include <vector>

#include <jpeglib.h>

#include "staircase/data/orientation.h"
#include "staircase/data/tiff_file.h"

namespace staircase::data {
namespace {

constexpr int marker_of_exif = JPEG_APP0 + 1;

/// libjpeg leaves on an error by a jump to `leave`; warnings are what a decoder makes the best of.
struct Errors {
  jpeg_error_mgr manager;
  std::jmp_buf leave;
};

[[noreturn]] void leave_on_error(j_common_ptr jpeg) { std::longjmp(reinterpret_cast<Errors*>(jpeg->err)->leave, 1); }
void stay_silent(j_common_ptr) {}

/// CMYK as it is usual in files, inverted, to RGB.
void merge_black(const uint8_t* cmyk, int width, uint8_t* rgb) {
  for (int x = 0; x < width; ++x, cmyk += 4, rgb += 3)
    for (int c = 0; c < 3; ++c) rgb[c] = static_cast<uint8_t>(cmyk[3] - ((255 - cmyk[c]) * cmyk[3] >> 8));
}

class Decompressor {
 public:
  Decompressor() {
    jpeg_.err = jpeg_std_error(&errors_.manager);
    errors_.manager.error_exit = leave_on_error;
    errors_.manager.output_message = stay_silent;
  }
  ~Decompressor() { jpeg_destroy_decompress(&jpeg_); }
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;

  void read_header(std::string_view bytes) {
    attempt([&] {
      jpeg_create_decompress(&jpeg_);
      jpeg_mem_src(&jpeg_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
      jpeg_save_markers(&jpeg_, marker_of_exif, 0xffff);
      jpeg_read_header(&jpeg_, TRUE);
    });
  }

  int width() const { return static_cast<int>(jpeg_.image_width); }
  int height() const { return static_cast<int>(jpeg_.image_height); }

  /// 1 to 8.
  int orientation() const {
    const jpeg_marker_struct* exif = jpeg_.marker_list;
    const unsigned before_tiff = 6;  // "Exif" and two zeros
    if (!exif || exif->data_length <= before_tiff) return 1;
    return orientation_of_tiff(
        {reinterpret_cast<const char*>(exif->data) + before_tiff, exif->data_length - before_tiff});
  }

  /// Starts with the image's sides divided by `shrink`.
  void start(int shrink) {
    jpeg_.scale_denom = static_cast<unsigned>(shrink);
    jpeg_.out_color_space = jpeg_.num_components == 4 ? JCS_CMYK : JCS_RGB;
    attempt([&] { jpeg_start_decompress(&jpeg_); });
  }
  int output_width() const { return static_cast<int>(jpeg_.output_width); }
  int output_height() const { return static_cast<int>(jpeg_.output_height); }

  /// A part of the started image.
  Image read(const Box& box) {
    const int margin = knows_all() ? 2 : std::max(output_width(), output_height());
    const int whole_width = output_width();
    auto left = static_cast<JDIMENSION>(std::max(0, box.x - margin));
    auto columns = static_cast<JDIMENSION>(std::min(whole_width, box.x + box.width + margin)) - left;
    Image image(box.width, box.height, 3);
    // Where rows begin at a multiple of 16 bytes, libjpeg writes them past the cache, from which they are read at once.
    std::vector<uint8_t> row(1 + static_cast<size_t>(whole_width) * static_cast<size_t>(jpeg_.output_components));
    attempt([&] {
      if (static_cast<int>(columns) < whole_width) jpeg_crop_scanline(&jpeg_, &left, &columns);
      if (const int above = box.y - margin; above > 0) jpeg_skip_scanlines(&jpeg_, static_cast<JDIMENSION>(above));
      for (int y = static_cast<int>(jpeg_.output_scanline); y < box.y + box.height; ++y) {
        JSAMPROW to = row.data() + 1;
        jpeg_read_scanlines(&jpeg_, &to, 1);
        if (y < box.y) continue;
        const uint8_t* from = to + (box.x - static_cast<int>(left)) * jpeg_.output_components;
        if (jpeg_.out_color_space == JCS_CMYK) merge_black(from, box.width, image.row(y - box.y));
        else std::memcpy(image.row(y - box.y), from, image.row_bytes());
      }
    });
    return image;
  }

 private:
  /// Runs what calls libjpeg. It may not own anything: an error leaves it by a jump, without destructors.
  template <class Calls>
  void attempt(const Calls& calls) {
    if (setjmp(errors_.leave) != 0) throw Undecodable{};
    calls();
  }

  /// Whether every coefficient is there to its last bit. Where a progressive file left some out, libjpeg guesses them
  /// from blocks around, the more the more of them it sees.
  bool knows_all() const {
    if (!jpeg_.progressive_mode) return true;
    for (int c = 0; c < jpeg_.num_components; ++c)
      for (int i = 0; i < DCTSIZE2; ++i)
        if (jpeg_.coef_bits[c][i] != 0) return false;
    return true;
  }

  Errors errors_;
  jpeg_decompress_struct jpeg_{};
};

/// The most, up to `wanted`, at which the pixels of the upright image begin at its corner. A decoder counts them from
/// the corner of the stored one, and those at the other end, where a side leaves a rest, stand for less.
int aligned_shrink(int wanted, int orientation, int width, int height) {
  const Box corner = stored_box({0, 0, 1, 1}, orientation, width, height);
  while ((corner.x > 0 && width % wanted != 0) || (corner.y > 0 && height % wanted != 0)) wanted /= 2;
  return wanted;
}

}  // namespace

ImagePart decode_jpeg(std::string_view bytes, const ChoosePart& choose) {
  Decompressor jpeg;
  jpeg.read_header(bytes);
  const int orientation = jpeg.orientation();
  const bool swapped = swaps_sides(orientation);
  const WantedPart wanted = choose(swapped ? jpeg.height() : jpeg.width(), swapped ? jpeg.width() : jpeg.height());
  const int shrink = aligned_shrink(wanted.shrink, orientation, jpeg.width(), jpeg.height());
  jpeg.start(shrink);
  const Box box = shrunk_around(wanted.box, shrink);
  Image pixels = jpeg.read(stored_box(box, orientation, jpeg.output_width(), jpeg.output_height()));
  return {turn_upright(std::move(pixels), orientation), box.x, box.y, shrink};
}

}  // namespace staircase::data
