#include "staircase/nn/kernels/depthwise.h"

#include <algorithm>
#include <cstring>

#include "staircase/nn/kernels/float_buffer.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "staircase/nn/kernels/depthwise.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#include "staircase/nn/kernels/depthwise_plane-inl.h"

HWY_BEFORE_NAMESPACE();
namespace staircase::nn::kernels::HWY_NAMESPACE {

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
        const auto tap = hn::LoadU(floats, weight + v * lanes);
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

}  // namespace staircase::nn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace staircase::nn::kernels {

HWY_EXPORT(Forward);
HWY_EXPORT(InputGradient);

void depthwise_forward(const DepthwiseShape& shape, Element element, const void* x, const float* packed,
                       const float* bias, void* y, int64_t begin, int64_t end) {
  HWY_DYNAMIC_DISPATCH(Forward)(shape, element, x, packed, bias, y, begin, end);
}

void depthwise_input_gradient(const DepthwiseShape& shape, Element element, const void* output_gradient,
                              const float* packed_turned, void* input_gradient, int64_t begin, int64_t end) {
  HWY_DYNAMIC_DISPATCH(InputGradient)(shape, element, output_gradient, packed_turned, input_gradient, begin, end);
}

}  // namespace staircase::nn::kernels
#endif
