#include "staircase/nn/kernels/depthwise.h"

#include <algorithm>
#include <cstring>

#include "staircase/nn/kernels/float_buffer.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "staircase/nn/kernels/depthwise.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#include "staircase/nn/kernels/load_store-inl.h"

HWY_BEFORE_NAMESPACE();
namespace staircase::nn::kernels::HWY_NAMESPACE {

constexpr int64_t block = DepthwiseShape::block;

/// A block's channels take this many vectors.
using Floats = hn::CappedTag<float, block>;
constexpr Floats floats;
constexpr int64_t lanes = static_cast<int64_t>(hn::MaxLanes(floats));
constexpr int64_t vectors = block / lanes;
/// Sums that are held at a time: as many as the registers allow beside what is read.
constexpr int64_t most_sums = vectors == 1 ? 8 : (vectors == 2 ? 5 : 2);

/// An image's block of channels as float, with a border of zeros: [height][width][block].
struct Plane {
  int64_t height, width;
  float* data;

  float* at(int64_t row, int64_t column) const { return data + (row * width + column) * block; }
};

struct Source {
  const void* data;
  int64_t height, width, channels;
};

template <class T>
void read_row(const T* from, int64_t positions, int64_t channels, int64_t count, int64_t step, float* to) {
  for (int64_t i = 0; i < positions; ++i, from += channels, to += step * block) {
    if (count == block) {
      for (int64_t v = 0; v < vectors; ++v) hn::Store(load(floats, from + v * lanes), floats, to + v * lanes);
    } else {
      alignas(64) T padded[block] = {};
      std::memcpy(padded, from, static_cast<size_t>(count) * sizeof(T));
      for (int64_t v = 0; v < vectors; ++v) hn::Store(load(floats, padded + v * lanes), floats, to + v * lanes);
    }
  }
}

/// Puts a block of an image into the plane, its first pixel at (border, border) and `step` apart.
template <class T>
void read_plane(const Source& source, int64_t image, int64_t of_block, int64_t border, int64_t step,
                const Plane& plane) {
  const int64_t first = of_block * block, count = std::min(block, source.channels - first);
  const T* from = static_cast<const T*>(source.data) + image * source.height * source.width * source.channels + first;
  for (int64_t row = 0; row < source.height; ++row)
    read_row(from + row * source.width * source.channels, source.width, source.channels, count, step,
             plane.at(border + row * step, border));
}

/// What a plane is convolved with and where it goes. The window of output (i, j) begins at (i, j) * stride.
struct Window {
  int64_t kernel, stride;
  int64_t border, inner_height, inner_width;  ///< where the plane is not zero
  const float* weight;                        ///< [kernel * kernel][block]
  const float* bias;                          ///< [block]
};

/// `Sums` outputs of a row side by side, from column j on.
template <int64_t Sums>
HWY_INLINE void convolve_tile(const Plane& plane, const Window& w, int64_t i, int64_t j, float* to) {
  Vector<Floats> sums[Sums][vectors];
  for (int64_t v = 0; v < vectors; ++v)
    for (int64_t t = 0; t < Sums; ++t) sums[t][v] = hn::Load(floats, w.bias + v * lanes);
  // Rows and columns of the kernel that meet only zeros are passed over.
  const int64_t top = i * w.stride, left = j * w.stride;
  const int64_t first_row = std::max<int64_t>(0, w.border - top);
  const int64_t end_row = std::min(w.kernel, w.border + w.inner_height - top);
  const int64_t first_column = std::max<int64_t>(0, w.border - left - (Sums - 1) * w.stride);
  const int64_t end_column = std::min(w.kernel, w.border + w.inner_width - left);
  for (int64_t row = first_row; row < end_row; ++row) {
    const float* x = plane.at(top + row, left + first_column);
    const float* weight = w.weight + (row * w.kernel + first_column) * block;
    for (int64_t column = first_column; column < end_column; ++column, x += block, weight += block)
      for (int64_t v = 0; v < vectors; ++v) {
        const auto tap = hn::Load(floats, weight + v * lanes);
        for (int64_t t = 0; t < Sums; ++t)
          sums[t][v] = hn::MulAdd(hn::Load(floats, x + t * w.stride * block + v * lanes), tap, sums[t][v]);
      }
  }
  for (int64_t t = 0; t < Sums; ++t)
    for (int64_t v = 0; v < vectors; ++v) hn::Store(sums[t][v], floats, to + t * block + v * lanes);
}

/// A row of outputs, [width][block]. The last tile goes back over the one before it.
template <int64_t Sums>
void convolve_row(const Plane& plane, const Window& w, int64_t i, int64_t width, float* to) {
  for (int64_t j = 0; j < width; j += Sums) {
    const int64_t start = std::min(j, width - Sums);
    convolve_tile<Sums>(plane, w, i, start, to + start * block);
  }
}

using RowFunction = void (*)(const Plane&, const Window&, int64_t, int64_t, float*);

/// As few tiles as the registers allow, of as equal sizes as can be.
RowFunction row_function(int64_t width) {
  const int64_t tiles = (width + most_sums - 1) / most_sums;
  switch (std::min(most_sums, (width + tiles - 1) / tiles)) {
    case 1: return convolve_row<1>;
    case 2: return convolve_row<2>;
    case 3: return convolve_row<3>;
    case 4: return convolve_row<4>;
    case 5: return convolve_row<5>;
    case 6: return convolve_row<6>;
    case 7: return convolve_row<7>;
    default: return convolve_row<8>;
  }
}

template <class T>
void write_row(const float* from, int64_t positions, int64_t channels, int64_t count, T* to) {
  for (int64_t i = 0; i < positions; ++i, from += block, to += channels) {
    if (count == block) {
      for (int64_t v = 0; v < vectors; ++v) store(floats, hn::Load(floats, from + v * lanes), to + v * lanes);
    } else {
      alignas(64) T padded[block];
      for (int64_t v = 0; v < vectors; ++v) store(floats, hn::Load(floats, from + v * lanes), padded + v * lanes);
      std::memcpy(to, padded, static_cast<size_t>(count) * sizeof(T));
    }
  }
}

struct Target {
  void* data;
  int64_t height, width, channels;
};

template <class T>
void convolve_plane(const Plane& plane, const Window& w, const Target& target, int64_t image, int64_t of_block,
                    float* row_buffer) {
  const int64_t first = of_block * block, count = std::min(block, target.channels - first);
  T* to = static_cast<T*>(target.data) + image * target.height * target.width * target.channels + first;
  const RowFunction convolve = row_function(target.width);
  for (int64_t i = 0; i < target.height; ++i) {
    convolve(plane, w, i, target.width, row_buffer);
    write_row(row_buffer, target.width, target.channels, count, to + i * target.width * target.channels);
  }
}

/// The tasks [begin, end) of a convolution whose source lies `step` apart in a plane with this border.
template <class T>
void convolve(const Source& source, const Target& target, Window w, int64_t step, const float* packed,
              const float* bias, int64_t begin, int64_t end) {
  const int64_t blocks = (source.channels + block - 1) / block;
  Plane plane{(target.height - 1) * w.stride + w.kernel, (target.width - 1) * w.stride + w.kernel, nullptr};
  // Where the window leaves pixels out at the far side, the plane still takes them.
  plane.height = std::max(plane.height, w.border + w.inner_height);
  plane.width = std::max(plane.width, w.border + w.inner_width);
  FloatBuffer buffer(plane.height * plane.width * block), row(target.width * block), bias_block(block);
  plane.data = buffer.data();
  w.bias = bias_block.data();
  for (int64_t task = begin; task < end; ++task) {
    const int64_t image = task / blocks, of_block = task % blocks;
    read_plane<T>(source, image, of_block, w.border, step, plane);
    w.weight = packed + of_block * w.kernel * w.kernel * block;
    if (bias)
      std::memcpy(bias_block.data(), bias + of_block * block,
                  sizeof(float) * static_cast<size_t>(std::min(block, source.channels - of_block * block)));
    convolve_plane<T>(plane, w, target, image, of_block, row.data());
  }
}

template <class T>
void forward_of(const DepthwiseShape& s, const void* x, const float* packed, const float* bias, void* y, int64_t begin,
                int64_t end) {
  convolve<T>({x, s.height, s.width, s.channels}, {y, s.out_height(), s.out_width(), s.channels},
              {s.kernel, s.stride, s.padding, s.height, s.width, nullptr, nullptr}, 1, packed, bias, begin, end);
}

template <class T>
void input_gradient_of(const DepthwiseShape& s, const void* dy, const float* packed, void* dx, int64_t begin,
                       int64_t end) {
  const int64_t border = s.kernel - 1 - s.padding;
  convolve<T>(
      {dy, s.out_height(), s.out_width(), s.channels}, {dx, s.height, s.width, s.channels},
      {s.kernel, 1, border, (s.out_height() - 1) * s.stride + 1, (s.out_width() - 1) * s.stride + 1, nullptr, nullptr},
      s.stride, packed, nullptr, begin, end);
}

/// Adds to `Taps` weights of a row of the kernel, side by side, what the rows [begin, end) of the output give.
template <int64_t Taps>
HWY_INLINE void add_taps(const Plane& x, const Plane& dy, int64_t stride, int64_t row, int64_t column, int64_t begin,
                         int64_t end, float* to) {
  Vector<Floats> sums[Taps][vectors];
  for (int64_t t = 0; t < Taps; ++t)
    for (int64_t v = 0; v < vectors; ++v) sums[t][v] = hn::Load(floats, to + t * block + v * lanes);
  for (int64_t i = begin; i < end; ++i) {
    const float* pixel = x.at(i * stride + row, column);
    const float* gradient = dy.at(i, 0);
    for (int64_t j = 0; j < dy.width; ++j, gradient += block, pixel += stride * block)
      for (int64_t v = 0; v < vectors; ++v) {
        const auto d = hn::Load(floats, gradient + v * lanes);
        for (int64_t t = 0; t < Taps; ++t)
          sums[t][v] = hn::MulAdd(hn::Load(floats, pixel + t * block + v * lanes), d, sums[t][v]);
      }
  }
  for (int64_t t = 0; t < Taps; ++t)
    for (int64_t v = 0; v < vectors; ++v) hn::Store(sums[t][v], floats, to + t * block + v * lanes);
}

using TapFunction = void (*)(const Plane&, const Plane&, int64_t, int64_t, int64_t, int64_t, int64_t, float*);

TapFunction tap_function(int64_t taps) {
  switch (taps) {
    case 1: return add_taps<1>;
    case 2: return add_taps<2>;
    case 3: return add_taps<3>;
    case 4: return add_taps<4>;
    case 5: return add_taps<5>;
    case 6: return add_taps<6>;
    case 7: return add_taps<7>;
    default: return add_taps<8>;
  }
}

/// The taps of a kernel's row that meet the image from some output: the first, and how many.
struct TapRange {
  int64_t first, count;
};

TapRange taps_that_meet(int64_t kernel, int64_t stride, int64_t padding, int64_t size, int64_t outputs) {
  const int64_t first = std::max<int64_t>(0, padding - (outputs - 1) * stride);
  return {first, std::max<int64_t>(0, std::min(kernel, padding + size) - first)};
}

/// Outputs whose window holds a pixel at this row of the kernel.
struct OutputRange {
  int64_t begin, end;
};

OutputRange outputs_that_meet(const DepthwiseShape& s, int64_t row) {
  const int64_t first = std::max<int64_t>(0, (s.padding - row + s.stride - 1) / s.stride);
  const int64_t last = (s.height - 1 + s.padding - row) / s.stride;
  return {first, std::min(s.out_height(), last + 1)};
}

/// Adds what an image gives to the weights and the bias of a block. Outputs are taken a few rows at a time, so that
/// these and their windows stay in the nearest cache over all taps.
void add_image(const DepthwiseShape& s, const Plane& x, const Plane& dy, float* weight, float* bias) {
  const int64_t strip = std::max<int64_t>(1, 8192 / (x.width * block));
  const TapRange columns = taps_that_meet(s.kernel, s.stride, s.padding, s.width, dy.width);
  const int64_t tiles = std::max<int64_t>(1, (columns.count + most_sums - 1) / most_sums);
  const int64_t tile = std::min(most_sums, (columns.count + tiles - 1) / tiles);
  for (int64_t start = 0; start < dy.height; start += strip) {
    for (int64_t row = 0; row < s.kernel; ++row) {
      const OutputRange outputs = outputs_that_meet(s, row);
      const int64_t begin = std::max(start, outputs.begin), end = std::min(start + strip, outputs.end);
      if (begin >= end) continue;
      for (int64_t done = 0; done < columns.count; done += tile) {
        const int64_t taps = std::min(tile, columns.count - done), column = columns.first + done;
        tap_function(taps)(x, dy, s.stride, row, column, begin, end, weight + (row * s.kernel + column) * block);
      }
    }
  }
  for (int64_t position = 0; position < dy.height * dy.width; ++position)
    for (int64_t v = 0; v < vectors; ++v) {
      float* to = bias + v * lanes;
      hn::Store(hn::Add(hn::Load(floats, to), hn::Load(floats, dy.data + position * block + v * lanes)), floats, to);
    }
}

template <class T>
void weight_gradient_of(const DepthwiseShape& s, const void* x, const void* dy, float* partial, int64_t begin,
                        int64_t end) {
  const int64_t shares = depthwise_weight_tasks(s) / s.blocks(), taps = s.kernel * s.kernel;
  const int64_t share_size = s.packed_weights() + s.blocks() * block;
  Plane pixels{s.height + 2 * s.padding, s.width + 2 * s.padding, nullptr};
  Plane gradients{s.out_height(), s.out_width(), nullptr};
  FloatBuffer pixel_buffer(pixels.height * pixels.width * block),
      gradient_buffer(gradients.height * gradients.width * block), weight(taps * block), bias(block);
  pixels.data = pixel_buffer.data();
  gradients.data = gradient_buffer.data();
  for (int64_t task = begin; task < end; ++task) {
    const int64_t share = task / s.blocks(), of_block = task % s.blocks();
    weight.clear();
    bias.clear();
    for (int64_t image = share * s.images / shares; image < (share + 1) * s.images / shares; ++image) {
      read_plane<T>({x, s.height, s.width, s.channels}, image, of_block, s.padding, 1, pixels);
      read_plane<T>({dy, gradients.height, gradients.width, s.channels}, image, of_block, 0, 1, gradients);
      add_image(s, pixels, gradients, weight.data(), bias.data());
    }
    float* to = partial + share * share_size;
    std::copy(weight.data(), weight.end(), to + of_block * taps * block);
    std::copy(bias.data(), bias.end(), to + s.packed_weights() + of_block * block);
  }
}

void Forward(const DepthwiseShape& s, Element element, const void* x, const float* packed, const float* bias, void* y,
             int64_t begin, int64_t end) {
  if (element == Element::float32) forward_of<float>(s, x, packed, bias, y, begin, end);
  else forward_of<uint16_t>(s, x, packed, bias, y, begin, end);
}

void InputGradient(const DepthwiseShape& s, Element element, const void* dy, const float* packed, void* dx,
                   int64_t begin, int64_t end) {
  if (element == Element::float32) input_gradient_of<float>(s, dy, packed, dx, begin, end);
  else input_gradient_of<uint16_t>(s, dy, packed, dx, begin, end);
}

void WeightGradient(const DepthwiseShape& s, Element element, const void* x, const void* dy, float* partial,
                    int64_t begin, int64_t end) {
  if (element == Element::float32) weight_gradient_of<float>(s, x, dy, partial, begin, end);
  else weight_gradient_of<uint16_t>(s, x, dy, partial, begin, end);
}

}  // namespace staircase::nn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace staircase::nn::kernels {

HWY_EXPORT(Forward);
HWY_EXPORT(InputGradient);
HWY_EXPORT(WeightGradient);

namespace {

/// Where the weight of a channel and a tap lies.
int64_t weight_place(const DepthwiseShape& s, int64_t channel, int64_t tap, bool channels_last) {
  return channels_last ? tap * s.channels + channel : channel * s.kernel * s.kernel + tap;
}

int64_t packed_place(const DepthwiseShape& s, int64_t channel, int64_t tap) {
  const int64_t block = DepthwiseShape::block;
  return (channel / block * s.kernel * s.kernel + tap) * block + channel % block;
}

}  // namespace

void pack_depthwise_weights(const DepthwiseShape& s, const float* weight, bool channels_last, bool turned,
                            float* packed) {
  const int64_t taps = s.kernel * s.kernel;
  std::fill(packed, packed + s.packed_weights(), 0.0F);
  for (int64_t c = 0; c < s.channels; ++c)
    for (int64_t tap = 0; tap < taps; ++tap)
      packed[packed_place(s, c, turned ? taps - 1 - tap : tap)] = weight[weight_place(s, c, tap, channels_last)];
}

void depthwise_forward(const DepthwiseShape& shape, Element element, const void* x, const float* packed,
                       const float* bias, void* y, int64_t begin, int64_t end) {
  HWY_DYNAMIC_DISPATCH(Forward)(shape, element, x, packed, bias, y, begin, end);
}

void depthwise_input_gradient(const DepthwiseShape& shape, Element element, const void* output_gradient,
                              const float* packed_turned, void* input_gradient, int64_t begin, int64_t end) {
  HWY_DYNAMIC_DISPATCH(InputGradient)(shape, element, output_gradient, packed_turned, input_gradient, begin, end);
}

int64_t depthwise_weight_tasks(const DepthwiseShape& shape) {
  return std::min(depthwise_shares, shape.images) * shape.blocks();
}

void depthwise_weight_gradient(const DepthwiseShape& shape, Element element, const void* x, const void* output_gradient,
                               float* partial, int64_t begin, int64_t end) {
  HWY_DYNAMIC_DISPATCH(WeightGradient)(shape, element, x, output_gradient, partial, begin, end);
}

void add_depthwise_shares(const DepthwiseShape& s, const float* partial, bool channels_last, float* weight_gradient,
                          float* bias_gradient) {
  const int64_t shares = std::min(depthwise_shares, s.images), taps = s.kernel * s.kernel;
  const int64_t share_size = s.packed_weights() + s.blocks() * DepthwiseShape::block;
  const auto sum = [&](int64_t place) {
    float total = 0;
    for (int64_t share = 0; share < shares; ++share) total += partial[share * share_size + place];
    return total;
  };
  for (int64_t c = 0; c < s.channels; ++c) {
    for (int64_t tap = 0; tap < taps; ++tap)
      weight_gradient[weight_place(s, c, tap, channels_last)] = sum(packed_place(s, c, tap));
    if (bias_gradient) bias_gradient[c] = sum(s.packed_weights() + c);
  }
}

}  // namespace staircase::nn::kernels
#endif
