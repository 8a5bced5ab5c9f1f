#include "staircase/nn/kernels/pointwise.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "staircase/nn/kernels/pointwise_weight.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#include "staircase/nn/kernels/pointwise_tiles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace staircase::nn::kernels::HWY_NAMESPACE {

/// A share's sums: [tile of outputs][vector of inputs][tile][lanes], then of the bias, [outputs in whole vectors].
struct ShareLayout {
  explicit ShareLayout(const PointwiseShape& s)
      : outputs{s.out, s.out < tile ? 1 : tile}, inputs(vectors_of(s.in)), vectors(inputs.count()) {}

  int64_t at(int64_t of_tile, int64_t vector) const { return (of_tile * vectors + vector) * outputs.width * lanes; }
  int64_t bias() const { return at(outputs.count(), 0); }
  int64_t size() const { return bias() + vectors_of(outputs.size).count() * lanes; }

  Parts outputs, inputs;
  int64_t vectors;
};

template <int64_t Outputs>
void add_tile(const ShareLayout& layout, const FloatRows& x, const FloatRows& dy, int64_t of_tile, int64_t rows,
              float* sums) {
  const FloatRows gradients{dy.data + layout.outputs.start(of_tile), dy.stride};
  const auto column = [&](int64_t vector) { return layout.inputs.start(vector); };
  int64_t v = 0;
  for (; v + 2 <= layout.vectors; v += 2)
    add_products<Outputs, 2>(x, gradients, {column(v), column(v + 1)}, rows, sums + layout.at(of_tile, v));
  if (v < layout.vectors) add_products<Outputs, 1>(x, gradients, {column(v)}, rows, sums + layout.at(of_tile, v));
}

void add_bias(const FloatRows& dy, int64_t out, int64_t rows, float* sums) {
  const Parts columns = vectors_of(out);
  for (int64_t v = 0; v < columns.count(); ++v) {
    auto sum = hn::LoadU(floats, sums + v * lanes);
    const float* from = dy.data + columns.start(v);
    for (int64_t row = 0; row < rows; ++row, from += dy.stride) sum = hn::Add(sum, hn::LoadU(floats, from));
    hn::StoreU(sum, floats, sums + v * lanes);
  }
}

template <class T>
void weight_gradient_of(const PointwiseShape& s, const T* x, const T* dy, float* partial, int64_t begin, int64_t end) {
  const ShareLayout layout(s);
  const int64_t shares = pointwise_shares(s);
  // Rows that stay in the first cache while all sums are gone through, as far as that pays.
  const int64_t block = std::clamp<int64_t>(6144 / (s.in + s.out), 64, 512);
  FloatBuffer x_buffer(buffer_size<T>(s.in, block)), dy_buffer(buffer_size<T>(s.out, block));
  for (int64_t share = begin; share < end; ++share) {
    float* sums = partial + share * layout.size();
    std::fill(sums, sums + layout.size(), 0.0F);
    const int64_t last = (share + 1) * s.rows / shares;
    for (int64_t row = share * s.rows / shares; row < last; row += block) {
      const int64_t rows = std::min(block, last - row);
      const FloatRows from = float_rows(x, s.in, row, row + rows, x_buffer);
      const FloatRows gradients = float_rows(dy, s.out, row, row + rows, dy_buffer);
      for (int64_t t = 0; t < layout.outputs.count(); ++t) {
        if (layout.outputs.width == 1) add_tile<1>(layout, from, gradients, t, rows, sums);
        else add_tile<tile>(layout, from, gradients, t, rows, sums);
      }
      add_bias(gradients, s.out, rows, sums + layout.bias());
    }
  }
}

void WeightGradient(const PointwiseShape& s, Element element, const void* x, const void* dy, float* partial,
                    int64_t begin, int64_t end) {
  with_type_of(element, [&](auto type) {
    using T = decltype(type);
    weight_gradient_of(s, static_cast<const T*>(x), static_cast<const T*>(dy), partial, begin, end);
  });
}

int64_t ShareSize(const PointwiseShape& s) { return ShareLayout(s).size(); }

void AddShares(const PointwiseShape& s, const float* partial, float* weight_gradient, float* bias_gradient) {
  const ShareLayout layout(s);
  const int64_t shares = pointwise_shares(s);
  const int64_t count = std::min(lanes, s.in);
  const auto total = [&](const float* from) {
    auto sum = hn::LoadU(floats, from);
    for (int64_t share = 1; share < shares; ++share)
      sum = hn::Add(sum, hn::LoadU(floats, from + share * layout.size()));
    return sum;
  };
  for (int64_t t = 0; t < layout.outputs.count(); ++t)
    for (int64_t v = 0; v < layout.vectors; ++v)
      for (int64_t r = 0; r < layout.outputs.width; ++r) {
        float* to = weight_gradient + (layout.outputs.start(t) + r) * s.in + layout.inputs.start(v);
        store_some(floats, total(partial + layout.at(t, v) + r * lanes), to, count);
      }
  if (!bias_gradient) return;
  const Parts columns = vectors_of(s.out);
  for (int64_t v = 0; v < columns.count(); ++v)
    store_some(floats, total(partial + layout.bias() + v * lanes), bias_gradient + columns.start(v),
               std::min(lanes, s.out));
}

}  // namespace staircase::nn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace staircase::nn::kernels {

HWY_EXPORT(WeightGradient);
HWY_EXPORT(ShareSize);
HWY_EXPORT(AddShares);

int64_t pointwise_share_size(const PointwiseShape& shape) { return HWY_DYNAMIC_DISPATCH(ShareSize)(shape); }

void pointwise_weight_gradient(const PointwiseShape& shape, Element element, const void* x, const void* output_gradient,
                               float* partial, int64_t begin, int64_t end) {
  HWY_DYNAMIC_DISPATCH(WeightGradient)(shape, element, x, output_gradient, partial, begin, end);
}

void add_pointwise_shares(const PointwiseShape& shape, const float* partial, float* weight_gradient,
                          float* bias_gradient) {
  HWY_DYNAMIC_DISPATCH(AddShares)(shape, partial, weight_gradient, bias_gradient);
}

}  // namespace staircase::nn::kernels
#endif
