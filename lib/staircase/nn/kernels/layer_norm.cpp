#include "staircase/nn/kernels/layer_norm.h"

#include <cmath>

#include "staircase/nn/kernels/float_buffer.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "staircase/nn/kernels/layer_norm.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#include "staircase/nn/kernels/load_store-inl.h"

HWY_BEFORE_NAMESPACE();
namespace staircase::nn::kernels::HWY_NAMESPACE {

using Sum = Vector<Floats>;

HWY_INLINE float total(Sum sum) { return hn::GetLane(hn::SumOfLanes(floats, sum)); }

/// step(first channel, number of channels) over a row, a vector at a time.
template <class Step>
HWY_INLINE void over_channels(int64_t channels, const Step& step) {
  for (int64_t c = 0; c < channels; c += lanes) step(c, std::min(lanes, channels - c));
}

template <class T>
HWY_INLINE float mean_of(const T* x, int64_t channels) {
  Sum sum = hn::Zero(floats);
  over_channels(channels, [&](int64_t c, int64_t n) { sum = hn::Add(sum, load_some(floats, x + c, n)); });
  return total(sum) / static_cast<float>(channels);
}

template <class T>
HWY_INLINE float variance_of(const T* x, int64_t channels, float mean) {
  Sum sum = hn::Zero(floats);
  over_channels(channels, [&](int64_t c, int64_t n) {
    const auto given = hn::FirstN(floats, static_cast<size_t>(n));
    const auto off = hn::IfThenElseZero(given, hn::Sub(load_some(floats, x + c, n), hn::Set(floats, mean)));
    sum = hn::MulAdd(off, off, sum);
  });
  return total(sum) / static_cast<float>(channels);
}

template <class T>
void forward_of(const Rows& rows, const T* x, const float* weight, const float* bias, float eps, T* y,
                const RowMoments& moments, int64_t begin, int64_t end) {
  for (int64_t row = begin; row < end; ++row) {
    const T* from = x + row * rows.channels;
    T* to = y + row * rows.channels;
    const float mean = mean_of(from, rows.channels);
    const float scale = 1.0F / std::sqrt(variance_of(from, rows.channels, mean) + eps);
    moments.mean[row] = mean;
    moments.scale[row] = scale;
    over_channels(rows.channels, [&](int64_t c, int64_t n) {
      const auto off = hn::Sub(load_some(floats, from + c, n), hn::Set(floats, mean));
      const auto normal = hn::Mul(off, hn::Set(floats, scale));
      store_some(floats, hn::MulAdd(normal, load_some(floats, weight + c, n), load_some(floats, bias + c, n)), to + c,
                 n);
    });
  }
}

/// A row's part: with g = gradient * weight and the normalized x, dx = scale * (g - mean(g) - x * mean(g * x)).
template <class T>
HWY_INLINE void add_row(int64_t channels, const T* x, const T* dy, const float* weight, float mean, float scale, T* dx,
                        float* of_weight, float* of_bias) {
  const auto normal_at = [&](int64_t c, int64_t n) {
    return hn::Mul(hn::Sub(load_some(floats, x + c, n), hn::Set(floats, mean)), hn::Set(floats, scale));
  };
  Sum sum = hn::Zero(floats), product = hn::Zero(floats);
  over_channels(channels, [&](int64_t c, int64_t n) {
    const auto normal = normal_at(c, n), gradient = load_some(floats, dy + c, n);  // 0 beyond the channels
    const auto g = hn::Mul(gradient, load_some(floats, weight + c, n));
    sum = hn::Add(sum, g);
    product = hn::MulAdd(g, normal, product);
    hn::Store(hn::MulAdd(gradient, normal, hn::Load(floats, of_weight + c)), floats, of_weight + c);
    hn::Store(hn::Add(gradient, hn::Load(floats, of_bias + c)), floats, of_bias + c);
  });
  const auto count = static_cast<float>(channels);
  const auto mean_g = hn::Set(floats, total(sum) / count), mean_product = hn::Set(floats, total(product) / count);
  over_channels(channels, [&](int64_t c, int64_t n) {
    const auto g = hn::Mul(load_some(floats, dy + c, n), load_some(floats, weight + c, n));
    const auto inner = hn::NegMulAdd(normal_at(c, n), mean_product, hn::Sub(g, mean_g));
    store_some(floats, hn::Mul(inner, hn::Set(floats, scale)), dx + c, n);
  });
}

template <class T>
void gradients_of(const Rows& rows, const T* x, const T* dy, const float* weight, const RowMoments& moments, T* dx,
                  float* sums, int64_t begin, int64_t end) {
  const int64_t shares = layer_norm_shares(rows), channels = rows.channels;
  const int64_t padded = (channels + lanes - 1) / lanes * lanes;
  FloatBuffer of_weight(padded), of_bias(padded);
  for (int64_t share = begin; share < end; ++share) {
    of_weight.clear();
    of_bias.clear();
    for (int64_t row = share * rows.count / shares; row < (share + 1) * rows.count / shares; ++row) {
      const int64_t at = row * channels;
      add_row(channels, x + at, dy + at, weight, moments.mean[row], moments.scale[row], dx + at, of_weight.data(),
              of_bias.data());
    }
    std::copy_n(of_weight.data(), channels, sums + 2 * share * channels);
    std::copy_n(of_bias.data(), channels, sums + (2 * share + 1) * channels);
  }
}

void Forward(const Rows& rows, Element element, const void* x, const float* weight, const float* bias, float eps,
             void* y, const RowMoments& moments, int64_t begin, int64_t end) {
  with_type_of(element, [&](auto type) {
    using T = decltype(type);
    forward_of(rows, static_cast<const T*>(x), weight, bias, eps, static_cast<T*>(y), moments, begin, end);
  });
}

void Gradients(const Rows& rows, Element element, const void* x, const void* dy, const float* weight,
               const RowMoments& moments, void* dx, float* sums, int64_t begin, int64_t end) {
  with_type_of(element, [&](auto type) {
    using T = decltype(type);
    gradients_of(rows, static_cast<const T*>(x), static_cast<const T*>(dy), weight, moments, static_cast<T*>(dx), sums,
                 begin, end);
  });
}

}  // namespace staircase::nn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace staircase::nn::kernels {

HWY_EXPORT(Forward);
HWY_EXPORT(Gradients);

void layer_norm_forward(const Rows& rows, Element element, const void* x, const float* weight, const float* bias,
                        float eps, void* y, const RowMoments& moments, int64_t begin, int64_t end) {
  HWY_DYNAMIC_DISPATCH(Forward)(rows, element, x, weight, bias, eps, y, moments, begin, end);
}

void layer_norm_gradients(const Rows& rows, Element element, const void* x, const void* output_gradient,
                          const float* weight, const RowMoments& moments, void* input_gradient, float* sums,
                          int64_t begin, int64_t end) {
  HWY_DYNAMIC_DISPATCH(Gradients)
  (rows, element, x, output_gradient, weight, moments, input_gradient, sums, begin, end);
}

}  // namespace staircase::nn::kernels
#endif
