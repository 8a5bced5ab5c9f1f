#include "staircase/nn/kernels/depthwise.h"

#include <algorithm>

#include "staircase/nn/kernels/float_buffer.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "staircase/nn/kernels/depthwise_weight.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#include "staircase/nn/kernels/depthwise_plane-inl.h"

HWY_BEFORE_NAMESPACE();
namespace staircase::nn::kernels::HWY_NAMESPACE {

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

void WeightGradient(const DepthwiseShape& s, Element element, const void* x, const void* dy, float* partial,
                    int64_t begin, int64_t end) {
  if (element == Element::float32) weight_gradient_of<float>(s, x, dy, partial, begin, end);
  else weight_gradient_of<uint16_t>(s, x, dy, partial, begin, end);
}

}  // namespace staircase::nn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace staircase::nn::kernels {

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
